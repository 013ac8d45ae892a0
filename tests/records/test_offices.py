"""Who gives and ends offices, what cannot be, and that the city is never left without an officer."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from tests.fund.test_race import at_once
from tests.records.conftest import NOW, TODAY
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import access, actions, finds
from triplehelix.records.parties.models import Account, Office
from triplehelix.records.parties.rules import Invalid, Refused
from triplehelix.records.steps import actions as steps
from triplehelix.records.trail.models import Entry

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LATER, LATEST = TODAY + timedelta(days=30), TODAY + timedelta(days=60)
PAPER = {"document": "澄科任〔2026〕3号", "now": NOW}
SYSTEM = {"actor": None, "now": NOW}

pytestmark = pytest.mark.django_db


def rows(account, verb):
    return Entry.objects.filter(subject_kind="parties.account", subject_id=str(account.pk), verb=verb)


def given(account, role="city_officer", unit="", since=YESTERDAY, until=None):
    return actions.appoint(account=account, role=role, unit=unit, since=since, until=until, **SYSTEM)


@pytest.fixture
def officer(make_account):
    made = make_account("officer@example.com", "梁叙白")
    given(made)
    return made


@pytest.fixture
def other(make_account):
    made = make_account("other@example.com", "温见微")
    given(made)
    return made


def may(account, on=TODAY):
    return access.audiences(account, on) - {"public", "member", f"account:{account.pk}"}


# Giving -----------------------------------------------------------------------------------------------------------


def test_an_officer_of_the_city_gives_one_with_its_paper(officer, account):
    made = actions.appoint(
        account=account, role="county_officer", unit="阳谷县", since=TODAY, until=LATER, actor=officer, **PAPER
    )
    assert (made.unit, made.document) == ("371521", "澄科任〔2026〕3号")
    assert may(account) == {"unit:371521", "role:county_officer"}
    entry = rows(account, "appoint").get()
    assert (entry.actor_account, entry.data["document"], entry.data["until"]) == (
        officer.pk, "澄科任〔2026〕3号", LATER.isoformat(),
    )  # fmt: skip


def test_an_account_switched_off_since_it_was_read_gets_none(officer, account):
    Account.objects.filter(pk=account.pk).update(is_active=False)  # by another request; `account` still says active
    with pytest.raises(Invalid) as why:
        actions.appoint(account=account, role="auditor", unit="", since=TODAY, actor=officer, **PAPER)
    assert set(why.value.errors) == {"email"} and not finds.offices_of(account, TODAY).exists()


def test_whoever_gets_or_loses_one_hears_of_it_in_his_own_language(officer, account):
    account.language = "en"
    account.save(update_fields=["language"])
    office = actions.appoint(account=account, role="auditor", unit="", since=TODAY, actor=officer, **PAPER)
    actions.end_office(office=office, until=None, why="调离", actor=officer, now=NOW)
    given, ended = Message.objects.filter(to=account.email).order_by("pk")
    assert given.subject == "You now hold the office: Audit and discipline" and str(TODAY) in given.body
    assert ended.subject == "You no longer hold the office: Audit and discipline"
    assert "调离" in ended.body and "withdrawn" in ended.body and str(officer) in ended.body
    with translation.override("zh-hans"):
        actions.end_office(office=actions.appoint(
            account=account, role="auditor", unit="", since=TODAY, actor=None, now=NOW
        ), until=None, why="重复", actor=None, now=NOW)  # fmt: skip
    assert Message.objects.filter(to=account.email).count() == 4


def test_nobody_is_told_of_what_he_did_himself(officer, other):
    office = officer.offices.get()
    before = Message.objects.count()
    actions.end_office(office=office, until=None, why="调离", actor=officer, now=NOW)
    assert Message.objects.count() == before


@pytest.mark.parametrize("role", ["operator", "finance_officer", "auditor", "technology_manager", "expert", ""])
def test_nobody_else_gives_or_ends_one(officer, account, make_account, role):
    actor = make_account("actor@example.com")
    if role:
        given(actor, role)
    held = given(account, "expert")
    for deed in (
        lambda: actions.appoint(account=account, role="auditor", unit="", since=TODAY, actor=actor, **PAPER),
        lambda: actions.end_office(office=held, until=None, why="调离", actor=actor, now=NOW),
    ):
        with pytest.raises(Refused, match="只有市科技局"):
            deed()
    assert not rows(account, "end_office").exists() and Office.objects.filter(account=account).count() == 1


def test_nobody_gives_one_to_himself(officer):
    with pytest.raises(Refused, match="不能任命自己"):
        actions.appoint(account=officer, role="finance_officer", unit="", since=TODAY, actor=officer, **PAPER)
    assert steps.Refused is Refused  # the pages know one refusal


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"role": "king"}, "role", "没有这种职务：king；可以是 city_officer、"),
        ({"role": "county_officer"}, "unit", "请选择县市区或开发区"),
        ({"role": "county_officer", "unit": "371500"}, "unit", "请选择县市区或开发区"),
        ({"role": "county_officer", "unit": "371523"}, "unit", "371523"),
        ({"unit": "371521"}, "unit", "面向全市"),
        ({"until": YESTERDAY, "since": YESTERDAY}, "until", "已经过去"),
        ({"until": TODAY, "since": TOMORROW}, "until", "不能早于"),
        ({"until": TODAY.replace(year=2206)}, "until", "核对年份"),
        ({"since": TODAY.replace(year=202)}, "since", "核对年份"),
        ({"document": "  "}, "document", "请写批准文件"),
        ({"document": "长" * 81}, "document", "最多 80 个字"),
    ],
)
def test_what_cannot_be_given_is_said_at_its_field(officer, account, values, field, said):
    right = {"role": "auditor", "unit": "", "since": TODAY, "actor": officer, **PAPER}
    with pytest.raises(Invalid) as why:
        actions.appoint(account=account, **(right | values))
    assert list(why.value.errors) == [field] and said in why.value.errors[field]
    assert not account.offices.exists() and not rows(account, "appoint").exists()


def test_all_wrong_fields_are_said_at_once(officer, account):
    with pytest.raises(Invalid) as why:
        actions.appoint(
            account=account, role="king", unit="火星", since=TODAY, until=YESTERDAY, actor=officer, now=NOW
        )  # fmt: skip
    assert set(why.value.errors) == {"role", "unit", "until", "document"}


def test_whoever_cannot_sign_in_holds_none(officer, account):
    EmailAddress.objects.filter(user=account).update(verified=False)
    with pytest.raises(Invalid) as why:
        actions.appoint(account=account, role="auditor", unit="", since=TODAY, actor=officer, **PAPER)
    assert "还没有确认" in why.value.errors["email"]
    EmailAddress.objects.filter(user=account).update(verified=True)
    off = actions.set_active(account=account, active=False, **SYSTEM)
    with pytest.raises(Invalid) as why:
        actions.appoint(account=off, role="auditor", unit="", since=TODAY, actor=officer, **PAPER)
    assert "已经停用" in why.value.errors["email"]


@pytest.mark.parametrize(
    ("held", "asked", "fits"),
    [
        ((TODAY, None), (LATER, None), False),
        ((TODAY, LATER), (LATER, None), False),
        ((TODAY, LATER), (LATER + timedelta(days=1), None), True),
        ((LATER, None), (TODAY, None), False),
        ((LATER, None), (TODAY, LATER), False),
        ((LATER, LATEST), (TODAY, LATER - timedelta(days=1)), True),
    ],
)
def test_the_same_office_is_not_held_twice_on_a_day(account, held, asked, fits):
    """Whatever its unit is called: an office of the whole city has none."""
    given(account, "auditor", "371500", *held)
    if fits:
        assert given(account, "auditor", "", *asked)
    else:
        with pytest.raises(Invalid, match="已经担任这个职务"):
            given(account, "auditor", "", *asked)


@pytest.mark.parametrize(
    ("held", "asked", "fits"),
    [
        ("city_officer", "finance_officer", False),
        ("finance_officer", "auditor", False),
        ("auditor", "expert", False),
        ("expert", "finance_officer", False),
        ("city_officer", "operator", True),
        ("technology_manager", "expert", True),
    ],
)
def test_who_decides_does_not_pay_and_who_audits_does_neither(account, held, asked, fits):
    given(account, held, until=LATER)
    if fits:
        assert given(account, asked).role == asked
        return
    with pytest.raises(Invalid, match="决策、拨付、监督不能由同一个人办理") as refused:
        given(account, asked, since=LATER)
    assert set(refused.value.errors) == {"role"}
    assert given(account, asked, since=LATER + timedelta(days=1)).role == asked


def test_an_officer_may_have_two_counties(account):
    for unit in ("371521", "371522"):
        given(account, "county_officer", unit)
    assert may(account) == {"role:county_officer", "unit:371521", "unit:371522"}


# Ending -----------------------------------------------------------------------------------------------------------


def test_by_a_day_it_holds_to_the_end_of_that_day(officer, account):
    office = given(account, "auditor")
    office = actions.end_office(office=office, until=LATER, why="退休", actor=officer, now=NOW)
    assert may(account, LATER) and not may(account, LATER + timedelta(days=1))
    assert (office.ended_for, office.stopped_at) == ("退休", None)
    assert list(finds.offices(TODAY).filter(account=account)) == [office]
    actions.end_office(office=office, until=TODAY, why="提前", actor=officer, now=NOW)
    assert [(one.data["until"], one.why) for one in rows(account, "end_office").order_by("n")] == [
        (LATER.isoformat(), "退休"), (TODAY.isoformat(), "提前"),
    ]  # fmt: skip


def test_at_once_it_holds_no_more_and_was_held_before(officer, account):
    office = given(account, "county_officer", "371521")
    actions.end_office(office=office, until=None, why="被带走调查", actor=officer, now=NOW)
    assert not may(account) and may(account, YESTERDAY) and not access.holds_office(account, TODAY)
    assert list(finds.officers_of_unit("371521", TODAY)) == [officer]  # nobody there: the city's
    assert not finds.offices(TODAY).filter(account=account).exists()
    assert finds.offices(TODAY, over=True).get().until == TODAY
    given(account, "county_officer", "371521", TODAY)  # a mistake is put right on the same day
    assert may(account)


@pytest.mark.parametrize("since", [TODAY, LATER])
def test_one_begun_today_or_not_yet_can_be_taken_away(officer, account, since):
    office = given(account, "finance_officer", since=since)
    actions.end_office(office=office, until=None, why="误任", actor=officer, now=NOW)
    assert not any(may(account, day) for day in (YESTERDAY, TODAY, LATER, LATEST))
    assert finds.offices(TODAY, over=True).get() == office


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"until": YESTERDAY}, "until", "马上结束请不填"),
        ({"until": YESTERDAY - timedelta(days=9)}, "until", "不能早于"),
        ({"until": LATEST}, "until", "要延长请另行任命"),
        ({"until": LATEST + timedelta(days=1)}, "until", "要延长请另行任命"),
        ({"why": " "}, "why", "请写事由"),
        ({"why": "长" * 201}, "why", "最多 200 个字"),
    ],
)
def test_what_cannot_end_it_is_said_at_its_field(officer, account, values, field, said):
    office = given(account, "auditor", until=LATEST)
    with pytest.raises(Invalid) as why:
        actions.end_office(office=office, actor=officer, now=NOW, **({"until": None, "why": "调离"} | values))
    assert list(why.value.errors) == [field] and said in why.value.errors[field]
    office.refresh_from_db()
    assert office.until == LATEST and not rows(account, "end_office").exists()


def test_what_has_ended_does_not_end_again(officer, account):
    office = given(account, "auditor")
    actions.end_office(office=office, until=None, why="调离", actor=officer, now=NOW)
    over = Office.objects.create(account=account, role="expert", since=YESTERDAY, until=YESTERDAY)
    for one in (office, over):
        with pytest.raises(Refused, match="已经结束"):
            actions.end_office(office=one, until=TODAY, why="调离", actor=officer, now=NOW)


# The last officer of the city -------------------------------------------------------------------------------------


def test_the_last_one_stays(officer, other):
    mine, his = officer.offices.get(), other.offices.get()
    actions.end_office(office=his, until=None, why="调离", actor=officer, now=NOW)
    for until in (None, LATER):
        with pytest.raises(Refused, match="没有工作人员了"):
            actions.end_office(office=mine, until=until, why="退休", actor=officer, now=NOW)
    assert may(officer) == {"city", "role:city_officer"}


def test_one_may_end_his_own_when_another_stays(officer, other):
    actions.end_office(office=officer.offices.get(), until=None, why="退休", actor=officer, now=NOW)
    assert list(finds.city_officers(TODAY)) == [other]


@pytest.mark.parametrize("who", ["ends sooner", "not there yet", "switched off"])
def test_whoever_does_not_stay_does_not_count(officer, make_account, who):
    another = make_account("another@example.com")
    given(another, since=LATEST if who == "not there yet" else TODAY, until=LATER if who == "ends sooner" else None)
    if who == "switched off":
        actions.set_active(account=another, active=False, **SYSTEM)
    with pytest.raises(Refused, match="没有工作人员了"):
        actions.end_office(office=officer.offices.get(), until=None, why="退休", actor=officer, now=NOW)


def test_a_guest_of_the_bureau_may_go_early(officer, make_account):
    """What was to end anyway is not missed while somebody stays at least as long."""
    guest, second = make_account("guest@example.com"), make_account("second@example.com")
    office = given(guest, until=LATER)
    given(second, until=LATEST)
    actions.end_office(office=office, until=None, why="挂职期满", actor=officer, now=NOW)


def test_the_last_one_is_not_switched_off_either(officer, make_account):
    for days, until in ((1, None), (-9, YESTERDAY)):  # not yet, and no longer
        given_before = make_account(f"{days}@example.com")
        Office.objects.create(
            account=given_before, role="city_officer", since=TODAY + timedelta(days=days), until=until
        )
    with pytest.raises(Refused, match="唯一能登录"):
        actions.set_active(account=officer, active=False, **SYSTEM)
    given(make_account("another@example.com"), until=TODAY)
    assert not actions.set_active(account=officer, active=False, **SYSTEM).is_active


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_two_officers_switched_off_at_once(make_account, turn):
    both = [make_account(f"{n}@example.com") for n in (1, 2)]
    for one in both:
        given(one)
    found = at_once(*(
        lambda account=account: actions.set_active(account=account, active=False, **SYSTEM) for account in both
    ))  # fmt: skip
    assert [type(one) for one in found if isinstance(one, Exception)] == [Refused]
    assert Account.objects.filter(is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_two_officers_who_end_each_other_at_once(make_account, turn):
    """One does it, and the other is no officer any more: there is always one left."""
    one, two = (make_account(f"{n}@example.com") for n in (1, 2))
    first, second = given(one), given(two)

    def ending(office, actor):
        return lambda: actions.end_office(office=office, until=None, why="调离", actor=actor, now=NOW)

    found = at_once(ending(first, two), ending(second, one))
    assert sorted(type(one) for one in found if isinstance(one, Exception)) == [Refused]
    assert finds.city_officers(TODAY).count() == 1
    assert Entry.objects.filter(verb="end_office").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_two_officers_who_both_leave_at_once(make_account, turn):
    """Each ends his own, a third has gone before: one of them has to stay."""
    both = [make_account(f"{n}@example.com") for n in (1, 2)]
    held = [given(one) for one in both]

    def leaving(n):
        return lambda: actions.end_office(office=held[n], until=None, why="退休", actor=both[n], now=NOW)

    found = at_once(leaving(0), leaving(1))
    assert [str(one)[:8] for one in found if isinstance(one, Exception)] == ["这样市科技局就没"]
    assert finds.city_officers(TODAY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_give_the_same_office_at_once(make_account):
    one, two, account = (make_account(f"{n}@example.com") for n in (1, 2, 3))
    given(one), given(two)

    def giving(actor):
        return lambda: actions.appoint(
            account=account, role="auditor", unit="", since=TODAY, actor=actor, **PAPER
        )  # fmt: skip

    found = at_once(giving(one), giving(two))
    assert [type(one) for one in found if isinstance(one, Exception)] == [Invalid]
    assert account.offices.count() == 1


# The command ------------------------------------------------------------------------------------------------------


def appoint(*args, **more):
    said = StringIO()
    call_command("appoint", *args, stdout=said, **more)
    return said.getvalue()


def test_the_first_officer_of_a_new_city(client):
    said = appoint("First@KJJ.example", "city_officer", name="梁叙白", document="澄政任〔2026〕1号")
    made = Account.objects.get()
    assert (made.email, made.name, made.has_usable_password()) == ("first@kjj.example", "梁叙白", False)
    assert "city" in access.audiences(made, timezone.localdate())
    trail = Entry.objects.filter(subject_kind="parties.account").order_by("n")
    assert [(one.verb, one.actor) for one in trail] == [("create", "系统"), ("appoint", "系统")]
    assert "已任命：梁叙白（first@kjj.example），市科技局工作人员" in said and "/accounts/password/reset/" in said
    client.post("/accounts/password/reset/", {"email": made.email})
    told, link = Message.objects.filter(to=made.email).order_by("pk")
    assert "市科技局工作人员" in told.subject and "/accounts/password/reset/key/" in link.body


def test_somebody_who_has_an_account_is_given_an_office(account):
    assert "新建" not in appoint(account.email, "county_officer", unit="阳谷县")
    assert account.offices.get().unit == "371521" and Account.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("new@example.com", "king"), "没有这种职务：king；可以是 city_officer、county_officer"),
        (("new@example.com", "county_officer"), "请选择县市区或开发区"),
        (("new@", "city_officer"), "邮箱地址不完整"),
        (("a@example.com", "auditor"), "已经担任这个职务"),
    ],
)
def test_what_the_command_refuses_leaves_nothing(account, asked, said):
    given(account, "auditor")
    with pytest.raises(CommandError, match=said):
        appoint(*asked)
    assert Account.objects.count() == Office.objects.count() == 1
    assert not Entry.objects.exclude(subject_id=str(account.pk)).exists()


def switch(*args):
    said = StringIO()
    call_command("switch_account", *args, stdout=said)
    return said.getvalue()


def test_an_account_is_switched_off_and_on_from_the_machine(officer, account, client):
    client.force_login(account)
    assert "已经停用" in switch(account.email.upper(), "off", "离职")
    assert client.get("/todo/").status_code == 302  # to the sign-in page
    assert "原来就是停用的" in switch(account.email, "off", "离职")
    assert "已经恢复" in switch(account.email, "on", "返聘")
    switched = Entry.objects.filter(subject_id=str(account.pk), verb__startswith="switch").order_by("n")
    assert [(one.verb, one.why) for one in switched] == [("switch_off", "离职"), ("switch_on", "返聘")]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nobody@example.com", "off", "离职"), "没有这个账号"),
        (("officer@example.com", "off", " "), "请写事由"),
        (("officer@example.com", "off", "离职"), "唯一能登录"),
    ],
)
def test_what_the_switch_refuses(officer, asked, said):
    with pytest.raises(CommandError, match=said):
        switch(*asked)
    officer.refresh_from_db()
    assert officer.is_active
