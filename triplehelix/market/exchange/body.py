"""What an envelope says about a listing: made from ours, read from theirs.

Codes differ between markets, so names travel with them: 技术领域 and 产业链 by name, 行政区划 by its national code.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from triplehelix.foundation.codes import CodeError, CodeList, Uscc
from triplehelix.market.exchange.envelope import Refusal
from triplehelix.market.listings.models import TEXT_LENGTH, TITLE_LENGTH, Listing
from triplehelix.market.listings.rules import MOST_FEN, MOST_IP
from triplehelix.market.lists import values
from triplehelix.records.parties import reference

KIND_OF = {"market.need": "need", "market.achievement": "achievement"}
REASONS = ("withdrawn", "expired", "not_sent")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def link(listing: Listing) -> str:
    """The public page of a listing; empty where the site does not know its own address."""
    return f"{settings.SITE_URL}{listing.address()}" if settings.SITE_URL else ""


def of(listing: Listing) -> dict[str, Any]:
    """The public part of a published listing: what a published list would say of it, and never whom to call."""
    said = values.of(listing)
    own = said["organisation"] == listing.organisation.name
    assert listing.published_at is not None and listing.valid_until is not None
    return {
        "title": said["title"],
        "text": said["text"],
        "holder": said["organisation"],
        "holder_code": listing.organisation.uscc if own else "",
        "field": said["field_name"],
        "chain": said["chain_name"],
        "region": said["region"],
        "region_name": said["region_name"],
        "modes": said["modes_names"],
        "price_fen": said["price_fen"],
        "trl": said["trl"],
        "trl_assessed_by": said.get("trl_assessed_by", ""),
        "type": said.get("type", ""),
        "rights": said.get("rights", ""),
        "ip": said.get("ip", [])[:MOST_IP],
        "url": link(listing),
        "published_on": timezone.localdate(listing.published_at).isoformat(),
        "valid_until": timezone.localdate(listing.valid_until).isoformat(),
    }


def _text(most: int, *, needed: bool = False) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most and (bool(value.strip()) or not needed)


def _whole(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: (
        value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most)
    )


def _code(value: Any) -> bool:
    if value == "":
        return True
    try:
        return isinstance(value, str) and Uscc.check(value) == value
    except CodeError:
        return False


def _page(value: Any) -> bool:
    """A link people may be shown: it goes to the web and nowhere else."""
    if not isinstance(value, str) or len(value) > 500 or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        return value == "" or (parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None)
    except ValueError:
        return False


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and DAY.fullmatch(value) is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _modes(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 20 and all(_text(20)(one) for one in value)


def _rights(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_IP
        and all(isinstance(one, dict) and set(one) == {"type", "number"} for one in value)
        and all(_text(60)(one["type"]) and _text(60)(one["number"]) for one in value)
    )


#: Every member a body must have. Others are allowed and not looked at: the digest covers them.
MEMBERS: Mapping[str, Callable[[Any], bool]] = {
    "title": _text(TITLE_LENGTH, needed=True),
    "text": _text(TEXT_LENGTH),
    "holder": _text(120, needed=True),
    "holder_code": _code,
    "field": _text(40),
    "chain": _text(40),
    "region": _text(20),
    "region_name": _text(60),
    "modes": _modes,
    "price_fen": _whole(0, MOST_FEN),
    "trl": _whole(1, 13),
    "trl_assessed_by": _text(80),
    "type": _text(20),
    "rights": _text(20),
    "ip": _rights,
    "url": _page,
    "published_on": _day,
    "valid_until": _day,
}


def checked(verb: str, body: Mapping[str, Any]) -> None:
    """Raises Refusal bad_body, which names the member."""
    if verb == "withdraw":
        if body.get("reason") not in REASONS:
            raise Refusal("bad_body", "'reason'")
        return
    for name, fits in MEMBERS.items():
        if name not in body or not fits(body[name]):
            raise Refusal("bad_body", f"'{name}'")


def codes(body: Mapping[str, Any], on: date) -> dict[str, str]:
    """What lists and searches here are narrowed by, as far as our code lists know their words."""
    return {
        "field": _known(reference.fields(), body["field"], on),
        "chain": _known(reference.chains(), body["chain"], on),
        "region": _known(reference.regions(), body["region"], on),
    }


def _known(listed: CodeList, word: str, on: date) -> str:
    try:
        return listed.get(word, on=on).code if word else ""
    except CodeError:
        return ""
