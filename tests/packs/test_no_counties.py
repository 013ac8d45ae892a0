"""A city of one level: no counties, no chains of its own. What counties do is the city's, and every page answers."""

import pytest
from django.utils import timezone

from tests.market.sheets import code
from tests.packs.conftest import LISTING, SINCE, person
from triplehelix.doors.cli import city_empty
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import pack as checked

ADDRESSES = (
    "/", "/needs/", "/needs/new/", "/achievements/", "/funnel/", "/organisations/", "/organisations/new/", "/offices/",
    "/lists/", "/account/", "/cases/", "/todo/", "/fund/", "/visits/new/", "/search/?q=丝绸", "/experts/",
)  # fmt: skip


@pytest.fixture
def level(pack):
    """The invented city without what stands under it."""
    for name in ("units", "chains"):
        (pack / "reference" / f"{name}.toml").write_text('title = "无"\nsource = "不设区县，没有产业链"\nentry = []\n')
    regions = pack / "reference" / "regions.toml"
    lines = regions.read_text(encoding="utf-8").splitlines()
    regions.write_text("\n".join(line for line in lines if 'level = "county"' not in line), encoding="utf-8")
    return pack


def test_it_is_a_pack_like_any_other_and_has_no_county_s_account(level, db, settings, tmp_path):
    settings.VAR = tmp_path
    assert checked.faults() == []
    assert [one.name for one in city_empty.load()] == ["city", "finance", "auditor"]
    assert [one.name for one in city_empty.load()] == ["city", "finance", "auditor"]


def test_a_list_left_out_is_still_told(level):
    (level / "reference" / "units.toml").write_text('title = "无"\nsource = "无"\n')
    (told,) = checked.faults()
    assert "units.toml [units]：没有条目（entry）；确实一项也没有的，写 entry = []" in told


def test_every_page_answers_and_a_firm_is_the_city_s(level, db, client):
    now = timezone.now()
    officer, clerk = person("officer", now), person("clerk", now)
    parties.appoint(account=officer, role="city_officer", unit="", since=SINCE, actor=None, now=now)
    firm = parties.register_organisation(
        uscc=code(9001), name="云溪丝绸厂", type="企业", region="990100", unit="990100", actor=None, now=now
    )
    parties.confirm_organisation(organisation=firm, actor=officer, now=now)
    parties.add_member(account=clerk, organisation=firm, role="admin", since=SINCE, actor=None, now=now)
    values = LISTING | {"chain": "", "region": "990100"}
    listings.create(model=Need, organisation=firm, values=values, actor=clerk, now=now)
    for account in (officer, clerk):
        client.force_login(account)
        found = {address: client.get(address).status_code for address in ADDRESSES}
        assert {address: status for address, status in found.items() if status not in (200, 302, 403, 404)} == {}
        assert sum(status == 200 for status in found.values()) >= 9
