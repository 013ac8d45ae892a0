"""Loading the demo city: readable files in, through the same actions everybody uses."""

import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from triplehelix.doors.cli import (
    city_corrections,
    city_endings,
    city_exchange,
    city_experts,
    city_feedback,
    city_finance,
    city_fund,
    city_fund_past,
    city_introductions,
    city_lists,
    city_needs,
    city_newcomers,
    city_procedure,
    city_sales,
    city_webhooks,
)
from triplehelix.doors.cli.city_equity import fen_of
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions as listings
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation, Person
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
FOUNDED = timedelta(days=400)


@dataclass(frozen=True)
class DemoAccount:
    email: str
    password: str
    name: str
    why: str


@dataclass
class City:
    """What has been loaded, by the names the files use."""

    now: datetime
    organisations: dict[str, Organisation]
    people: dict[str, Person]
    officer: Account
    clerks: dict[int, Account]  # by organisation


def read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def load(
    folder: Path, *, now: datetime | None = None, progress: Callable[[str], None] = lambda line: None
) -> list[DemoAccount]:
    """Load the city once, in one transaction; asked again, it only answers the accounts.

    The one password of the demo accounts is made at random and kept under var/; they exist only in a demo.
    """
    now = now or timezone.now()
    kept = settings.VAR / "demo-password.txt"
    if not Organisation.objects.exists():
        kept.write_text(secrets.token_urlsafe(9))
        kept.chmod(0o600)
        progress("载入演示城市…")
        with transaction.atomic():
            _load(folder, now, kept.read_text(), progress)
    password = kept.read_text().strip()
    return [DemoAccount(a["login"], password, a["name"], a["why"]) for a in read(folder / "city.toml")["account"]]


def _load(folder: Path, now: datetime, password: str, progress: Callable[[str], None]) -> None:
    officers = read(folder / "officers.toml")["office"]
    first = officers[0]["officer"][0]
    officer = parties.create_account(
        email=first["email"], name=first["name"], password=None, actor=None, now=now - FOUNDED
    )
    city = City(now, {}, {}, officer, {})
    _offices(city, officers)
    for row in read(folder / "institutes.toml")["institute"]:
        _organisation(city, row, type=row["type"])
    for row in read(folder / "finance.toml")["institution"]:
        _organisation(city, {**row, "kind": "金融机构"}, type="金融机构")
    chains = [read(path) for path in sorted((folder / "chains").glob("*.toml"))]
    _firms_and_experts(city, chains)
    _accounts(city, read(folder / "city.toml")["account"])
    _let_in(folder, password)
    _needs_and_achievements(city, chains, progress)
    city_newcomers.load(read(folder / "city.toml")["newcomer"], now=now)
    city_endings.load(read(folder / "city.toml"), officer, city.organisations, city.people, now=now)
    progress("  走访、诊断、清单、金融…")
    city_corrections.load(folder / "corrections.toml", officer, city.organisations, city.clerks, now=now)
    city_needs.load(folder / "needs.toml", city.organisations, city.clerks, now=now)
    city_lists.load(folder / "lists.toml", officer, city.clerks, now=now)
    city_finance.load(folder / "finance.toml", officer, city.organisations, city.clerks, now=now)
    progress("  引荐、其他市场、专家…")
    city_introductions.load(folder / "introductions.toml", officer, city.clerks, now=now)
    city_feedback.load(folder / "feedback.toml", officer, now=now)
    city_exchange.load(folder / "exchange.toml", officer, now=now)
    city_experts.load(folder / "experts", officer, city.organisations, city.people, city.clerks, now=now)
    progress("  资金、办件…")
    city_fund_past.load(folder / "fund.toml", city.organisations, now=now)
    purses = city_fund.open_year(folder / "fund.toml", now=now)
    expert = Person.objects.filter(account__isnull=False).order_by("pk").first()
    if not city_procedure.load(folder / "procedure.toml", city.organisations, expert, now=now):
        progress("  办件：今年或明年的放假安排还没有录入，没有载入（见 measures/…/reference/calendar_<年>.toml）")
    # Last, because it is of today: lists for the bank are numbered as they are made.
    city_fund.load(folder / "fund.toml", purses, city.organisations, now=now)
    progress("  交易…")
    if not city_sales.load(folder / "sales.toml", city.organisations, officer, now=now):
        progress("  交易：今年或明年的放假安排还没有录入，没有载入")
    city_webhooks.load(folder / "exchange.toml", now=now)


