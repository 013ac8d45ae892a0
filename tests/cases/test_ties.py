"""Every reason to step aside (domain §2.3), from what the registers of the running system say."""

from datetime import date

import pytest
from django.db import transaction

from tests.cases.city import NOW, uscc
from tests.cases.words import SUMMARY, member_of, was_of
from tests.records.forging import behind_the_program
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions as experts
from triplehelix.market.experts import landing
from triplehelix.market.experts.models import Authorship, Work
from triplehelix.market.experts.reading.found import FoundAuthor, FoundWork
from triplehelix.market.listings import actions as listings
from triplehelix.procedure.cases import actions, alike
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.panels import check, relations, ties
from triplehelix.procedure.panels.models import Tie
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import FormerHome
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

DAY = date(2026, 6, 9)
NO_TIE = "登记错：股份是同名的另一人的"


@pytest.fixture
def case(city):
    round = actions.open_round(
        award_code="M3.2-city-grant", lane="ordinary", title="攻关", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 6, 30), actor=city.clerk, now=NOW,
    )  # fmt: skip
    firm, member = city.firm("澄湖精密轴承有限公司")
    case = actions.start(round=round, organisation=firm, title="热处理", actor=member, now=NOW)
    return actions.write(
        case=case, facts={}, summary=SUMMARY, leader="周工", actor=member, now=NOW, seen_version=case.version
    )


def why(expert, case):
    return relations.barred([expert], [case], DAY).get((str(expert.pk), str(case.pk)), "")


def tie(city, kind, one, other, **more):
    given = {"since": date(2025, 1, 1), "until": None, "about": "", "source": "工商登记", **more}
    return ties.record_tie(kind=kind, one=one, other=other, actor=city.clerk, now=NOW, **given)


@pytest.mark.parametrize(
    ("kind", "other", "said"),
    [
        ("kinship.spouse", "周工", "亲属关系（配偶）"),
        ("kinship.in_law", "周工", "近姻亲"),
        ("supervision.doctoral", "周工", "师生关系"),
        ("work.paper", "周工", "合著论文"),
        ("interest.consultancy", "澄湖精密轴承有限公司", "受聘有偿顾问"),
        ("interest.shareholding", uscc(1), "持有股份"),
        ("interest.directorship", uscc(1), "董事"),
        ("affiliation", uscc(1), "申报单位“"),
        ("dispute", "周工", "个人纠纷"),
        ("dispute", uscc(1), "个人纠纷"),
    ],
)
def test_a_recorded_tie_bars_the_expert(city, case, expert, kind, other, said):
    assert why(expert, case) == ""
    tie(city, kind, "容止戈", other)
    assert said in why(expert, case)


def test_a_controlled_unit_bars_too_and_an_old_tie_does_not(city, case, expert):
    tie(city, "interest.shareholding", "容止戈", uscc(1), since=date(2018, 1, 1), until=date(2020, 1, 1))
    assert why(expert, case) == ""
    tie(city, "control", "东岚理工大学", uscc(1))
    assert "母公司、子公司或关联单位" in why(expert, case)


def test_a_person_and_a_unit_of_one_number_are_two():
    both = [
        Tie(kind="dispute", person_id=1, since=DAY, **end) for end in ({"other_person_id": 5}, {"other_unit_id": 5})
    ]
    one, other = ties.as_records(both)["disputes"]
    assert one.other != other.other


def test_the_applicant_asks_for_three_at_most_each_with_a_reason(city, case, expert):
    member = member_of(case)

    def ask(text):
        case.refresh_from_db()
        return actions.write(case=case, facts={}, avoid=text, actor=member, now=NOW, seen_version=case.version)

    for text, said in (("容止戈：不", "理由至少 4 个字"), ("某人：有过合作纠纷", "没有登记“某人”"),
                       ("\n".join(["容止戈：有过合作纠纷"] * 2), "写了两次")):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            ask(text)
        assert said in wrong.value.errors["avoid"]
    ask("容止戈：有过合作纠纷")
    case.refresh_from_db()
    assert "申报单位申请该专家回避" in why(expert, case)


