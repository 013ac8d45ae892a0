"""What a request asks for: the verbs, their arguments, and the errors of the protocol (OAI-PMH 2.0 §3.6, §4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

from triplehelix.doors.oai.records import Place
from triplehelix.foundation.coded import Coded

PREFIX = "oai_dc"
SALT = "oai"
#: verb → (needed, may, exclusive) arguments.
VERBS: Mapping[str, tuple[frozenset[str], frozenset[str], str]] = {
    "Identify": (frozenset(), frozenset(), ""),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"}), ""),
    "ListSets": (frozenset(), frozenset(), "resumptionToken"),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), "resumptionToken"),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), "resumptionToken"),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset(), ""),
}
#: What the schema of the protocol lets stand in a prefix and in a set's name.
WORD = r"[A-Za-z0-9\-_.!~*'()]+"
SHAPES = {"metadataPrefix": re.compile(WORD), "set": re.compile(f"{WORD}(:{WORD})*")}
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class ProtocolError(Coded):
    """A condition of the protocol: `code` is one of its own, `message` for people."""


@dataclass(frozen=True, slots=True)
class Window:
    """A selective harvest: `first` and `last` as the harvester wrote them, a set, where to go on, how much there is.

    `seen` counts the records given before; `total` is what there was when the harvest began.
    """

    first: str = ""
    last: str = ""
    set: str = ""
    place: Place | None = None
    seen: int = 0
    total: int | None = None


def arguments(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The arguments, each once and none foreign to its verb. Raises ProtocolError badVerb or badArgument."""
    verbs = given.get("verb", [])
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise ProtocolError("badVerb", "the argument verb is missing, repeated, or no verb of OAI-PMH 2.0")
    needed, may, exclusive = VERBS[verbs[0]]
    for name, values in given.items():
        if len(values) != 1:
            raise ProtocolError("badArgument", f"the argument {name[:40]} is given more than once")
    asked = {name: values[0] for name, values in given.items()}
    rest = asked.keys() - {"verb"}
    if exclusive and exclusive in rest:
        if rest != {exclusive}:
            raise ProtocolError("badArgument", f"{exclusive} is an exclusive argument")
        return asked
    if foreign := sorted(rest - needed - may):
        raise ProtocolError("badArgument", f"{verbs[0]} knows no argument {foreign[0][:40]}")
    if missing := sorted(needed - rest):
        raise ProtocolError("badArgument", f"{verbs[0]} needs the argument {missing[0]}")
    for name, shape in SHAPES.items():
        if name in asked and not shape.fullmatch(asked[name]):
            raise ProtocolError("badArgument", f"{name} holds signs that none has")
    return asked


def window(asked: Mapping[str, str]) -> Window:
    """The harvest an argument list begins, or its token goes on with. Raises ProtocolError."""
    if token := asked.get("resumptionToken"):
        return opened(asked["verb"], token)
    if asked.get("resumptionToken") == "":
        raise ProtocolError("badResumptionToken", "the resumptionToken is empty")
    if asked["metadataPrefix"] != PREFIX:
        raise ProtocolError("cannotDisseminateFormat", f"records are given as {PREFIX} only")
    found = Window(asked.get("from", ""), asked.get("until", ""), asked.get("set", ""))
    days(found)
    return found


def days(found: Window) -> tuple[datetime | None, datetime | None]:
    """The first and last whole second of a window. Raises ProtocolError badArgument."""
    if found.first and found.last and len(found.first) != len(found.last):
        raise ProtocolError("badArgument", "from and until must have the same granularity")
    first = _moment(found.first, "from") if found.first else None
    last = _moment(found.last, "until") if found.last else None
    if last is not None and DAY.fullmatch(found.last):
        last += timedelta(days=1) - timedelta(seconds=1)
    if first is not None and last is not None and first > last:
        raise ProtocolError("badArgument", "from is later than until")
    return first, last


def _moment(text: str, name: str) -> datetime:
    if not (DAY.fullmatch(text) or SECOND.fullmatch(text)):
        raise ProtocolError("badArgument", f"{name} must be written YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, in UTC")
    try:
        found = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise ProtocolError("badArgument", f"{name} is no day that exists") from None
    if not 1900 <= found.year <= 9000:
        raise ProtocolError("badArgument", f"{name} lies beyond what is kept")
    return found


def token(verb: str, found: Window) -> str:
    """A window as a resumption token: signed, good as long as the site keeps its key, the same for the same place."""
    place = [found.place.stamp.astimezone(UTC).isoformat(), found.place.pk] if found.place else []
    return signing.Signer(salt=SALT).sign_object(
        [verb, found.first, found.last, found.set, place, found.seen, found.total], compress=True
    )


def opened(verb: str, text: str) -> Window:
    """The window of a token given for the same verb. Raises ProtocolError badResumptionToken."""
    try:
        for_verb, first, last, of_set, place, seen, total = signing.Signer(salt=SALT).unsign_object(text)
        found = Place(datetime.fromisoformat(place[0]), int(place[1])) if place else None
    except (signing.BadSignature, ValueError, TypeError, IndexError, KeyError):
        raise ProtocolError("badResumptionToken", "this site has not given this resumptionToken") from None
    if for_verb != verb:
        raise ProtocolError("badResumptionToken", f"this resumptionToken was given for {for_verb}")
    return Window(first, last, of_set, found, seen, total)
