"""活页: what experts read of an application is its words with every name blacked out, and never the file."""

import io
from datetime import date

import docx
import pytest

from tests.cases.city import NOW, uscc
from triplehelix.market.experts.models import Alias
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Award
from triplehelix.procedure.cases import actions, anonymous, papers
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person
from triplehelix.records.parties.rules import Invalid

NAME = "活页（匿名）"


@pytest.fixture
def draft(city, round):
    firm, member = city.firm("聊城市鲁西精密轴承有限公司")
    case = actions.start(round=round, organisation=firm, title="渗碳工艺", actor=member, now=city.now)
    return case, member


def word(*lines):
    document, whole = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(whole)
    return whole.getvalue()


def hand_in(city, draft, content, name="活页.docx"):
    case, member = draft
    file = actions.keep_paper(case=case, content=content, name=name, actor=member, now=city.now)
    return actions.add_paper(case=case, name=NAME, file=file, actor=member, now=city.now)


def test_the_words_of_the_sheet_reach_the_copy_without_names_and_without_the_file(city, draft):
    case, _member = draft
    parties.register_person(name="周渗碳", home=case.organisation, title="", discipline="", actor=None, now=NOW)
    school = parties.register_organisation(
        uscc=uscc(900), name="临运理工大学", type="高等学校", region="", unit="", actor=None, now=NOW
    )
    hand_in(
        city,
        draft,
        word("一、现状：鲁西精密轴承的套圈淬硬层不匀。", "二、与临运理工大学合作，周渗碳负责，电话13800138000。"),
    )
    copy = anonymous.copy(case)
    assert copy.paper.splitlines() == [
        "一、现状：■■■的套圈淬硬层不匀。",
        "二、与临运理工大学合作，■■■负责，电话■■■。",
    ]
    parties.confirm_organisation(organisation=school, actor=city.clerk, now=NOW)
    assert "与■■■合作" in anonymous.copy(case).paper, "a school known here may be the partner"
    assert [(one.kind, one.line) for one in anonymous.copy(case).leaks["paper"]] == [
        ("unit", 1), ("unit", 2), ("person", 2), ("phone", 2),
    ]  # fmt: skip
    assert anonymous.leak_counts([case]) == {case.pk: 4}


def test_who_acts_for_the_unit_and_whom_the_facts_name_are_not_recognised(city, draft):
    case, member = draft
    unit = case.organisation
    unit.contact_name, unit.contact_phone, unit.contact_email = "柳经办", "0635-8239876", "liu@luxi.example"
    unit.save()
    member.name = "王建国"
    member.save()
    case.summary = f"{member.name}、柳经办牵头，电话 0635 8239876，来信 LIU@luxi.example 或 {member.email}"
    assert anonymous.copy(case).summary == "■■■、■■■牵头，电话 ■■■，来信 ■■■ 或 ■■■"
    case.award_code, case.facts = "M2.4", {"expert": "Anna Schmidt"}
    case.title = "引进 Anna Schmidt 教授"
    assert anonymous.copy(case).title == "引进 ■■■ 教授"


def test_people_are_not_recognised_by_their_names_in_letters(city, draft):
    """Lists of papers name the applicant as journals do."""
    case, _member = draft
    parties.register_person(name="周渗碳", home=case.organisation, title="", discipline="", actor=None, now=NOW)
    case.summary = "Zhou Shentan; SHENTAN ZHOU; Zhou, Shen-Tan; S. T. Zhou; Zhou ST; Zhou S. 合著；渗碳 zhou 期"
    assert anonymous.copy(case).summary == "■■■; ■■■; ■■■; ■■■; ■■■; ■■■. 合著；渗碳 zhou 期"


def test_everybody_of_a_large_unit_is_looked_for(city, draft):
    """A university has thousands; 张教授 and Zhang, S. may be any of them."""
    case, _member = draft
    names = [f"{chr(0x5F20 + n % 7)}{chr(0x6000 + n)}{chr(0x6C00 + n)}" for n in range(400)]
    Person.objects.bulk_create(Person(name=name, home=case.organisation) for name in [*names, "曲知秋"])
    case.summary = "。".join(names)
    assert set(anonymous.copy(case).summary) == set("■。")
    case.summary = "曲教授与 Qu, Z. Q. 的工作"
    assert anonymous.copy(case).summary == "■■■与 ■■■. 的工作"


def test_two_people_in_one_field_are_two(city, draft):
    case, _member = draft
    case.organisation.contact_name = "柳经办（办公室主任）、何淬火"
    case.organisation.save()
    case.facts = {"person": "李若溪；王 明远"}
    case.award_code = next(one.code for one in pack().awards if any(fact.key == "person" for fact in one.facts))
    case.summary = "李若溪和王明远、柳经办和何淬火参加，办公室主任另定"
    assert anonymous.copy(case).summary == "■■■和■■■、■■■和■■■参加，办公室主任另定"


def test_a_unit_is_not_recognised_by_what_it_is_also_called(city, draft):
    case, _member = draft
    unit = case.organisation
    Alias.objects.create(organisation=unit, name="Luxi Bearing", folded="luxibearing", created_at=NOW)
    old, _account = city.firm("昌平轴承厂")
    old.ending, old.ended_on, old.successor, old.heir = "merged", date(2020, 1, 1), unit, unit
    old.save()
    case.summary = "Luxi Bearing（前身昌平轴承厂）"
    assert anonymous.copy(case).summary == "■■■（前身■■■）"


