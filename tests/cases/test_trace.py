"""A decision can be reconstructed years later: what was handed in, by which law, and every decision there was."""

import json
from dataclasses import replace
from datetime import date

import pytest

from triplehelix.foundation.money import Fen
from triplehelix.policy.expression import const
from triplehelix.policy.registry import Pack
from triplehelix.procedure.cases import actions, judge, kept, law
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.terms import finds as terms
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail.models import Entry

INTEREST = {"loan_no": "JK-1", "filed": True, "used_for_research": True, "only_loan_subsidised": True,
            "interest_paid_yuan": "100000"}  # fmt: skip
NATIONAL = {"project_no": "2025YFB3400001", "document_no": "鲁财教指〔2026〕18号", "award_for_project": True,
            "provincial_award_document_yuan": "600000", "provincial_award_arrived_yuan": "600000",
            "project_list": "national_key_rd", "registered_in_city": True, "kind": "award"}  # fmt: skip
CERTIFICATE = {"certificate_no": "JS-2026-0099", "level": "intermediate", "in_pool": True, "accepted": True}


def rows(case, verb):
    return [e.data for e in Entry.objects.filter(subject_kind=Case.kind, subject_id=str(case.pk), verb=verb)]


def written(city, code, facts):
    """A draft of a quick round with these facts, and the member who wrote it."""
    held = actions.open_round(
        award_code=code, lane="quick", title="快办", year=2026, opens_on=date(2026, 6, 1), closes_on=date(2026, 12, 31),
        actor=city.clerk, now=city.now,
    )  # fmt: skip
    firm, member = city.firm()
    case = actions.start(round=held, organisation=firm, title="一件", actor=member, now=city.now)
    case = actions.write(case=case, facts=facts, actor=member, now=city.now, seen_version=case.version)
    return city.account(case, member), member


def checked(city, code, facts):
    """The same, accepted and compared: waiting for the decision."""
    case, member = written(city, code, facts)
    city.step(case, "submit", member)
    case = city.step(case, "accept", city.clerk)
    keys = [fact.key for fact in case.award.facts]
    case = actions.confirm_facts(case=case, keys=keys, actor=city.clerk, now=city.now, seen_version=case.version)
    return city.step(case, "check", city.clerk), member


def test_what_was_handed_in_stays_when_it_is_corrected(city):
    case, member = written(city, "M5.2-interest", INTEREST | {"interest_paid_yuan": "7654321"})
    city.step(case, "submit", member)
    case = city.step(case, "ask_correction", city.clerk, "利息与凭证不符")
    case = actions.write(case=case, facts=INTEREST, actor=member, now=city.now, seen_version=case.version)
    case = city.step(case, "correct", member)
    (first,), (second,) = rows(case, "submit"), rows(case, "correct")
    assert first["handed_in"]["facts"] == INTEREST | {"interest_paid_yuan": "7654321"}
    assert second["handed_in"]["facts"] == INTEREST and second["handed_in"]["title"] == "一件"


def test_a_refusal_keeps_what_it_was_judged_on(city):
    case, _member = checked(city, "M5.2-interest", INTEREST)
    case = city.step(case, "reject", city.clerk, "凭证不实")
    (row,) = rows(case, "reject")
    assert row["facts_as_sent"] == INTEREST and row["decision"]["why"] == "凭证不实"
    assert row["decision"]["facts"]["实际支付的利息"] == "100,000.00 元"
    Case.objects.filter(pk=case.pk).update(decision=case.decision | {"facts": {}})
    case.refresh_from_db()
    assert not kept.is_as_decided(case)


def test_a_person_s_number_is_in_the_trail_as_a_digest_only(city):
    case, _member = written(city, "M5.3", CERTIFICATE)
    fact = case.award.fact("certificate_no")
    assert fact.is_personal
    case.facts = case.facts | {"certificate_no": "JS-2026-0099"}
    case.save()
    said = kept.handed_in(case)["facts"]["certificate_no"]
    assert set(said) == {"digest"}
    case.decision = {"facts": {fact.label: "JS-2026-0099", "另一项": "1"}, "steps": []}
    row = kept.recorded(case)
    assert row["decision"]["facts"]["另一项"] == "1" and "JS-2026-0099" not in json.dumps(row, ensure_ascii=False)
    assert kept.is_said(case, row)
    case.decision = {"facts": {fact.label: "JS-2026-0098", "另一项": "1"}, "steps": []}
    assert not kept.is_said(case, row)


def test_a_decision_that_was_replaced_can_be_read(city):
    case, _member = checked(city, "M3.2-national", NATIONAL)
    case = city.step(case, "decide", city.clerk)
    item = city.notice(case).items.get()
    objection = notices.object_to(
        item=item, name="李真名", phone="13800000000", text="到账金额与省财政下达文件附表不符，请核对。", now=city.now
    )
    notices.answer(objection=objection, is_upheld=True, text="经核实到账多记五万元。", actor=city.clerk, now=city.now)
    actions.correct_facts(
        case=case, facts={"provincial_award_arrived_yuan": "550000"}, why="异议核实", actor=city.clerk, now=city.now
    )
    case = city.step(case, "restart", city.clerk)
    (before,) = kept.earlier_decisions(case)
    assert before.verb == "decide" and before.granted_fen == 60_000_000
    assert any("600,000.00 元" in line for line in before.steps) and before.edition == terms.pack().edition
    case = city.step(case, "reject_decided", city.clerk, "单位放弃")
    assert [one.granted_fen for one in kept.earlier_decisions(case)] == [60_000_000, 55_000_000]
    (row,) = rows(case, "correct_facts")
    assert row["from"] == {"provincial_award_arrived_yuan": "600000"}


