"""Two instances of our own program on loopback: this process with the tests' database, and another one, served by
granian, with a database and secrets of its own. Whatever happens to the network between them, both end the same."""

import json
import os
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import httpx
import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from tests.exchange.conftest import AWAY, HOME, Cable, edited, follow, published, pull, push, stepped
from triplehelix.config.paths import ROOT
from triplehelix.market.exchange import actions, finds, keys
from triplehelix.market.exchange.fingerprints import fingerprint
from triplehelix.market.exchange.models import Conflict, ForeignListing, Incoming, Outgoing, Received, Refused
from triplehelix.market.exchange.requests import Message, sign
from triplehelix.records.steps.actions import take

TEXT = "等温淬火后抗拉强度 1200 兆帕，延伸率 6%，已在两家企业试用，附第三方检测报告。"


def url_of(name):
    """The tests' server, another database."""
    given = connection.settings_dict
    host = quote(str(given["HOST"]), safe="")
    login = quote(given["USER"]) + (f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else "")
    return f"postgresql://{login}@/{name}?host={host}" + (f"&port={given['PORT']}" if given["PORT"] else "")


class Instance:
    """The other instance: what its people and its worker do, each in a process of its own."""

    def __init__(self, database, folder, port):
        self.port = port
        self.env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
            "DATABASE_URL": database, "TRIPLEHELIX_VAR": str(folder), "EXCHANGE_ID": AWAY, "ENCODER": "none",
            "OUTWARD_NETWORKS": "127.0.0.0/8", "SITE_URL": "https://shandong.example",
            "DJANGO_SETTINGS_MODULE": "triplehelix.config.settings",
        }  # fmt: skip

    def run(self, *command):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def exchange(self):
        """One round with every peer, as its worker makes it."""
        return self.run("-m", "triplehelix", "manage", "exchange")

    def __enter__(self):
        serve = ("-m", "triplehelix", "serve", "--no-prepare", "--workers", "1", "--port", str(self.port))
        self.process = subprocess.Popen([sys.executable, *serve], cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/exchange/v1/keys", trust_env=False).status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the other instance did not start")

    def __exit__(self, *_why):
        self.process.terminate()
        self.process.wait(20)

    def api(self, method, path, **more):
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        address = f"http://127.0.0.1:{self.port}/api/{path}"
        answer = httpx.request(method, address, headers=headers, trust_env=False, timeout=30, **more)
        assert answer.status_code < 400, answer.text
        return answer.json()

    def publish(self, title):
        body = {"organisation": self.uscc, "title": title, "text": TEXT, "field": "新材料"}
        made = self.api("POST", "achievements", json=body)
        return self.step(made, "publish")

    def step(self, listing, step):
        path = f"achievements/{listing['id']}/steps/{step}"
        return self.api("POST", path, json={}, headers={"If-Match": f'"{listing["version"]}"'})

    def foreign(self):
        return {one["origin"]: one for one in self.api("GET", "foreign?limit=100")["items"]}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def database():
    """Another empty one, dropped afterwards."""
    name = f"{connection.settings_dict['NAME']}_away"
    with psycopg.connect(url_of("postgres"), autocommit=True) as admin:
        admin.execute(f'drop database if exists "{name}" with (force)')
        admin.execute(f'create database "{name}" template "{os.environ["TEST_TEMPLATE"]}"')
        yield url_of(name)
        admin.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def away(database, tmp_path, live_server, officer):
    """The other instance, registered with us and we with it, each behind a cable that can be cut."""
    instance = Instance(database, tmp_path, free_port())
    to_us, to_them = Cable(live_server.thread.port), Cable(instance.port)
    own = keys.make(actor=officer, now=timezone.now())
    made = json.loads(instance.run("-m", "tests.exchange.seed", HOME, to_us.address, own.public))
    instance.token, instance.uscc = made["token"], made["uscc"]
    now = timezone.now()
    peer = actions.register(
        market=AWAY, name="山东示例市场", url=to_them.address, public=made["public"], actor=officer, now=now
    )
    note = fingerprint(made["public"])
    instance.peer = take(case=peer, step="confirm", actor=officer, now=now, seen_version=1, note=note)
    instance.cables = (to_us, to_them)
    with instance:
        yield instance
    for cable in instance.cables:
        cable.close()


@pytest.mark.django_db(transaction=True)
def test_both_end_with_the_same(away, clerk, firm):
    peer = away.peer

    def here():
        return {one.origin: one.title for one in finds.shown()}

    # Both publish; each pushes to the other.
    kept, leaves = published(clerk, firm, title="镀锡铜排防变色"), published(clerk, firm, title="花生霉变粒分选")
    theirs, gone = away.publish("球墨铸铁等温淬火"), away.publish("转子磁钢低温粘接胶")
    follow()
    assert push(peer)
    away.exchange()
    assert sorted(one["title"] for one in away.foreign().values()) == ["花生霉变粒分选", "镀锡铜排防变色"]
    assert sorted(here().values()) == ["球墨铸铁等温淬火", "转子磁钢低温粘接胶"]

    # The network is cut while both change and withdraw; then it heals.
    for cable in away.cables:
        cable.cut()
    edited(kept, clerk, title="镀锡铜排防变色膜")
    stepped(leaves, "withdraw", clerk)
    away.api("PUT", f"achievements/{theirs['id']}", json={"title": "球墨铸铁等温淬火，改过"},
             headers={"If-Match": f'"{theirs["version"]}"'})  # fmt: skip
    away.step(gone, "withdraw")
    follow()
    assert not push(peer)
    assert not pull(peer)
    assert "unreachable" in away.exchange()
    assert sorted(here().values()) == ["球墨铸铁等温淬火", "转子磁钢低温粘接胶"]
    for cable in away.cables:
        cable.heal()
    # Theirs comes by our pull alone, ours by our push; their own round then has nothing left to do.
    assert pull(peer)
    assert push(peer)
    assert list(here().values()) == ["球墨铸铁等温淬火，改过"]
    assert [one["title"] for one in away.foreign().values()] == ["镀锡铜排防变色膜"]
    assert f"{HOME} active: sent 4/4, received 4/4\n" in away.exchange()
    assert (Outgoing.objects.get().waiting, Incoming.objects.get().missing) == (0, 0)
    assert (Received.objects.count(), ForeignListing.objects.count()) == (4, 2), "nothing is there twice"

    # A request that was taken is played again, and one is forged: refused there, with a code.
    own = keys.current(timezone.now())
    address, now = away.cables[1].address, timezone.now()
    headers = {"Content-Type": "application/json"}
    message = sign(Message("POST", f"{address}inbox", headers, b'{"entries":[]}'), key=own, now=now)

    def ask(content=message.body):
        return httpx.post(message.url, content=content, headers=message.headers, trust_env=False)

    assert ask().status_code == 200
    assert (ask().status_code, ask().json()["code"]) == (409, "replayed")
    forged = ask(b'{"entries":[{}]}')
    assert (forged.status_code, forged.json()["code"]) == (401, "bad_signature")
    with psycopg.connect(away.env["DATABASE_URL"]) as inside:
        noted = dict(inside.execute("select code, sum(count)::int from exchange_refused group by code").fetchall())
    assert noted == {"replayed": 2, "bad_signature": 1}
    assert [one["title"] for one in away.foreign().values()] == ["镀锡铜排防变色膜"]
    assert not Conflict.objects.exists()
    assert not Refused.objects.exists()
    assert away.foreign()[f"{HOME}/achievement/{kept.pk}"]["url"].startswith(django_settings.SITE_URL)
