"""Asking a repository: one question by GET, along a few redirects, and how long to wait where it cannot answer now."""

import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from triplehelix.foundation import outward
from triplehelix.foundation.outward import TooLarge
from triplehelix.market.experts.oai.answers import Malformed, WrongAnswer

MOST_WAIT = timedelta(days=1)
#: Some repositories write a whole query into their tokens.
MOST_URL, MOST_REDIRECTS = 8_000, 3
AGENT = "TripleHelix/1 (OAI-PMH harvester)"
BUSY = frozenset({429, 500, 502, 503, 504})


class Away(Exception):
    """The repository cannot answer now; `wait` is what it asked for in seconds, 0 when it named none."""

    def __init__(self, message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.wait = wait


def get(registered: str, arguments: Mapping[str, str], *, now: datetime) -> bytes:
    """The body of an answer. Raises Away, WrongAnswer, Malformed, and what `outward.call` raises."""
    url = f"{registered}?{urlencode(arguments)}"
    answer = _called(url, settings.OUTWARD_NETWORKS)
    for _hop in range(MOST_REDIRECTS):
        if answer.status not in (301, 302, 303, 307, 308) or not (target := answer.headers.get("location", "")):
            break
        try:
            url = urljoin(url, target)
        except ValueError:
            raise WrongAnswer(_("对方的转向地址读不懂")) from None
        # The desk named one host. Where that host sends us is its own word, and may be no door into the city's network.
        answer = _called(url, settings.OUTWARD_NETWORKS if _host(url) == _host(registered) else ())
    if answer.status in BUSY:
        raise Away(_("对方暂时不能应答（%(status)d）") % {"status": answer.status}, _retry_after(answer, now))
    if answer.status != 200:
        raise WrongAnswer(_("对方回答 %(status)d：请核对地址") % {"status": answer.status})
    return answer.body


def _host(url: str) -> str | None:
    """Raises WrongAnswer."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        raise WrongAnswer(_("对方的转向地址读不懂")) from None


def _called(url: str, inside: outward.Networks) -> outward.Answer:
    """One question, the address looked at anew each time. Raises BadAddress, Unreachable, WrongAnswer,
    Malformed."""
    answer = outward.call(
        "GET", url, headers={"Accept": "text/xml", "User-Agent": AGENT}, inside=inside, plain=True,
        longest=MOST_URL, seconds=settings.HARVEST_SECONDS, most=settings.HARVEST_MAX_BYTES,
    )  # fmt: skip
    packed = answer.headers.get("content-encoding", "identity").lower()
    if packed in ("gzip", "x-gzip"):
        return replace(answer, body=_unpacked(answer.body))
    if packed != "identity":
        raise WrongAnswer(_("对方发来的是压缩内容，而我们没有要求压缩"))
    return answer


def _unpacked(body: bytes) -> bytes:
    """What a firewall on the way has packed, though none was asked for. Raises TooLarge, Malformed."""
    most, reader = settings.HARVEST_MAX_BYTES, zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = reader.decompress(body, most + 1)
    except zlib.error as why:
        raise Malformed(_("对方发来的压缩内容不完整")) from why
    if len(found) > most:
        raise TooLarge(f"应答超过 {most} 字节")
    if not reader.eof:
        raise Malformed(_("对方发来的压缩内容不完整"))
    return found


def _retry_after(answer: outward.Answer, now: datetime) -> int:
    """Seconds the repository asks us to wait: a number or a moment; a day at most."""
    said = answer.headers.get("retry-after", "").strip()
    most = int(MOST_WAIT.total_seconds())
    if said.isascii() and said.isdecimal() and len(said) < 10:
        return min(int(said), most)
    try:
        ahead = (parsedate_to_datetime(said) - now).total_seconds()
    except (ValueError, TypeError):
        return 0
    return max(0, min(int(ahead), most))
