"""One function takes every step: who, from where, with what proof, once."""

import threading
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from tests.records.cases import FLOW, Case, Thread
from tests.records.conftest import NOW
from tests.records.matrix import matrix, taken
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps import actions
from triplehelix.records.steps.actions import Refused, offered, take
from triplehelix.records.steps.models import Stateful
from triplehelix.records.trail.models import Entry

RELATIONS = ("public", "nobody")


@pytest.fixture
def people(make_account):
    made = {name: make_account(f"{name}@example.com", name) for name in ("owner", "clerk", "public")}
    return made | {"nobody": made["public"], "system": None}


@pytest.fixture
def make_case(people):
    def make(state="draft", title="一件事"):
        return Case.objects.create(state=state, title=title, owner=people["owner"], clerk=people["clerk"])

    return make


def step(case, code, actor, **more):
    return take(case=case, step=code, actor=actor, now=NOW, seen_version=case.version, **more)


@pytest.mark.django_db
@pytest.mark.parametrize("cell", [c for c in matrix(FLOW, RELATIONS) if c.step != "explode"], ids=str)
def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(cell, people, make_case):
    assert taken(make_case(cell.state), cell.step, people[cell.relation], NOW) is cell.allowed


@pytest.mark.django_db
def test_a_step_changes_records_and_tells(people, make_case):
    case = step(make_case(), "file", people["owner"], note="请尽快")
    assert (case.state, case.version, case.stamped_at) == ("filed", 2, NOW)
    case.refresh_from_db()
    assert (case.state, case.version, case.stamped_at) == ("filed", 2, NOW)
    entry = Entry.objects.get(subject_kind="tests.case", subject_id=str(case.pk))
    assert (entry.verb, entry.actor, entry.why) == ("file", "owner", "请尽快")
    assert entry.data == {"from": "draft", "to": "filed", "version": 2}
    message = Message.objects.get()
    assert (message.to, message.subject, message.kind) == (
        "clerk@example.com",
        "【申报件】申报：一件事",
        "tests.case.file",
    )
    assert (message.cause_kind, message.cause_id) == ("tests.case", str(case.pk))
    assert "请尽快" in message.body
    assert "已申报" in message.body


@pytest.mark.django_db
def test_who_takes_the_step_is_not_told_of_it(people):
    case = Case.objects.create(state="filed", title="自己的", owner=people["clerk"], clerk=people["clerk"])
    step(case, "return", people["clerk"])
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_guard_says_why_not(people, make_case):
    case = make_case(title="")
    with pytest.raises(Refused, match="请先写标题"):
        step(case, "file", people["owner"])
    case.refresh_from_db()
    assert (case.state, case.version) == ("draft", 1)
    assert not Entry.objects.filter(subject_kind="tests.case").exists()


@pytest.mark.django_db
def test_a_failing_effect_leaves_nothing(people, make_case):
    case = make_case()
    with pytest.raises(RuntimeError), transaction.atomic():
        step(case, "explode", people["owner"])
    case.refresh_from_db()
    assert (case.state, case.version, case.stamped_at) == ("draft", 1, None)


@pytest.mark.django_db
def test_each_refusal_says_what_is_wrong(people, make_case):
    case = make_case()
    with pytest.raises(Refused, match="现在是“草稿”，不能办结"):
        step(case, "accept", people["clerk"])
    with pytest.raises(Refused, match="您无权办理这一步"):
        step(case, "file", people["clerk"])
    with pytest.raises(Refused, match="别人刚刚办理过这一件，请先看最新情况"):
        take(case=case, step="file", actor=people["owner"], now=NOW, seen_version=9)
    with pytest.raises(KeyError):
        step(case, "no_such_step", people["owner"])


@pytest.mark.django_db
def test_nobody_becomes_the_program_by_a_relation(people, make_case):
    """`Case.relations_of` claims system for everybody; the function does not believe it."""
    case = make_case()
    assert actions.relations(case, people["public"], NOW) == {"public"}
    assert actions.relations(case, None, NOW) == {"system"}
    assert not taken(case, "lapse", people["owner"], NOW)


