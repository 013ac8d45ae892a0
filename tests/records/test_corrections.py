"""Who corrects what is registered of an organisation, and what that does to its being confirmed."""

from datetime import date

import pytest

from tests.market.conftest import NOW, account, member, office, organisation
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Invalid, Refused
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(firm):
    """Its administrator."""
    return member(account("clerk"), firm)


def correct(one, who, why="", seen=None, **values):
    return actions.correct(
        organisation=one, values=values, actor=who, now=NOW, seen_version=one.version if seen is None else seen, why=why
    )


def test_an_administrator_says_whom_to_call_and_nobody_gets_a_letter(firm, clerk):
    done = correct(firm, clerk, contact_phone="0635-8400001", about="铜带、铜排")
    assert (done.contact_phone, done.version) == ("0635-8400001", firm.version + 1)
    assert done.confirmed_at == firm.confirmed_at
    assert not Message.objects.exists()
    assert Entry.objects.get(verb="amend").data == {"changed": {"about": firm.about, "contact_phone": None}}


@pytest.mark.parametrize("checked", [
    {"name": "别家"}, {"type": "高等学校"}, {"region": "371522"}, {"unit": "371522"}, {"size": "大"},
    {"flags": ["高新技术企业"]}, {"about": "x", "flags": ["高新技术企业"]}, {"uscc": "x"},
])  # fmt: skip
def test_what_is_checked_is_not_the_administrator_s(firm, clerk, checked):
    with pytest.raises(Refused, match="由主管部门更正"):
        correct(firm, clerk, **checked)
    assert Organisation.objects.get(pk=firm.pk).version == firm.version


def test_others_change_nothing(firm):
    stranger = member(account("stranger"), organisation(9002))
    colleague = account("colleague")
    actions.add_member(
        account=colleague, organisation=firm, role="clerk", since=date(2026, 1, 1), actor=None, now=NOW
    )  # fmt: skip
    elsewhere = office(account("elsewhere"), "county_officer", "371522")
    for who in (stranger, colleague, elsewhere, office(account("auditor"), "auditor")):
        with pytest.raises(Refused):
            correct(firm, who, about="x")


def test_an_officer_corrects_everything_says_why_and_the_members_are_told(firm, clerk, county):
    done = correct(
        firm, county, why="营业执照 2026-11-20 变更", name="谷阳新名铜业有限公司", flags=["高新技术企业"], about="铜"
    )
    assert (done.name, done.flags, done.about) == ("谷阳新名铜业有限公司", ["高新技术企业"], "铜")
    assert (done.confirmed_at, done.confirmed_by) == (NOW, county)  # he has checked it: it is not to be checked again
    letter = Message.objects.get(kind="parties.organisation.amend")
    assert (letter.to, letter.subject) == ("clerk@example.com", "单位资料已更正：名称、标识")
    assert "营业执照 2026-11-20 变更" in letter.body


def test_a_correction_of_what_was_checked_needs_its_ground(firm, county):
    with pytest.raises(Invalid) as wrong:
        correct(firm, county, size="大")
    assert list(wrong.value.errors) == ["why"]
    assert Organisation.objects.get(pk=firm.pk).size == firm.size
    assert correct(firm, county, contact_name="管彤辉").contact_name == "管彤辉"  # whom to call was never checked


def test_flags_in_another_order_are_the_same_flags(firm, county):
    both = ["高新技术企业", "链主"]
    one = correct(firm, county, why="年度认定公告", flags=both)
    assert correct(one, county, flags=both[::-1]).version == one.version


def test_nobody_writes_over_what_he_has_not_seen(firm, clerk, county):
    correct(firm, clerk, contact_phone="0635-8400001")
    with pytest.raises(Refused, match="刚刚修改过"):
        correct(firm, county, contact_phone="0635-8400002")


def test_one_that_waits_to_be_confirmed_still_waits(county):
    waiting = organisation(9300)
    Organisation.objects.filter(pk=waiting.pk).update(confirmed_at=None, confirmed_by=None)
    assert correct(waiting, county, type="企业", name="更正后的厂").confirmed_at is None


def test_an_officer_registers_for_his_own_county(county, officer):
    given = {"uscc": organisation(9400).uscc, "name": "某厂", "type": "企业", "now": NOW}
    with pytest.raises(Invalid, match="已经登记过"):
        actions.register_checked(actor=officer, **given)
    Organisation.objects.filter(uscc=given["uscc"]).delete()
    with pytest.raises(Invalid) as wrong:
        actions.register_checked(actor=county, unit="371522", **given)
    assert list(wrong.value.errors) == ["unit"] and not Organisation.objects.filter(uscc=given["uscc"]).exists()
    made = actions.register_checked(actor=county, unit="371521", **given)
    assert (made.confirmed_at, made.confirmed_by) == (NOW, county)


def test_a_chain_is_left_once(firm):
    joined = actions.join_chain(organisation=firm, chain="LC01", since=date(2026, 1, 1), actor=None, now=NOW)
    actions.leave_chain(membership=joined, until=date(2026, 11, 1), actor=None, now=NOW)
    with pytest.raises(Invalid, match="已经退出"):
        actions.leave_chain(membership=joined, until=date(2026, 11, 2), actor=None, now=NOW)
