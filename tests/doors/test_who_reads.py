"""What a page promises about who reads something, held against who does."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.doors.conftest import VALUES, published
from tests.equity.words import Equity
from tests.html import flat
from tests.market.conftest import account, office
from tests.market.test_needs import SECRET
from triplehelix.market.listings.access import CONTACT_RELATIONS, relations_of
from triplehelix.market.nda import actions as nda


def page(who, address):
    browser = Client()
    browser.force_login(who)
    return flat(browser.get(address).content.decode())


@pytest.mark.parametrize(
    ("role", "unit", "named"),
    [
        ("county_officer", "371521", "主管部门"),
        ("city_officer", "", "主管部门"),
        ("operator", "", "科技大市场"),
        ("auditor", "", "审计"),
    ],
)
def test_a_firm_is_told_of_every_office_that_opens_its_confidential_words(clerk, firm, role, unit, named):
    need = published(clerk, firm, **SECRET)
    reader = office(account("reader"), role, unit)
    assert nda.open_words(need=need, actor=reader, now=timezone.now())
    said = page(clerk, need.address())
    assert named in said[said.index("别人只看得到") : said.index("每次打开都留痕")]


def test_who_reads_a_contact_is_said_where_it_is_written(clerk, firm, stranger, county):
    need, now = published(clerk, firm, **VALUES), timezone.now()
    assert not CONTACT_RELATIONS & relations_of(need, stranger, now)
    assert CONTACT_RELATIONS & relations_of(need, county, now)
    said = page(clerk, f"{need.address()}edit/")
    assert "只给经核实的单位看" not in said
    assert "双方接受引荐以后对方才看得到；主管部门和科技大市场也看得到" in said


def test_an_owner_is_told_that_a_roadshow_is_public(officer):
    market = Equity(officer=officer)
    project = market.project()
    event = market.event([project])
    public = Client().get(f"/roadshows/{event.pk}/").content.decode()
    assert project.organisation.name in public
    market.published("另一项")
    assert "题目和单位会列在公开的路演页上" in page(market.clerk, "/equity/projects/new/")