def test_names_that_cannot_be_told_apart_and_who_may_record(city, case, expert, institute):
    parties.register_person(name="容止戈", home=case.organisation, title="", discipline="", actor=None, now=NOW)
    with pytest.raises(Invalid) as wrong:
        tie(city, "kinship.spouse", "容止戈", "周工", source="")
    assert set(wrong.value.errors) == {"one", "source"} and "姓名/单位全称" in wrong.value.errors["one"]
    tie(city, "kinship.spouse", "容止戈/东岚理工大学", "周工")
    assert Tie.objects.get().person == expert
    with pytest.raises(Refused, match="只有市科技局"):
        ties.record_tie(
            kind="control", one="x", other="y", since=DAY, until=None, about="", source="x", actor=city.finance, now=NOW
        )


def test_the_same_thing_in_other_words_is_found_by_meaning(settings):
    same = alike.meanings(
        [
            "风电主轴轴承滚道深层渗碳工艺研究",
            "风电主轴轴承滚道深层渗碳工艺的研究与应用",
            "大蒜切片低温联合干燥设备",
        ]
    )
    assert same[0] >= alike.SAME_MEANING > same[1]
    settings.ENCODER = "none"
    assert alike.meanings(["甲", "乙"]) == [0.0]


def test_who_has_moved_stands_aside_for_the_former_home_for_three_years(city, case, expert):
    elsewhere, _clerk = city.firm("云川精工有限公司")
    own = Case.objects.get(pk=case.pk).organisation
    expert = parties.move_person(person=expert, home=own, last_day=DAY, actor=None, now=NOW, why="调令")
    expert = parties.move_person(
        person=expert, home=elsewhere, last_day=date(2026, 5, 1), actor=None, now=NOW, why="调令"
    )
    assert "任职" in why(expert, case) and "现在" not in why(expert, case)
    FormerHome.objects.filter(organisation=own).update(until=date(2023, 6, 1))
    assert why(expert, case) == ""


@pytest.mark.parametrize("kind", ["interest.shareholding", "dispute"])
def test_a_tie_to_what_has_become_the_applicant_is_a_tie_to_the_applicant(city, case, expert, kind):
    """The expert had shares in a firm; it was merged into the applicant, and with it the shares."""
    gone, _member = city.firm("云川精工有限公司")
    tie(city, kind, "容止戈", gone.name)
    assert why(expert, case) == ""
    parties.end_organisation(
        organisation=gone, ending="merged", on=DAY, document="合并公告〔2026〕1号", successor=case.organisation,
        actor=None, now=NOW,
    )  # fmt: skip
    assert "云川精工" in why(expert, case) or "澄湖精密" in why(expert, case)
    parties.undo_ending(organisation=gone, actor=None, now=NOW, why="登记错了单位")
    assert why(expert, case) == ""


def test_a_parent_of_what_has_become_the_applicant_controls_the_applicant(city, case, expert):
    gone, _member = city.firm("云川精工有限公司")
    tie(city, "control", "东岚理工大学", gone.name)
    assert why(expert, case) == ""
    parties.end_organisation(
        organisation=gone, ending="merged", on=DAY, document="合并公告〔2026〕1号", successor=case.organisation,
        actor=None, now=NOW,
    )  # fmt: skip
    assert "母公司、子公司或关联单位" in why(expert, case)


def test_two_of_one_university_by_now_are_of_one_unit(city, institute, expert):
    other = parties.register_organisation(
        uscc=uscc(601), name="东岚师范学院", type="高等学校", region="", unit="", actor=None, now=NOW
    )
    other = parties.confirm_organisation(organisation=other, actor=city.clerk, now=NOW)
    colleague = parties.register_person(name="闻人溪", home=other, title="教授", discipline="材料", actor=None, now=NOW)
    parties.end_organisation(
        organisation=other, ending="merged", on=DAY, document="合并批复", successor=institute, actor=None, now=NOW
    )
    colleague = type(colleague).objects.select_related("home").get(pk=colleague.pk)
    assert relations.candidate(colleague).unit == relations.candidate(expert).unit


def paper(*people, year=2025):
    """A harvested paper; its authors by name."""
    with transaction.atomic():
        landing.land(
            [FoundWork("papers", "10.1/x", "滚道渗碳工艺", tuple(map(FoundAuthor, people)), year=year)], now=NOW
        )
    return {row.name: row.expert for row in Authorship.objects.select_related("expert")}


