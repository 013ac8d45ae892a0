"""The fingerprint of a list: the same content gives the same 64 characters on every machine."""

import hashlib
import json
from datetime import UTC
from typing import Any

from triplehelix.market.lists.models import ListEntry, PublishedList

HEAD = ("number", "title", "issuer", "kind", "scope", "place", "place_name", "period", "confirmed_within", "why")


def of(content: Any) -> str:
    """sha-256 of plain data as JSON with sorted keys."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()


def of_list(made: PublishedList, entries: list[ListEntry]) -> str:
    """The digest of everything a list says, in the order of its rows."""
    head = {name: getattr(made, name) for name in HEAD}
    head |= {
        "published_at": made.published_at.astimezone(UTC).isoformat(),
        "replaces": made.replaces.number if made.replaces else "",
        "compared_with": made.compared_with.number if made.compared_with else "",
        "gone": made.gone,
    }
    rows = [
        [one.seq, one.listing_id, one.version, one.confirmed_on.isoformat(), one.change, one.values, one.before]
        for one in entries
    ]
    return of([head, rows])
