"""The demo city's needs and achievements, each entered in its day and walked to its state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from triplehelix.doors.cli.city_equity import fen_of
from triplehelix.doors.cli.city_people import City
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions as listings
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take

#: The way from a draft to each state; an expired one was published long enough ago.
WAYS = {
    "draft": (),
    "submitted": ("submit",),
    "published": ("publish",),
    "withdrawn": ("publish", "withdraw"),
    "expired": ("publish", "expire"),
}
SYSTEM_STEPS = {"expire"}


def load(city: City, chains: list[dict[str, Any]], progress: Callable[[str], None]) -> None:
    """What the firms of each chain need, and what the institutes offer it."""
    for chain in chains:
        for row in chain["need"]:
            _need(city, chain["chain"], row)
        for row in chain["achievement"]:
            _achievement(city, chain["chain"], row)
        progress(f"  {chain['chain']}: {len(chain['need'])} 条需求，{len(chain['achievement'])} 项成果")


def _common(chain: str, row: dict[str, Any], organisation: Organisation) -> dict[str, Any]:
    return {
        "number": row["id"].upper(),
        "title": row["title"],
        "text": row["text"],
        "field": row["field"],
        "chain": chain,
        "region": organisation.region,
        "contact_name": organisation.contact_name,
        "contact_phone": organisation.contact_phone,
        "contact_email": organisation.contact_email,
    }


def _need(city: City, chain: str, row: dict[str, Any]) -> None:
    organisation = city.organisations[row["firm"]]
    values = _common(chain, row, organisation) | {
        "price_fen": fen_of(row.get("budget_wan")),
        "modes": row.get("cooperation", []),
        "trl_wanted": row.get("trl_wanted"),
        "region_wanted": row.get("region_wanted", ""),
    }
    _enter(city, Need, organisation, values, row)


def _achievement(city: City, chain: str, row: dict[str, Any]) -> None:
    organisation = city.organisations[row["holder"]]
    values = _common(chain, row, organisation) | {
        "price_fen": fen_of(row.get("price_wan")),
        "modes": row.get("modes", []),
        "type": row.get("kind", "应用技术"),
        "trl": row.get("trl"),
        "trl_assessed_by": row.get("trl_assessed_by", ""),
        "ip": row.get("ip", []),
        "rights": row.get("rights", ""),
        "people": [city.people[expert].pk for expert in row.get("experts", [])],
    }
    _enter(city, Achievement, organisation, values, row)


def _enter(
    city: City, model: type[Any], organisation: Organisation, values: dict[str, Any], row: dict[str, Any]
) -> Any:
    """Create a listing in its day and walk it to its state as its owner would."""
    at = city.now - timedelta(days=row["days_ago"])
    clerk = city.clerks[organisation.pk]
    listing: Listing = listings.create(model=model, organisation=organisation, values=values, actor=clerk, now=at)
    for step in WAYS[row["state"]]:
        by_system = step in SYSTEM_STEPS
        listing = take(
            case=listing, step=step, actor=None if by_system else clerk,
            now=city.now if by_system else at, seen_version=listing.version,
        )  # fmt: skip
    return listing