def test_who_has_written_a_paper_with_the_leader_stands_aside_as_long_as_it_is_theirs(city, case, expert):
    """Found in a repository, and decided whose it is: undone, the two have written nothing together."""
    found = paper("容止戈", "周工")
    assert why(expert, case) == ""
    made = [
        experts.link(expert=found[who.name], person=who, actor=city.clerk, now=NOW) for who in (expert, case.leader)
    ]
    assert "合著论文" in why(expert, case) and "滚道渗碳工艺" in Work.objects.get().title
    experts.undo(merge=made[0], actor=city.clerk, now=NOW, why="是同名的另一位")
    assert why(expert, case) == ""


def test_an_old_paper_and_one_its_source_has_taken_back_bar_nobody(city, case, expert):
    for who, row in zip((expert, case.leader), paper("容止戈", "周工").values(), strict=True):
        experts.link(expert=row, person=who, actor=city.clerk, now=NOW)
    assert why(expert, case)
    for change in ({"year": 2022}, {"year": None}, {"year": 2025, "live": False}):
        Work.objects.update(**change)
        assert why(expert, case) == "", change


def test_whom_an_applicant_names_in_a_draft_is_not_kept_from_judging_it(city, case, expert):
    """Three experts may be avoided; a draft that nobody has seen avoids no more."""
    firm = case.organisation
    member = firm.memberships.get().account
    draft = listings.create(
        model=Achievement, organisation=firm, actor=member, now=NOW,
        values={"title": "渗碳工艺", "text": "渗碳工艺，" * 10, "people": [expert.pk, case.leader.pk]},
    )  # fmt: skip
    assert why(expert, case) == ""
    Achievement.objects.filter(pk=draft.pk).update(state="withdrawn", published_at=NOW)
    assert "共同主持项目" in why(expert, case), "what was public is not made unknown by taking it down"


def test_a_tie_that_was_no_tie_is_voided_and_the_expert_may_judge(city, case, expert):
    held = tie(city, "interest.shareholding", expert.name, case.organisation.name)
    assert why(expert, case)
    for wrong in (" ", "错"):
        with pytest.raises(Invalid) as said:
            ties.void_tie(tie=held, why=wrong, actor=city.clerk, now=city.now)
        assert set(said.value.errors) == {"why"}
    with pytest.raises(Refused, match="只有市科技局"):
        ties.void_tie(tie=held, why=NO_TIE, actor=city.county, now=city.now)
    gone = ties.void_tie(tie=held, why=NO_TIE, actor=city.clerk, now=city.now)
    assert (gone.void_why, gone.voided_at, gone.voided_by) == (NO_TIE, city.now, city.clerk) and not why(expert, case)
    row = Entry.objects.get(subject_kind="procedure.tie", subject_id=str(held.pk), verb="void")
    assert row.why == NO_TIE
    with pytest.raises(Refused, match="已经作废"):
        ties.void_tie(tie=held, why=NO_TIE, actor=city.clerk, now=city.now)
    # Put right, it is recorded anew; who is one of its ends voids nothing.
    again = tie(city, "interest.shareholding", expert.name, case.organisation.name)
    assert why(expert, case)
    parties.claim_person(person=expert, account=city.clerk, actor=None, now=city.now)
    with pytest.raises(Refused, match="另一位工作人员"):
        ties.void_tie(tie=again, why=NO_TIE, actor=city.clerk, now=city.now)


def test_who_acted_for_the_unit_since_and_has_left_it_voids_no_tie_of_it(city, case, expert):
    firm = case.organisation
    held = tie(city, "dispute", expert.name, firm.name)
    was_of(city, firm)
    with pytest.raises(Refused, match="另一位工作人员"):
        ties.void_tie(tie=held, why=NO_TIE, actor=city.clerk, now=city.now)


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    "change", ["void_why = 'x'", "until = '2025-06-01'", "since = '2026-12-01'", "kind = 'control'"]
)
def test_a_tie_changed_behind_the_program_is_named(city, case, expert, change):
    tie(city, "dispute", expert.name, case.organisation.name)
    assert list(check.problems()) == []
    behind_the_program(f"UPDATE panels_tie SET {change}")
    (problem,) = check.problems()
    assert "关系的两端和期限与留痕不符" in problem
