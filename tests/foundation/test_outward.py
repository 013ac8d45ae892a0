"""An address somebody typed is called only where it may lead, and no longer and no larger than agreed."""

import http.server
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from triplehelix.foundation import outward
from triplehelix.foundation.outward import BadAddress, Unreachable

LOOPBACK = outward.networks(["127.0.0.0/8", "::1/128"])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/x", "scheme"),
        ("ftp://example.com/x", "scheme"),
        ("file:///etc/passwd", "shape"),
        ("https://", "shape"),
        ("https://exa mple.com/", "shape"),
        ("https://例子.com/", "shape"),
        ("https://example.com:99999/", "shape"),
        ("https://example.com:0/", "shape"),
        ("https://" + "a" * 500 + ".com/", "shape"),
        ("https://user:word@example.com/", "user"),
        ("https://example.com/#x", "user"),
        ("https://127.0.0.1/", "private"),
        ("https://10.1.2.3/", "private"),
        ("https://192.168.0.9:8443/", "private"),
        ("https://172.16.0.1/", "private"),
        ("https://169.254.169.254/latest/meta-data/", "private"),
        ("https://100.64.0.1/", "private"),
        ("https://0.0.0.0/", "private"),
        ("https://224.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://[fe80::1]/", "private"),
        ("https://[fd00::1]/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://[64:ff9b::7f00:1]/", "private"),
        ("https://[2002:7f00:1::]/", "private"),
        ("https://[64:ff9b:1::a00:1]/", "private"),
        ("https://[::10.0.0.1]/", "private"),
        ("https://[::ffff:0:10.0.0.1]/", "private"),
        ("https://[fec0::1]/", "private"),
    ],
)
def test_addresses_that_are_never_called(url, code):
    with pytest.raises(BadAddress) as why:
        outward.checked(url)
    assert why.value.code == code


def test_addresses_that_may_be_called():
    assert outward.checked("https://market.example.cn:8443/exchange/v1/?x=1").port == 8443
    assert outward.checked("https://8.8.8.8/").hostname == "8.8.8.8"
    assert outward.checked("http://127.0.0.1:8000/", inside=LOOPBACK).scheme == "http"
    with pytest.raises(BadAddress, match="https"):
        outward.checked("http://8.8.8.8/", inside=LOOPBACK)
    with pytest.raises(BadAddress, match="内部网络"):
        outward.checked("https://10.0.0.1/", inside=LOOPBACK)


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f.1"])
def test_a_name_or_an_odd_spelling_that_leads_inside_is_found_out_when_it_is_looked_up(name):
    with pytest.raises((BadAddress, Unreachable)):
        outward.call("GET", f"https://{name}/", headers={})


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers["Host"], body))
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/large":
            self.wfile.write(b"x" * 5000)
        else:
            self.wfile.write(b"said")

    def log_message(self, *_args):
        """Silence."""


@pytest.fixture
def server():
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.seen = []
    thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def post(server, path, **more):
    url = f"http://localhost:{server.server_port}{path}"
    return outward.call("POST", url, headers={"X-Sign": "1"}, content=b"body", inside=LOOPBACK, **more)


def test_an_answer_comes_back_whole(server):
    answer = post(server, "/here?x=1")
    assert (answer.status, answer.body) == (200, b"said")
    assert server.seen == [("/here?x=1", f"localhost:{server.server_port}", b"body")]


def test_a_redirect_is_an_answer_and_not_followed(server):
    assert post(server, "/away").status == 302
    assert len(server.seen) == 1


def test_too_much_is_no_answer(server):
    with pytest.raises(Unreachable, match="超过"):
        post(server, "/large", most=1000)


@contextmanager
def dripping():
    """Speaks one byte of its headers at a time, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def speak():
        connection, _address = listener.accept()
        with connection:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000:
                if ended.wait(0.05):
                    return
                try:
                    connection.send(bytes([byte]))
                except OSError:
                    return

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    ended.set()
    thread.join(5)
    listener.close()


def test_who_speaks_for_ever_is_left():
    with dripping() as port, pytest.raises(Unreachable):
        started = time.monotonic()
        outward.call("GET", f"http://127.0.0.1:{port}/", headers={}, inside=LOOPBACK, seconds=0.6)
    assert time.monotonic() - started < 5


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable):
        outward.call("GET", f"http://127.0.0.1:{port}/", headers={}, inside=LOOPBACK)