@pytest.mark.django_db
def test_buttons_are_the_steps_one_may_take(people, make_case):
    case = make_case()
    assert [s.code for s in offered(case=case, actor=people["owner"], now=NOW)] == ["file", "explode"]
    assert offered(case=case, actor=people["clerk"], now=NOW) == ()
    assert offered(case=case, actor=None, now=NOW) == ()
    assert [s.code for s in offered(case=make_case("filed"), actor=people["clerk"], now=NOW)] == ["return", "accept"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_officers_press_at_once_and_one_is_told(round_, people, make_case):
    case = make_case("filed")
    ready = threading.Barrier(2)

    def press(code):
        ready.wait(10)
        try:
            return step(case, code, people["clerk"]).state
        except Refused as why:
            return str(why)

    answers = sorted(thread.result() for thread in [Thread(press, "accept"), Thread(press, "accept")])
    assert answers == ["closed", "别人刚刚办理过这一件，请先看最新情况"]
    case.refresh_from_db()
    assert case.version == 2
    assert Entry.objects.filter(subject_kind="tests.case", subject_id=str(case.pk)).count() == 1


@pytest.mark.django_db
def test_who_is_told_of_a_case_that_belongs_to_an_organisation(
    people, make_case, organisation, make_account, monkeypatch
):
    monkeypatch.setattr(Case, "handling", replace(Case.handling, told=None))  # its room says nothing of its own
    county, city = make_account("county@example.com"), make_account("city@example.com")
    since = {"since": NOW.date(), "actor": None, "now": NOW}
    parties.appoint(account=county, role="county_officer", unit=organisation.unit, **since)
    parties.appoint(account=city, role="city_officer", unit="371500", **since)
    parties.add_member(account=people["owner"], organisation=organisation, role="clerk", **since)
    case = make_case()
    case.organisation = organisation
    told = {relation: list(case.accounts_in(relation, NOW)) for relation in ("owner", "unit", "city")}
    assert told == {"owner": [people["owner"]], "unit": [county], "city": [city]}
    with pytest.raises(NotImplementedError, match=r"tests\.case: nobody knows who is told as 'jury'"):
        case.accounts_in("jury", NOW)


@pytest.mark.django_db
def test_a_message_is_in_the_language_of_who_reads_it(people, make_case):
    parties.rename_account(account=people["clerk"], name="clerk", language="zh-hans", actor=None, now=NOW)
    with translation.override("en"):
        step(make_case(), "file", people["owner"])
    assert Message.objects.order_by("pk").last().body.startswith("“一件事”办理了“申报”")


@pytest.mark.django_db
def test_a_letter_says_what_it_is_about_what_the_reader_can_do_until_when_and_where(people, make_case, settings):
    settings.SITE_URL = "https://chenghu.example"
    case = step(make_case(), "file", people["owner"])
    letter = Message.objects.get(to=people["clerk"].email)
    assert letter.subject == "【申报件】申报：一件事"
    said = letter.body.split("\n\n")
    assert said[0] == "“一件事”办理了“申报”，现在是“已申报”。"
    assert said[2:] == ["您可以办理的步骤：退回、办结。", "“已申报”的期限：2026-12-01。",
                        f"https://chenghu.example/cases/{case.pk}/\n"]  # fmt: skip
    step(case, "return", people["clerk"])
    back = Message.objects.get(to=people["owner"].email).body
    assert "您可以办理的步骤：申报、出错。" in back and "期限" not in back


def test_whatever_has_steps_is_handled_by_its_room_and_has_a_page_and_a_name_for_its_letters():
    found = [model for model in apps.get_models() if issubclass(model, Stateful) and model is not Case]
    assert len(found) == 18
    for model in found:
        assert hasattr(model, "workflow") and hasattr(model, "handling"), f"{model}: its app says not how it is handled"
        assert model.address is not Stateful.address or reverse(model.page, args=[1]), model
        assert not str(model._meta.verbose_name).isascii(), f"{model}: a class name is no word for people"