def test_a_school_that_is_only_known_here_takes_no_ordinary_words_away(city, draft):
    case, _member = draft
    for n, name in enumerate(("山东农业大学", "聊城市人民医院", "聊城市轴承研究院有限公司", "中国科学院大学")):
        school = parties.register_organisation(
            uscc=uscc(910 + n), name=name, type="科研院所", region="", unit="", actor=None, now=NOW
        )
        parties.confirm_organisation(organisation=school, actor=city.clerk, now=NOW)
    case.summary = "服务山东农业生产，综述轴承研究院所，中国科学院金属研究所的工作"
    assert anonymous.copy(case).summary == case.summary
    case.summary = "与山东农业大学机械学院、聊城人民医院、聊城轴承研究院合作"
    assert anonymous.copy(case).summary == "与■■■机械学院、■■■、■■■合作"


def test_what_was_handed_in_before_it_was_read_keeps_nobody_else_waiting(city, draft):
    case, member = draft
    pdf = actions.keep_paper(case=case, content=b"%PDF-1.4\n", name="活页.pdf", actor=member, now=city.now)
    Paper.objects.create(case=case, name=NAME, file=pdf, added_at=city.now)
    assert NAME in papers.missing(case)
    assert "读不出来" in anonymous.copy(case).paper
    gone = hand_in(city, draft, word("一、现状"))
    assert NAME not in papers.missing(case)
    gone.file.path.unlink()
    anonymous._read.cache_clear()
    assert anonymous.copy(case).paper.count("读不出来") == 2
    assert anonymous.leak_counts([case]) == {case.pk: 0}


def test_one_case_and_three_cost_the_same(city, draft, round, django_assert_num_queries):
    cases = [draft[0]]
    for n in range(2):
        firm, member = city.firm()
        made = actions.start(round=round, organisation=firm, title=f"另一项{n}", actor=member, now=city.now)
        city.blind_paper(made, member)
        cases.append(made)
    hand_in(city, draft, word("一、现状"))
    for some in (cases[:1], cases):
        fresh = list(Case.objects.filter(pk__in=[case.pk for case in some]))
        with django_assert_num_queries(8):
            anonymous.leak_counts(fresh)


def test_the_copy_is_for_those_who_may_see_the_paper_it_comes_from(draft, monkeypatch):
    case, _member = draft
    assert anonymous.may_read(case, {"county"}) and not anonymous.may_read(case, {"stranger"})
    kept = [papers.Asked(NAME, must=True, seen_by=frozenset({"clerk"}), blind=True)]
    monkeypatch.setattr(anonymous, "asked", lambda award, lane: kept)
    assert anonymous.may_read(case, {"clerk"}) and not anonymous.may_read(case, {"county"})


def test_the_short_name_is_found_though_the_full_one_begins_with_the_place(city, draft):
    case, _member = draft
    case.summary = "鲁西精密轴承多年生产套圈"
    assert anonymous.copy(case).summary == "■■■多年生产套圈"
    case.summary = "鲁西轴承的产品见 www.luxi-bearing.example，专利 ZL202310123456.7，微信 lxzc1234，热线 400-635-1234"
    assert anonymous.copy(case).summary == "■■■的产品见 ■■■，专利 ■■■，■■■，热线 ■■■"


def test_parts_are_read_together_and_what_was_taken_back_is_not(city, draft):
    case, member = draft
    gone = hand_in(city, draft, word("旧稿"))
    hand_in(city, draft, word("一、现状"))
    hand_in(city, draft, "二、路线".encode("gb18030"), "续.txt")
    actions.take_back_paper(paper=gone, actor=member, now=city.now)
    assert anonymous.words(case) == "一、现状\n二、路线"


@pytest.mark.parametrize(
    "content, name, said",
    [
        (b"%PDF-1.4\n", "活页.pdf", "请交 Word"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "活页.png", "请交 Word"),
        (word(), "活页.docx", "文件里没有文字"),
        ("字".encode() * (anonymous.MOST + 1), "活页.txt", "超过 50000 字"),
        (b"\xef\xbb\xbf", "活页.txt", "文件里没有文字"),
        (word("一、现状")[:-300] + b"x" * 300, "活页.docx", "文件已损坏"),
    ],
    ids=["pdf", "scan", "empty", "long", "mark", "broken"],
)
def test_what_experts_could_not_read_is_refused_with_what_to_do(city, draft, content, name, said):
    with pytest.raises(ValueError, match=said):
        hand_in(city, draft, content, name)
    assert not draft[0].papers.exists()


def test_a_sentence_does_not_stand_in_for_it(city, draft):
    case, member = draft
    with pytest.raises(Invalid) as why:
        actions.add_paper(case=case, name=NAME, said="原件交窗口", actor=member, now=city.now)
    assert list(why.value.errors) == ["file"]


def test_parts_count_together(city, draft, monkeypatch):
    monkeypatch.setattr(anonymous, "MOST", 10)
    hand_in(city, draft, "一二三四五六".encode(), "一.txt")
    with pytest.raises(Invalid, match="超过 10 字"):
        hand_in(city, draft, "甲乙丙丁戊".encode(), "二.txt")


@pytest.mark.parametrize("award", pack().awards, ids=lambda award: award.code)
def test_only_what_is_reviewed_has_one_and_it_is_asked_for(award):
    for lane in award.lanes:
        blind = [one.name for one in papers.asked(award, lane) if one.blind]
        assert blind == ([award.anonymous] if lane == "ordinary" and award.anonymous else [])
    assert award.anonymous or not any("活页" in name for name in award.materials)


@pytest.mark.parametrize("changed", [{"anonymous": "户口本"}, {"parts": ("call", "accept", "decide", "pay")}])
def test_a_declaration_names_a_paper_that_is_handed_in_and_reviewed(changed):
    award = pack().award("M3.1")
    with pytest.raises(DeclarationError, match="no paper that anybody reviews"):
        Award(**({name: getattr(award, name) for name in award.__dataclass_fields__} | changed))
    assert award.in_force[0] <= date(2026, 6, 30)
