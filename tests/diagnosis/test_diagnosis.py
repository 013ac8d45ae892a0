"""Every need gets an answer within two working days: ready, to be refined, or long-term, with the reason."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction

from tests.diagnosis.conftest import NOW, followed, judged, opened, taken
from tests.market.conftest import account, member, organisation
from tests.market.test_flow import draft, published, stepped
from tests.market.test_needs import SECRET
from tests.records.matrix import matrix
from tests.records.matrix import taken as step_taken
from triplehelix.doors.web.views.diagnosis import DEEDS
from triplehelix.market.diagnosis import actions, clock, finds, follower
from triplehelix.market.diagnosis.flow import FLOW
from triplehelix.market.diagnosis.models import Diagnosis, Question
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Office, Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.steps.history import history
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.usefixtures("as_the_trail_says")

PEOPLE = {"owner": "clerk", "officer": "officer", "manager": "manager", "diagnoser": "expert", "auditor": "auditor",
          "stranger": "stranger"}  # fmt: skip
JUDGED = {"answered_at": NOW, "judged_at": NOW, "reason": "写得清楚"}
DAY = timedelta(days=1)


def at(day, hour=2):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def put_into(diagnosis, state, expert):
    """A diagnosis in any state, given to the expert, with the questions that state needs; tests only."""
    said = JUDGED | {"judged_by": expert} if state in ("ready", "refine", "long_term") else {}
    given = {"assigned_to": None if state == "waiting" else expert}
    Diagnosis.objects.filter(pk=diagnosis.pk).update(state=state, **said, **given)
    diagnosis.refresh_from_db()
    return diagnosis


@pytest.mark.usefixtures("misplaced")
@pytest.mark.parametrize("state", [state.code for state in FLOW.states])
def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(request, clerk, firm, expert, state):
    case = put_into(opened(clerk, firm), state, expert)
    people = {relation: request.getfixturevalue(who) for relation, who in PEOPLE.items()} | {"system": None}
    assert not FLOW.offered(state, case.relations_of(None, NOW))
    for cell in matrix(FLOW, people):
        if cell.state != state or (cell.relation, state) == ("diagnoser", "waiting"):
            continue  # of a waiting one nobody is the diagnoser
        with transaction.atomic():
            if cell.step == "assign":
                Diagnosis.objects.filter(pk=case.pk).update(assigned_to=expert)
            if cell.step == "refine":
                Question.objects.create(diagnosis=case, seq=1, text="厚度", asked_at=NOW)
            assert noted(Diagnosis.objects.get(pk=case.pk), cell.step, people[cell.relation]) is cell.allowed, str(cell)
            transaction.set_rollback(True)


def noted(case, step, actor):
    """`taken` of the matrix, with a reason, which every judgement asks for."""
    try:
        take(case=case, step=step, actor=actor, now=NOW, seen_version=case.version, note="理由写在这里")
    except Refused:
        before = case.version
        case.refresh_from_db()
        assert case.version == before
        return False
    return True


@pytest.mark.usefixtures("misplaced")
def test_a_step_without_its_reason_is_refused(clerk, firm, expert):
    case = put_into(opened(clerk, firm), "taken", expert)
    assert not step_taken(case, "ready", expert, NOW)


@pytest.mark.usefixtures("until_2026")
class TestClock:
    @pytest.mark.parametrize(
        ("came", "due"),
        [
            (date(2026, 11, 23), date(2026, 11, 25)),  # Monday: Tuesday, Wednesday
            (date(2026, 11, 26), date(2026, 11, 30)),  # Thursday: Friday, Monday
            (date(2026, 11, 28), date(2026, 12, 1)),  # Saturday: Monday, Tuesday
            (date(2026, 9, 30), date(2026, 10, 9)),  # before the holiday: 8 and 9 October
            (date(2026, 2, 13), date(2026, 2, 24)),  # make-up Saturday 14 February, then 24 February
            (date(2026, 12, 29), date(2026, 12, 31)),
            (date(2026, 12, 30), None),  # reaches into a year without a calendar: not guessed
        ],
    )
    def test_worked_by_hand(self, came, due):
        assert clock.due(came, 2) == due

    def test_what_is_left(self):
        due = date(2026, 11, 30)
        assert clock.left(due, date(2026, 11, 27)) == clock.Left("running", 1)
        assert clock.left(due, date(2026, 11, 28)) == clock.Left("running", 1)
        assert clock.left(due, due) == clock.Left("today", 0)
        assert clock.left(due, date(2026, 12, 2)) == clock.Left("over", 2)
        assert clock.left(date(2026, 11, 27), date(2026, 11, 28)) == clock.Left("over", 1)
        assert clock.left(None, due) == clock.Left("unknown")
        assert clock.left(date(2026, 12, 31), date(2027, 1, 4)) == clock.Left("over", year=2027)

    def test_it_starts_when_the_need_came_however_late_the_worker_is(self, clerk, firm):
        need = published(clerk, firm)
        assert not Diagnosis.objects.exists()
        followed()
        found = Diagnosis.objects.get()
        assert (found.need, found.started_at, found.days) == (need, NOW, 2)
        assert found.first_due_on == found.due_on == date(2026, 11, 25)

    def test_a_submitted_need_of_an_unconfirmed_firm_has_its_clock_too(self, db, county):
        firm = organisation(9120, confirmed=False)
        clerk = member(account("fresh"), firm)
        stepped(draft(clerk, firm), "submit", clerk)
        followed()
        assert Diagnosis.objects.get().state == "waiting"

    def test_approval_and_edits_start_no_second_one(self, clerk, firm, county):
        case = opened(clerk, firm)
        stepped(case.need, "renew", clerk, NOW + DAY)
        followed()
        assert Diagnosis.objects.count() == 1

    def test_a_year_without_calendar_gets_its_day_when_the_calendar_comes(self, clerk, firm, monkeypatch):
        with monkeypatch.context() as away:
            away.setattr(clock, "due", lambda start, n: None)
            case = opened(clerk, firm)
            assert (case.first_due_on, case.due_on) == (None, None)
            assert actions.set_missing_days(now=NOW) == 0
        assert actions.set_missing_days(now=NOW + 7 * DAY) == 1
        case.refresh_from_db()
        assert case.first_due_on == case.due_on == date(2026, 11, 25)  # from the day it came, late as the calendar is
        assert actions.set_missing_days(now=NOW + 7 * DAY) == 0

    def test_looked_at_once_more_without_a_calendar_it_gets_the_whole_term_when_it_comes(
        self, clerk, firm, manager, officer, monkeypatch
    ):
        case = judged(taken(opened(clerk, firm), manager), manager)
        with monkeypatch.context() as away:
            away.setattr(clock, "due", lambda start, n: None)
            case = reconsidered(case, officer)
            assert (case.first_due_on, case.due_on) == (date(2026, 11, 25), None)
        assert actions.set_missing_days(now=NOW + 3 * DAY) == 1
        case.refresh_from_db()
        assert (case.first_due_on, case.due_on) == (date(2026, 11, 25), date(2026, 11, 30))
        assert history(case, DEEDS)[-1].what == "补定办理期限"


def reconsidered(case, officer):
    note = {"note": "指标变了，再看一次"}
    return take(case=case, step="reconsider", actor=officer, now=NOW + DAY, seen_version=case.version, **note)


class TestWithdrawn:
    def test_a_need_taken_back_is_no_longer_to_be_answered(self, clerk, firm):
        case = opened(clerk, firm)
        stepped(case.need, "withdraw", clerk, NOW + DAY)
        followed()
        case.refresh_from_db()
        assert (case.state, case.answered_at) == ("dropped", None)

    def test_published_again_it_starts_anew(self, clerk, firm):
        case = opened(clerk, firm)
        gone = stepped(case.need, "withdraw", clerk, NOW + DAY)
        followed()
        again = stepped(stepped(gone, "reopen", clerk, NOW + DAY), "publish", clerk, NOW + 2 * DAY)
        followed()
        newest = finds.of_need(again)
        assert (newest.state, newest.started_at) == ("waiting", NOW + 2 * DAY)
        assert Diagnosis.objects.count() == 2

    def test_what_was_judged_goes_with_the_need(self, clerk, firm, manager, officer):
        case = judged(taken(opened(clerk, firm), manager), manager)
        gone = stepped(case.need, "withdraw", clerk, NOW + DAY)
        with pytest.raises(Refused, match="撤回"):
            reconsidered(case, officer)
        followed()
        case.refresh_from_db()
        assert (case.state, case.due_on, case.answered_at) == ("dropped", None, NOW)
        stepped(stepped(gone, "reopen", clerk, NOW + DAY), "publish", clerk, NOW + 2 * DAY)
        followed()
        assert list(Diagnosis.objects.values_list("state", flat=True)) == ["dropped", "waiting"]

    def test_an_office_that_takes_it_down_has_answered(self, clerk, firm, officer):
        case = opened(clerk, firm)
        take(
            case=case.need, step="take_down", actor=officer, now=NOW + DAY, seen_version=case.need.version,
            note="与另一条需求重复",
        )  # fmt: skip
        followed()
        case.refresh_from_db()
        assert (case.state, case.answered_at) == ("dropped", NOW + DAY)

    @pytest.mark.parametrize("state", ["waiting", "ready"])
    def test_taken_back_and_published_before_anybody_noticed(self, clerk, firm, manager, officer, state):
        """The worker sees the withdrawal and the new publication at once."""
        case = opened(clerk, firm)
        case = judged(taken(case, manager), manager) if state == "ready" else case
        gone = stepped(case.need, "withdraw", clerk, NOW + DAY)
        stepped(stepped(gone, "reopen", clerk, NOW + DAY), "publish", clerk, NOW + 2 * DAY)
        followed()
        assert list(Diagnosis.objects.values_list("state", flat=True)) == ["dropped", "waiting"]
        assert finds.of_need(case.need).first_due_on == date(2026, 11, 27)

    def test_an_older_diagnosis_is_not_looked_at_again(self, clerk, firm, manager, officer):
        case = judged(taken(opened(clerk, firm), manager), manager)
        Diagnosis.objects.create(
            need=case.need, started_at=NOW + DAY, days=2, state="waiting", first_due_on=None, due_on=None
        )
        with pytest.raises(Refused, match="新的那一次会诊"):
            reconsidered(case, officer)

    def test_a_need_that_stays_is_looked_at_again(self, clerk, firm, manager, officer):
        case = judged(taken(opened(clerk, firm), manager), manager)
        assert reconsidered(case, officer).state == "taken"
        followed()
        case.refresh_from_db()
        assert case.state == "taken"

    def test_an_officer_who_returns_it_has_answered(self, county, db):
        firm = organisation(9121, confirmed=False)
        clerk = member(account("fresh"), firm)
        waiting = stepped(draft(clerk, firm), "submit", clerk)
        followed()
        take(case=waiting, step="return", actor=county, now=NOW + DAY, seen_version=waiting.version, note="请写指标")
        followed()
        found = finds.answered().get()
        assert (found.state, found.answered_at, found.answered_in_time) == ("dropped", NOW + DAY, True)


class TestTriage:
    def test_ready(self, clerk, firm, manager):
        done = judged(taken(opened(clerk, firm), manager), manager)
        assert (done.state, done.judged_by, done.reason) == ("ready", manager, "写得清楚，可以找人谈")
        told = Message.objects.get(to="clerk@example.com")
        assert "可对接" in told.subject and "可以找人谈" in told.body

    def test_refine_goes_to_the_firm_and_comes_back_with_answers(self, clerk, firm, manager):
        case = judged(taken(opened(clerk, firm), manager), manager, "refine", questions=["镀层厚度", "", "节拍"])
        assert [one.text for one in case.questions.all()] == ["镀层厚度", "节拍"]
        with pytest.raises(Invalid) as why:
            actions.answer(diagnosis=case, answers={1: "3 微米"}, actor=clerk, now=NOW + DAY, seen_version=case.version)
        assert list(why.value.errors) == ["question_2"]
        assert case.open_questions().count() == 2
        back = actions.answer(
            diagnosis=case, answers={1: "3 微米", 2: "每件 40 秒"}, actor=clerk, now=NOW + 3 * DAY,
            seen_version=case.version,
        )  # fmt: skip
        assert (back.state, back.assigned_to) == ("taken", manager)
        assert back.due_on == date(2026, 11, 30)  # a term of its own from Thursday 26 November
        assert (back.first_due_on, back.answered_at) == (date(2026, 11, 25), NOW)
        assert judged(back, manager, now=NOW + 4 * DAY).state == "ready"

    def test_questions_sent_by_mistake_are_withdrawn_and_the_need_is_judged_again(self, clerk, firm, manager, officer):
        case = judged(taken(opened(clerk, firm), manager), manager, "refine", questions=["镀层厚度"])
        for who in (clerk, officer):
            with pytest.raises(Refused):
                take(case=case, step="recall", actor=who, now=NOW + DAY, seen_version=case.version)
        why = "问题发错了企业，请不要回答"
        back = take(case=case, step="recall", actor=manager, now=NOW + DAY, seen_version=case.version, note=why)
        assert (back.state, back.assigned_to, back.due_on) == ("taken", manager, date(2026, 11, 26))
        assert (back.first_due_on, back.answered_at) == (date(2026, 11, 25), NOW)
        assert [(one.text, one.withdrawn, one.answered) for one in finds.asked(back, closed=False)] == [
            ("镀层厚度", True, False)
        ]
        assert why in Message.objects.filter(to="clerk@example.com").latest("pk").body
        with pytest.raises(Refused):
            actions.answer(diagnosis=back, answers={1: "3 微米"}, actor=clerk, now=NOW, seen_version=back.version)
        asked = judged(back, manager, "refine", questions=["节拍"], now=NOW + DAY)
        assert [one.seq for one in asked.open_questions()] == [2]
        done = actions.answer(
            diagnosis=asked,
            answers={1: "3 微米", 2: "每件 40 秒"},
            actor=clerk,
            now=NOW + DAY,
            seen_version=asked.version,
        )
        assert [one.answer for one in done.questions.all()] == ["", "每件 40 秒"]
        assert judged(done, manager, now=NOW + DAY).state == "ready"

    def test_long_term_says_where_it_belongs(self, clerk, firm, manager):
        done = judged(taken(opened(clerk, firm), manager), manager, "long_term", reason="列入明年联合攻关榜单")
        assert done.state == "long_term"
        with pytest.raises(Refused):
            take(case=done, step="reconsider", actor=clerk, now=NOW, seen_version=done.version, note="理由")

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"outcome": "perhaps"}, "outcome"),
            ({"reason": "好"}, "reason"),
            ({"outcome": "refine", "questions": ["", " "]}, "questions"),
            ({"outcome": "refine", "questions": ["问"] * 11}, "questions"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field_and_nothing_changes(self, clerk, firm, manager, given, field):
        case = taken(opened(clerk, firm), manager)
        with pytest.raises(Invalid) as why:
            judged(case, manager, **given)
        assert list(why.value.errors) == [field]
        case.refresh_from_db()
        assert case.state == "taken"
        assert not Question.objects.exists()

    def test_a_need_written_twice_is_not_ready_before_somebody_looked(self, clerk, firm, manager):
        published(clerk, firm, title="镀锡铜排又发黑了")
        case = taken(opened(clerk, firm), manager)
        with pytest.raises(Invalid) as why:
            judged(case, manager)
        assert "几乎相同" in why.value.errors["not_alike"]
        assert judged(case, manager, not_alike=True).state == "ready"

    def test_what_the_judge_may_not_see_is_no_reason_to_refuse(self, clerk, firm, manager):
        draft(clerk, firm)
        assert judged(taken(opened(clerk, firm), manager), manager).state == "ready"

    def test_nobody_judges_the_need_of_the_own_firm(self, clerk, firm, officer, manager):
        member(manager, firm)
        case = opened(clerk, firm)
        with pytest.raises(Refused, match="本单位"):
            taken(case, manager)
        with pytest.raises(Invalid) as why:
            actions.assign(diagnosis=case, to=manager, actor=officer, now=NOW, seen_version=case.version)
        assert "需求单位的人" in why.value.errors["to"]

    def test_nor_does_who_works_there_or_joined_since(self, clerk, firm, officer, expert, manager):
        case = opened(clerk, firm)
        Person.objects.filter(account=expert).update(home=firm)
        with pytest.raises(Invalid) as why:
            actions.assign(diagnosis=case, to=expert, actor=officer, now=NOW, seen_version=case.version)
        assert "需求单位的人" in why.value.errors["to"]
        case = taken(case, manager)
        member(manager, firm)
        with pytest.raises(Refused, match="本单位"):
            judged(case, manager)

    def test_nor_does_who_works_at_what_has_become_one_with_it(self, clerk, firm, officer, expert):
        case, gone = opened(clerk, firm), organisation(9808)
        Person.objects.filter(account=expert).update(home=gone)
        parties.end_organisation(
            organisation=gone, ending="merged", on=NOW.date(), document="合并公告", successor=firm, actor=None, now=NOW
        )
        with pytest.raises(Invalid) as why:
            actions.assign(diagnosis=case, to=expert, actor=officer, now=NOW, seen_version=case.version)
        assert "需求单位的人" in why.value.errors["to"]

    def test_an_officer_gives_it_to_an_expert_who_then_sees_it(self, clerk, firm, county, expert, stranger):
        case = opened(clerk, firm)
        assert not finds.shown_to(expert, NOW.date()).exists()
        with pytest.raises(Invalid):
            actions.assign(diagnosis=case, to=stranger, actor=county, now=NOW, seen_version=case.version)
        given = actions.assign(diagnosis=case, to=expert, actor=county, now=NOW, seen_version=case.version)
        assert (given.state, given.assigned_to) == ("taken", expert)
        assert finds.shown_to(expert, NOW.date()).get() == given
        assert judged(given, expert).state == "ready"


class TestOfficeEnded:
    """Who took it up and is a technology manager no longer judges no more; the officers hand it on."""

    @pytest.fixture
    def case(self, clerk, firm, manager):
        case = taken(opened(clerk, firm, **SECRET), manager)
        Office.objects.filter(account=manager).update(until=NOW.date() - DAY)
        return case

    def test_neither_words_nor_judgement(self, case, manager):
        assert actions.open_words(diagnosis=case, actor=manager, now=NOW, promised=True) is None
        with pytest.raises(Refused, match="无权"):
            judged(case, manager)
        assert not finds.shown_to(manager, NOW.date()).exists()
        assert not finds.waiting_for(manager, NOW.date()).exists()

    def test_the_officers_have_it_on_their_desk_and_hand_it_on(self, case, county, expert):
        assert finds.waiting_for(county, NOW.date()).get() == case
        assert actions.remind(now=NOW + 2 * DAY) == 1
        assert Message.objects.get(kind="market.diagnosis.remind").to == "county@example.com"
        given = actions.assign(diagnosis=case, to=expert, actor=county, now=NOW, seen_version=case.version)
        assert not finds.waiting_for(county, NOW.date()).exists()
        assert judged(given, expert).state == "ready"

    def test_who_was_switched_off_does_not_hold_it_either(self, clerk, firm, county, expert):
        case = opened(clerk, firm)
        case = actions.assign(diagnosis=case, to=expert, actor=county, now=NOW, seen_version=case.version)
        Account.objects.filter(pk=expert.pk).update(is_active=False)
        assert [one.pk for one in case.accounts_in("diagnoser", NOW)] == [county.pk]


class TestFigures:
    def test_answered_within_the_term_or_not(self, clerk, firm, manager):
        first = taken(opened(clerk, firm, title="及时"), manager)
        judged(first, manager, now=at(date(2026, 11, 25), 15), not_alike=True)  # 23:00 in Beijing of the last day
        second = taken(opened(clerk, firm, title="晚了"), manager)
        judged(second, manager, now=at(date(2026, 11, 25), 16), not_alike=True)  # 0:00 of the day after
        opened(clerk, firm, title="还没答")
        found = {one.need.title: one.answered_in_time for one in finds.answered()}
        assert found == {"及时": True, "晚了": False}
        assert finds.answered(since=date(2026, 11, 26)).get() == second
        assert finds.answered(until=date(2026, 11, 25)).get() == first
        came = {one.need.title: one.answered_in_time for one in finds.came(NOW.date(), NOW.date())}
        assert came.keys() == {"及时", "晚了", "还没答"}
        late = finds.with_answers(Diagnosis.objects.filter(answered_at=None), on=date(2026, 11, 26)).get()
        assert late.answered_in_time is False
        early = finds.with_answers(Diagnosis.objects.filter(answered_at=None), on=date(2026, 11, 25)).get()
        assert early.answered_in_time is None

    @pytest.mark.parametrize(("after", "told"), [(1, None), (10, False)])
    def test_what_the_firm_took_back_within_the_term_asked_for_no_answer(
        self, clerk, firm, manager, monkeypatch, after, told
    ):
        """Taken back after the term it had gone without one, whatever is published and answered afterwards."""
        case, later = opened(clerk, firm), NOW + after * DAY
        monkeypatch.setattr(follower, "timezone", SimpleNamespace(now=lambda: later))
        gone = stepped(case.need, "withdraw", clerk, later)
        followed()
        again = stepped(stepped(gone, "reopen", clerk, later), "publish", clerk, later)
        followed()
        judged(taken(finds.of_need(again), manager, later), manager, now=later)
        assert [one.answered_in_time for one in finds.came()] == [told, True]
        first, last = NOW.date(), (NOW + 20 * DAY).date()
        for found in (finds.came(first, last), finds.answered(first, last)):
            assert finds.in_time(found, first, last).exists() is (told is None)

    def test_whoever_has_to_answer_is_told_once(self, clerk, firm, officer, manager):
        case = opened(clerk, firm)
        assert actions.remind(now=NOW) == 0
        assert actions.remind(now=NOW + 2 * DAY) == 1
        assert actions.remind(now=NOW + 3 * DAY) == 0
        assert Message.objects.get(kind="market.diagnosis.remind").to == "officer@example.com"
        case = taken(case, manager, NOW + 3 * DAY)
        assert actions.remind(now=NOW + 3 * DAY) == 1
        # Looked at once more: a second term, and a reminder of its own.
        later = NOW + 10 * DAY
        case = judged(case, manager, "refine", NOW + 4 * DAY)
        actions.answer(diagnosis=case, answers={1: "八微米"}, actor=clerk, now=later, seen_version=case.version)
        assert actions.remind(now=later) == 0
        assert actions.remind(now=later + 5 * DAY) == 1

    def test_whose_turn_it_is(self, clerk, firm, county, other_county, officer, manager, expert):
        case = opened(clerk, firm)

        def waiting(who):
            return [one.pk for one in finds.waiting_for(who, NOW.date())]

        assert waiting(county) == waiting(officer) == waiting(manager) == [case.pk]
        assert waiting(other_county) == waiting(clerk) == waiting(expert) == []
        case = taken(case, manager)
        assert (waiting(manager), waiting(officer), waiting(clerk)) == ([case.pk], [], [])
        judged(case, manager, "refine")
        assert (waiting(manager), waiting(clerk)) == ([], [case.pk])


class TestConfidential:
    def test_an_expert_promises_before_reading_and_it_is_written_down(self, clerk, firm, county, expert, stranger):
        case = opened(clerk, firm, **SECRET)
        case = actions.assign(diagnosis=case, to=expert, actor=county, now=NOW, seen_version=case.version)
        assert actions.open_words(diagnosis=case, actor=stranger, now=NOW, promised=True) is None
        with pytest.raises(Refused, match="保密承诺"):
            actions.open_words(diagnosis=case, actor=expert, now=NOW, promised=False)
        words = actions.open_words(diagnosis=case, actor=expert, now=NOW, promised=True)
        assert words.target == SECRET["target"]
        entry = Entry.objects.get(subject_kind=Need.kind, verb="read")
        assert (entry.actor, entry.data["as"]) == ("expert", "diagnoser")
        case = judged(case, expert)
        assert actions.open_words(diagnosis=case, actor=expert, now=NOW, promised=True) is None, "judged: over"