def _let_in(folder: Path, password: str) -> None:
    """The officers and the demo accounts get the one password: hashed once, since hashing is slow by intent."""
    officers = [row["email"] for office in read(folder / "officers.toml")["office"] for row in office["officer"]]
    logins = [row["login"] for row in read(folder / "city.toml")["account"]]
    Account.objects.filter(email__in=[*officers, *logins]).update(password=make_password(password))


def _needs_and_achievements(city: City, chains: list[dict[str, Any]], progress: Callable[[str], None]) -> None:
    for chain in chains:
        for row in chain["need"]:
            _need(city, chain["chain"], row)
        for row in chain["achievement"]:
            _achievement(city, chain["chain"], row)
        progress(f"  {chain['chain']}: {len(chain['need'])} 条需求，{len(chain['achievement'])} 项成果")


def _firms_and_experts(city: City, chains: list[dict[str, Any]]) -> None:
    for chain in chains:
        for row in chain["firm"]:
            organisation = _organisation(city, row, type="企业")
            parties.join_chain(
                organisation=organisation, chain=chain["chain"], since=_founded(city.now), actor=city.officer,
                now=city.now,
            )  # fmt: skip
    for chain in chains:
        for row in chain["expert"]:
            city.people[row["id"]] = parties.register_person(
                name=row["name"], home=city.organisations[row["home"]], title=row["title"],
                discipline=row["discipline"], about=row["about"], actor=city.officer, now=city.now,
            )  # fmt: skip


def _offices(city: City, offices: list[dict[str, Any]]) -> None:
    for office in offices:
        city.organisations[office["id"]] = _organisation(city, office, type="政府部门")
        for row in office["officer"]:
            _appoint(city, office, row)


def _appoint(city: City, office: dict[str, Any], row: dict[str, Any]) -> None:
    """Somebody's term, as it was given when the city began; the first officer by the system, all others by him."""
    begun, today = city.now - FOUNDED, timezone.localdate(city.now)
    account = Account.objects.filter(email=row["email"]).first() or parties.create_account(
        email=row["email"], name=row["name"], password=None, actor=city.officer, now=begun
    )
    held = parties.appoint(
        account=account, role=row["role"], unit=office["unit"], since=_founded(city.now), document=office["document"],
        until=today + timedelta(days=row["days_left"]) if "days_left" in row else None,
        actor=None if account == city.officer else city.officer, now=begun,
    )  # fmt: skip
    if "ended_days_ago" in row:
        at = city.now - timedelta(days=row["ended_days_ago"])
        parties.end_office(office=held, until=None, why=row["ended_for"], actor=city.officer, now=at)


def _organisation(city: City, row: dict[str, Any], *, type: str) -> Organisation:
    contact = row.get("contact", {})
    organisation = parties.register_organisation(
        uscc=row["uscc"], name=row["name"], type=row.get("kind", type), region=row.get("region", ""),
        unit=row.get("unit", ""), size=row.get("size", ""), flags=row.get("flags", []), about=row.get("about", ""),
        contact_name=contact.get("name", ""), contact_post=contact.get("post", ""),
        contact_phone=contact.get("phone", ""), contact_email=contact.get("email", ""),
        actor=city.officer, now=city.now,
    )  # fmt: skip
    # The offices stand before anybody holds one.
    by = None if type == "政府部门" else city.officer
    organisation = parties.confirm_organisation(organisation=organisation, actor=by, now=city.now)
    city.organisations[row["id"]] = organisation
    if contact:
        _clerk(city, organisation, contact)
    return organisation


def _founded(now: datetime) -> date:
    """A day before anything in the city happened."""
    return (now - FOUNDED).date()


def _clerk(city: City, organisation: Organisation, contact: dict[str, Any]) -> None:
    """Who enters what the organisation offers or needs. Has no password: nobody signs in as this person."""
    account = parties.create_account(
        email=contact["email"], name=contact["name"], password=None, actor=city.officer, now=city.now
    )
    parties.add_member(
        account=account,
        organisation=organisation,
        role="admin",
        since=_founded(city.now),
        actor=city.officer,
        now=city.now,
    )
    city.clerks[organisation.pk] = account


def _accounts(city: City, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        account = Account.objects.filter(email=row["login"]).first() or parties.create_account(
            email=row["login"], name=row["name"], password=None, actor=city.officer, now=city.now
        )
        if row["role"] in ("enterprise_clerk", "university_clerk", "institution_clerk"):
            parties.add_member(
                account=account, organisation=city.organisations[row["of"]], role="admin",
                since=_founded(city.now), actor=city.officer, now=city.now,
            )  # fmt: skip
        elif row["role"] == "expert":
            parties.claim_person(person=city.people[row["of"]], account=account, actor=city.officer, now=city.now)


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
