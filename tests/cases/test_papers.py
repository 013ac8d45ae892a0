"""材料: what must be there before a case is handed in, who sees it, and that what was handed in stays."""

from datetime import date

import pytest

from tests.cases.test_trace import CERTIFICATE, INTEREST, rows, written
from triplehelix.procedure.cases import actions, handed_before, papers
from triplehelix.procedure.cases.check import problems
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take

PDF = b"%PDF-1.4\n"


def file(city, case, content=PDF + b"1", name="合同.pdf"):
    return evidence.store(content=content, name=name, actor=None, now=city.now, owner=case.organisation)


def add(city, case, member, name, **more):
    return actions.add_paper(case=case, name=name, actor=member, now=city.now, **more)


def submit(city, case, member):
    """Without the words `City.step` puts in the place of every paper."""
    case.refresh_from_db()
    return take(case=case, step="submit", actor=member, now=city.now, seen_version=case.version)


def names(case):
    return [one.name for one in papers.asked(case.award, case.lane)]


@pytest.mark.parametrize("award", pack().awards, ids=lambda award: award.code)
def test_every_award_that_is_applied_for_asks_for_papers_and_each_has_one_name(award):
    for lane in {"ordinary", "quick"} & set(award.lanes):
        asked = papers.asked(award, lane)
        assert any(one.must for one in asked)
        assert len({one.name for one in asked}) == len(asked)
        assert {one.name for one in asked if not one.must} == set(award.if_any)
        told = [fact for fact in award.facts if fact.about.source == "asked" and fact.about.evidence]
        ours = {fact.code for one in asked for fact in one.proves}
        assert {fact.code for fact in told} - ours <= {"milestones"}, "what a fact is proven by is asked for"
    assert papers.asked(award, "entitled") == ()