def test_what_was_decided_before_decisions_were_kept_whole_goes_into_the_row_that_replaces_it(city):
    case, _member = checked(city, "M5.2-interest", INTEREST)
    case = city.step(case, "decide", city.clerk)
    # As rows were written before: a digest of the decision.
    legacy = {"granted_fen": case.granted_fen, "decision": kept.legacy_digest(case)}
    trail.record(kind=Case.kind, id=str(case.pk), verb="decide", actor=None, now=city.now, data=legacy)
    assert kept.is_as_decided(case)
    case = city.step(case, "reject_decided", city.clerk, "单位放弃")
    (row,) = rows(case, "reject_decided")
    assert row["before"]["granted_fen"] == legacy["granted_fen"] and row["before"]["decision"]["steps"]
    assert len(kept.earlier_decisions(case)) == 2


def test_what_the_clerk_fills_in_after_the_filing_says_what_it_replaced(city):
    firm, _member = city.firm()
    case = actions.open_by_decision(
        award_code="M1.2", year=2026, organisation=firm, title="实验室落地", actor=city.clerk, now=city.now
    )
    keys = [fact.key for fact in judge.asked(case.award)]
    Case.objects.filter(pk=case.pk).update(state="checking")
    case.refresh_from_db()
    given = {keys[0]: "甲"}
    case = actions.write(case=case, facts=given, actor=city.clerk, now=city.now, seen_version=case.version)
    (row,) = rows(case, "write")
    assert row["replaced"]["to"][keys[0]] == "甲" and row["replaced"]["from"][keys[0]] is None


def other_law(monkeypatch):
    """The pack with another amount for the interest subsidy."""
    old = terms.pack()
    measures = tuple(
        replace(one, awards=tuple(
            replace(award, amount=const(Fen(9_900_000))) if award.code == "M5.2-interest" else award
            for award in one.awards
        ))
        for one in old.measures
    )  # fmt: skip
    new = Pack(old.name, measures, "第二版")
    for module in ("terms.finds", "cases.models", "cases.actions.rounds", "cases.actions.applying"):
        monkeypatch.setattr(f"triplehelix.procedure.{module}.pack", lambda: new)


def test_a_case_is_not_decided_by_another_edition_than_it_was_accepted_under(city, monkeypatch):
    case, _member = checked(city, "M5.2-interest", INTEREST)
    assert (case.edition, case.declaration) == (terms.pack().edition, case.award.declaration)
    accepted_under = case.declaration
    rule = Entry.objects.get(subject_kind=law.KIND, subject_id=accepted_under).data
    assert rule["award"] == "M5.2-interest" and rule["declaration"]["amount"]
    other_law(monkeypatch)
    city.days(1)
    with pytest.raises(Refused, match="装回政策包"):
        city.step(case, "decide", city.clerk)
    case = actions.rejudge(
        case=case, why="聊政发〔2026〕9号", actor=city.clerk, now=city.now, seen_version=case.version
    )
    case = city.step(case, "decide", city.clerk)
    assert case.granted_fen == 9_900_000 and case.decision["edition"] == "第二版"
    (row,) = rows(case, "rejudge")
    assert row["law"]["from"]["declaration"] == accepted_under and row["law"]["to"]["declaration"] == case.declaration
    assert case.decision["declaration"] == case.declaration != accepted_under


def test_a_refusal_under_another_edition_has_no_answer_of_it(city, monkeypatch):
    case, _member = checked(city, "M5.2-interest", INTEREST)
    other_law(monkeypatch)
    case = city.step(case, "reject", city.clerk, "凭证不实")
    assert "steps" not in case.decision and case.decision["edition"] != "第二版"
    assert rows(case, "reject")[0]["facts_as_sent"] == INTEREST


def test_the_law_is_not_changed_without_need_or_reason(city, monkeypatch):
    case, member = checked(city, "M5.2-interest", INTEREST)
    given = {"case": case, "now": city.now, "seen_version": case.version}
    with pytest.raises(Refused, match="没有变"):
        actions.rejudge(why="想改", actor=city.clerk, **given)
    other_law(monkeypatch)
    with pytest.raises(Refused, match="依据"):
        actions.rejudge(why=" ", actor=city.clerk, **given)
    with pytest.raises(Refused):
        actions.rejudge(why="想改", actor=member, **given)


def test_a_project_already_public_is_not_computed_by_another_law(city, monkeypatch):
    case, _member = checked(city, "M5.2-interest", INTEREST)
    case = city.step(case, "decide", city.clerk)
    city.notice(case)
    case.refresh_from_db()
    other_law(monkeypatch)
    with pytest.raises(Refused, match="已经公示"):
        actions.rejudge(case=case, why="新版", actor=city.clerk, now=city.now, seen_version=case.version)
