"""A receiver of webhooks on loopback, that checks every message with the library receivers use."""

import http.server
import threading
import time

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from triplehelix.board.webhooks import actions, send
from triplehelix.foundation import outward
from triplehelix.records.trail import followers


class Receiver(http.server.ThreadingHTTPServer):
    """Answers what it is told to, 200 when nothing is said, at a path as slowly as it is told to; keeps what was proven
    and what was not."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.taken, self.forged, self.secrets, self.lock = [], [], [], {}, threading.Lock()
        self.pauses = {}
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path="/hook"):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def stop(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        time.sleep(server.pauses.get(self.path, 0))
        with server.lock:
            status = server.answers.pop(0) if server.answers else 200
            try:
                said = Webhook(server.secrets[self.path]).verify(body, dict(self.headers.items()))
            except Exception as why:
                server.forged.append(str(why))
            else:
                if status < 300:
                    server.taken.append((self.path, self.headers["webhook-id"], said))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status in (301, 302):
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args):
        """Silence."""


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.OUTWARD_NETWORKS = settings.WEBHOOK_NETWORKS = outward.networks(["127.0.0.0/8"])
    settings.SITE_URL = "https://chenghu.example"


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def hooked(receiver, who, wanted, path="/hook", **owner):
    """A webhook of this account for its organisation or office; the receiver knows its secret."""
    hook, secret = actions.register(
        name="业务系统", url=receiver.url(path), wanted=wanted, account=who, now=timezone.now(), **owner
    )
    receiver.secrets[path] = secret
    return hook


def work(now=None):
    """Read the trail and send what is due, as the worker does."""
    while followers.drain("webhooks"):
        pass
    count = 0
    while send.send_next(now=now or timezone.now()):
        count += 1
        assert count < 100
    return count