def test_nothing_is_handed_in_while_a_paper_is_missing(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    assert names(case) == ["借款合同", "付息凭证", "用途凭证"]
    with pytest.raises(Refused, match="还缺材料：借款合同、付息凭证、用途凭证"):
        submit(city, case, member)
    add(city, case, member, "借款合同", file=file(city, case))
    gone = add(city, case, member, "付息凭证", said="原件交科技窗口")
    add(city, case, member, "用途凭证", file=file(city, case, PDF + b"2"))
    actions.take_back_paper(paper=gone, actor=member, now=city.now)
    with pytest.raises(Refused, match=r"还缺材料：付息凭证$"):
        submit(city, case, member)
    add(city, case, member, "付息凭证", said="原件交政务大厅")
    assert submit(city, case, member).state == "accepting"


def test_a_correction_asks_for_them_too_and_a_register_does_not(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    city.step(case, "submit", member)
    case = city.step(case, "ask_correction", city.clerk, "合同缺页")
    old = papers.standing(case)[0]
    actions.take_back_paper(paper=old, actor=member, now=city.now)
    case.refresh_from_db()
    with pytest.raises(Refused, match=r"还缺材料：借款合同$"):
        take(case=case, step="correct", actor=member, now=city.now, seen_version=case.version)
    add(city, case, member, "借款合同", file=file(city, case))
    assert take(case=case, step="correct", actor=member, now=city.now, seen_version=case.version).state == "accepting"


def test_what_is_not_asked_for_twice_the_same_or_nothing_is_refused_at_its_field(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    kept = file(city, case)
    add(city, case, member, "借款合同", file=kept)
    for name, more, at in (
        ("户口本", {"said": "在家"}, "name"),
        ("借款合同", {"file": kept}, "file"),
        ("付息凭证", {"said": "  "}, "file"),
        ("付息凭证", {"said": "长" * 201}, "said"),
    ):
        with pytest.raises(Invalid) as why:
            add(city, case, member, name, **more)
        assert list(why.value.errors) == [at]
    add(city, case, member, "付息凭证", file=kept)  # one file may show two things
    assert case.papers.count() == 2


def test_only_who_fills_it_in_and_only_while_it_is_filled_in(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    for who in (city.clerk, city.county, city.auditor, city.firm()[1]):
        with pytest.raises(Refused):
            add(city, case, who, "借款合同", said="原件")
    city.step(case, "submit", member)
    with pytest.raises(Refused, match="现在不能改材料"):
        add(city, case, member, "借款合同", said="原件")
    with pytest.raises(Refused, match="现在不能改材料"):
        actions.take_back_paper(paper=case.papers.first(), actor=member, now=city.now)


@pytest.mark.parametrize("award", pack().awards, ids=lambda award: award.code)
def test_nobody_sees_papers_of_an_award_of_which_a_fact_is_kept_from_them(award):
    """A work permit has the name on it, whichever fact it was asked for."""
    for lane in set(award.lanes) - {"entitled"}:
        for one in papers.asked(award, lane):
            assert all(one.seen_by <= set(fact.about.seen_by) for fact in award.facts)


def test_papers_of_a_person_are_for_those_who_may_know_the_person(city):
    case, _member = written(city, "M5.3", CERTIFICATE)

    def seen(*held):
        return [one.asked.name for one in papers.shown(case, frozenset(held))]

    assert seen("clerk") == seen("auditor") == seen("applicant") == ["证书", "入库证明", "身份证件"]
    assert seen("county") == seen("finance") == []
    assert seen() == []


def test_audit_sees_what_was_taken_back(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    gone = add(city, case, member, "借款合同", file=file(city, case))
    actions.take_back_paper(paper=gone, actor=member, now=city.now)
    of = {held: papers.shown(case, {held})[0] for held in ("auditor", "clerk")}
    assert ([row.pk for row in of["auditor"].rows], of["auditor"].is_there) == ([gone.pk], False)
    assert of["clerk"].rows == ()
    with pytest.raises(Refused, match="已经撤下"):
        actions.take_back_paper(paper=gone, actor=member, now=city.now)


def test_the_trail_says_which_files_were_handed_in_and_notices_another(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    kept = file(city, case, name="张三的借款合同.pdf")
    add(city, case, member, "借款合同", file=kept)
    city.step(case, "submit", member)
    (added,) = [row for row in rows(case, "add_paper") if row["name"] == "借款合同"]
    assert added["sha256"] == kept.sha256
    (handed,) = rows(case, "submit")
    assert handed["handed_in"]["papers"][0] == ["借款合同", kept.sha256]
    assert "张三" not in str(rows(case, "add_paper") + rows(case, "submit"))
    assert list(problems()) == []
    case.papers.filter(name="借款合同").update(file=file(city, case, PDF + b"other"))
    (said,) = problems()
    assert "材料与留痕不符" in said


def test_the_trail_notices_that_what_was_taken_back_is_gone(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    actions.take_back_paper(paper=add(city, case, member, "借款合同", said="原件"), actor=member, now=city.now)
    assert list(problems()) == []
    case.papers.all().delete()
    (said,) = problems()
    assert "材料与留痕不符" in said


def test_what_is_decided_one_by_one_may_have_papers_and_waits_for_none(city):
    firm, member = city.firm()
    case = actions.open_by_decision(
        award_code="M1.2", year=2026, organisation=firm, title="研究院落地", actor=city.clerk, now=city.now
    )
    assert papers.missing(case) == [] and "落地协议" in names(case)
    add(city, case, city.clerk, "落地协议", file=file(city, case))
    add(city, case, member, "尽职调查报告", said="原件在市科技局")
    assert [row.added_by for row in papers.standing(case)] == [city.clerk, member]


def test_a_round_closes_on_the_day_whatever_papers_there_are(city):
    case, member = written(city, "M5.2-interest", INTEREST)
    city.papers(case, member)
    case.round.closes_on = date(2026, 6, 2)
    case.round.save()
    with pytest.raises(Refused, match="现在不能提交"):
        submit(city, case, member)


DAY = date(2026, 6, 9)


def again(city, case, who):
    return handed_before.offered(case, papers.standing(case), who, DAY)


def test_what_was_handed_in_for_another_case_may_be_used_again(city):
    old, member = written(city, "M5.2-interest", INTEREST)
    paper = add(city, old, member, "借款合同", file=file(city, old))
    add(city, old, member, "付息凭证", said="原件交窗口")
    gone = add(city, old, member, "用途凭证", file=file(city, old, PDF + b"2"))
    actions.take_back_paper(paper=gone, actor=member, now=city.now)
    case = actions.start(round=old.round, organisation=old.organisation, title="另一件", actor=member, now=city.now)
    firm, stranger = city.firm()
    other = actions.start(round=old.round, organisation=firm, title="别家的", actor=stranger, now=city.now)
    assert again(city, other, stranger) == {}, "another unit's are not offered"
    assert again(city, old, member) == {}, "nor what was taken back here"
    offered = again(city, case, member)
    assert {name: [row.pk for row in rows] for name, rows in offered.items()} == {"借款合同": [paper.pk]}
    for name, pk in (("付息凭证", paper.pk), ("借款合同", gone.pk), ("借款合同", 0)):
        with pytest.raises(Invalid) as why:
            handed_before.again(case, name, pk, member, DAY)
        assert list(why.value.errors) == ["again"]
    add(city, case, member, "借款合同", file=handed_before.again(case, "借款合同", paper.pk, member, DAY))
    assert again(city, case, member) == {}, "what is here is not offered"
    assert [row.file for row in papers.standing(case)] == [paper.file]


def test_the_latest_are_offered_each_once(city):
    old, member = written(city, "M5.2-interest", INTEREST)
    for n in range(handed_before.EACH + 2):
        add(city, old, member, "借款合同", file=file(city, old, PDF + bytes([n + 65])))
    again_ = actions.start(round=old.round, organisation=old.organisation, title="第二件", actor=member, now=city.now)
    add(city, again_, member, "借款合同", file=old.papers.first().file)
    case = actions.start(round=old.round, organisation=old.organisation, title="第三件", actor=member, now=city.now)
    for n in range(handed_before.LOOKED_AT):
        add(
            city,
            old if n % 2 else again_,
            member,
            "用途凭证",
            file=file(city, old, PDF + b"u" + bytes([n + 65])),
            said="",
        )
    rows = again(city, case, member)["借款合同"]
    assert len({row.file.sha256 for row in rows}) == len(rows) == handed_before.EACH
    assert rows[0].case == again_, "however many of another name came since"
