"""Our market and another one, and a network between them that can be cut."""

import socket
import threading
from contextlib import suppress

import pytest
from django.utils import timezone

from tests.exchange.peer import Market, Server
from tests.market.test_flow import VALUES
from triplehelix.foundation import outward
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.exchange import actions, keys, traffic
from triplehelix.market.exchange.fingerprints import fingerprint
from triplehelix.market.exchange.models import Incoming, Outgoing
from triplehelix.market.listings import actions as listings
from triplehelix.records.steps.actions import take
from triplehelix.records.trail import followers

HOME, AWAY = "chenghu.example", "shandong.example"
BODY = {
    "title": "高强度球墨铸铁的等温淬火工艺", "text": "等温淬火后抗拉强度 1200 兆帕，延伸率 6%，已在两家企业试用。",
    "holder": "示例理工大学", "holder_code": "", "field": "新材料", "chain": "", "region": "370100",
    "region_name": "济南市",
    "modes": ["技术转让"], "price_fen": 80_000_000, "trl": 7, "trl_assessed_by": "", "type": "应用技术",
    "rights": "单独所有",
    "ip": [{"type": "发明专利", "number": "ZL209910000001.1"}], "url": "https://shandong.example/achievements/1/",
    "published_on": "2026-11-01", "valid_until": "2099-12-31",
}  # fmt: skip


def body(**more):
    return BODY | more


def published(clerk, firm, model=Achievement, **more):
    """A listing of ours, published now."""
    now = timezone.now()
    made = listings.create(model=model, organisation=firm, values=VALUES | more, actor=clerk, now=now)
    return take(case=made, step="publish", actor=clerk, now=now, seen_version=made.version)


def stepped(listing, step, actor):
    return take(case=listing, step=step, actor=actor, now=timezone.now(), seen_version=listing.version)


def edited(listing, clerk, **values):
    return listings.edit(listing=listing, values=values, actor=clerk, now=timezone.now(), seen_version=listing.version)


def follow():
    """Read the trail, as the worker does."""
    while followers.drain("exchange"):
        pass


def registered(officer, market, address):
    """A peer, confirmed by the fingerprint its people told ours on the telephone."""
    now = timezone.now()
    peer = actions.register(
        market=market.name, name="山东示例市场", url=address, public=market.key.public, actor=officer, now=now
    )
    told = " ".join(market.key.fingerprint.upper()[at : at + 8] for at in range(0, 64, 8))
    peer = take(case=peer, step="confirm", actor=officer, now=now, seen_version=1, note=told)
    # They have our key by letter as well.
    own = keys.current(now)
    market.trusted[own.kid] = (own.public, "2026-01-01T00:00:00Z", None)
    assert fingerprint(own.public).startswith(own.kid)
    return peer


def push(peer):
    """Send now, whatever was to be waited for."""
    Outgoing.objects.filter(peer=peer).update(next_try=None)
    return traffic.push(peer=peer.pk, now=timezone.now())


def pull(peer):
    Incoming.objects.filter(peer=peer).update(next_try=None)
    return traffic.pull(peer=peer.pk, now=timezone.now())


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.OUTWARD_NETWORKS = outward.networks(["127.0.0.0/8"])
    settings.EXCHANGE_ID = HOME
    settings.SITE_URL = "https://chenghu.example"


@pytest.fixture
def market():
    return Market(AWAY, HOME)


@pytest.fixture
def server(market):
    made = Server(market)
    yield made
    made.stop()


class Cable:
    """A TCP connection between two ends that can be cut in the middle of a sentence."""

    def __init__(self, port):
        self.port, self.whole, self.ends, self.swallow = port, True, [], False
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/exchange/v1/"

    def _accept(self):
        with suppress(OSError):
            while True:
                here, _address = self.listener.accept()
                if not self.whole:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self.port))
                self.ends += [here, there]
                threading.Thread(target=self._carry, args=(here, there, False), daemon=True).start()
                threading.Thread(target=self._carry, args=(there, here, True), daemon=True).start()

    def _carry(self, source, target, is_answer):
        with suppress(OSError):
            while data := source.recv(65536):
                if is_answer and self.swallow:
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.whole = False
        for end in self.ends:
            with suppress(OSError):
                end.close()
        self.ends = []

    def heal(self):
        self.whole, self.swallow = True, False

    def close(self):
        self.cut()
        self.listener.close()


@pytest.fixture
def cable(server):
    made = Cable(server.server_port)
    yield made
    made.close()


@pytest.fixture
def active(officer, market, server):
    """The other market as our peer, in traffic."""
    return registered(officer, market, server.address)
