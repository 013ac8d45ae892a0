"""A university and a firm with clerks, listings written as their owners would, and a worker's turn on demand."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.db import connection

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions
from triplehelix.market.needs.models import Need
from triplehelix.matching.index import vectors
from triplehelix.matching.search import search
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import take
from triplehelix.records.trail import followers

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PUBLIC = frozenset({"public"})
COPPER = "91371502MAD011KW8U"
ALUMINIUM = "91371581MAD012KW0P"
ENDING = "本成果已在两家工厂的生产线上使用，附有第三方检测报告，可以到现场看。"


class Counting:
    """An encoder that remembers what it was asked; slow enough that two who do not wait for each other meet."""

    name, dim = "counting", 384

    def __init__(self):
        self.asked = []

    def passages(self, texts):
        self.asked += texts
        time.sleep(0.2)
        return np.eye(len(texts), self.dim, dtype=np.float32)


@contextmanager
def somebody_encodes():
    """Within the block another process has the turn to give documents their vectors."""
    has_it, enough = threading.Event(), threading.Event()

    def hold():
        with vectors.turn(waits=True):
            has_it.set()
            enough.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert has_it.wait(30)
    yield
    enough.set()
    thread.join()


class House:
    """What tests do, in the words of the field."""

    def __init__(self):
        self.firm, self.clerk = self._organisation(COPPER, "澄湖鸿锐铜业股份有限公司", "371502", "firm@example.com")
        self.other, self.other_clerk = self._organisation(
            ALUMINIUM, "临运市铄坚铝材有限公司", "371581", "al@example.com"
        )

    def _organisation(self, uscc, name, unit, email):
        made = parties.register_organisation(
            uscc=uscc, name=name, type="企业", region=unit, unit=unit, actor=None, now=NOW
        )
        made = parties.confirm_organisation(organisation=made, actor=None, now=NOW)
        clerk = parties.create_account(email=email, name=email, password=None, actor=None, now=NOW)
        parties.add_member(account=clerk, organisation=made, role="admin", since=date(2026, 1, 1), actor=None, now=NOW)
        return made, clerk

    def write(self, title, text="", *, model=Achievement, state="published", other=False, **values):
        organisation, clerk = (self.other, self.other_clerk) if other else (self.firm, self.clerk)
        values = {"title": title, "text": f"{text}{ENDING}", "field": "新材料"} | values
        listing = actions.create(model=model, organisation=organisation, values=values, actor=clerk, now=NOW)
        step = {"published": "publish", "submitted": "submit"}.get(state)
        return self.step(listing, step) if step else listing

    def step(self, listing, step):
        actor = self.clerk if listing.organisation_id == self.firm.pk else self.other_clerk
        return take(case=listing, step=step, actor=actor, now=NOW, seen_version=listing.version)

    def edit(self, listing, **values):
        return actions.edit(listing=listing, values=values, actor=self.clerk, now=NOW, seen_version=listing.version)

    def work(self):
        """What a worker does when it is woken, until there is nothing left."""
        while followers.drain("matching", now=NOW):
            pass

    def find(self, text, *, kind=Achievement.kind, audiences=PUBLIC, **more):
        return search(text=text, audiences=audiences, kind=kind, now=NOW, **more)

    def titles(self, text, **more):
        return [hit.title for hit in self.find(text, **more).hits]


@pytest.fixture
def words_only(settings):
    settings.ENCODER = "none"


@pytest.fixture
def house(db):
    return House()


@pytest.fixture
def committed(transactional_db):
    """The same, in transactions that really end: vectors are made after they have."""
    return House()


__all__ = ["Achievement", "Need"]
