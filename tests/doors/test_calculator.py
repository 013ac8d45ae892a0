"""Every case worked by hand, through the web: the calculator, with what the office has set."""

import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from django.utils.html import escape

from tests.market.conftest import NOW, account, office
from triplehelix.measures.liaocheng import m5_1
from triplehelix.policy.facts import Choices, Listed, YesNo
from triplehelix.policy.registry import load
from triplehelix.policy.settle import to_plain
from triplehelix.procedure.terms.models import Settled

PACK = load("triplehelix.measures.liaocheng")
CASES = [
    pytest.param(award, example, id=f"{award.code}:{example.title}")
    for award in PACK.awards
    for example in award.examples
]


def typed(award, facts):
    """What a person would type into the form for these facts."""
    found = []
    for fact in award.facts:
        value = facts.get(fact.key)
        if isinstance(fact, Listed):
            for n, row in enumerate(value):
                found += [(f"{fact.key}__{n}__{key}", _word(cell)) for key, cell in row.items()]
        elif isinstance(fact, Choices):
            found += [(fact.key, one) for one in value]
        elif value is not None:
            found.append((fact.key, _word(value) if isinstance(fact, YesNo) else str(value)))
    return urlencode([*found, ("", "")])


def _word(value):
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def settle(example):
    """The terms an example says are decided, as the office's settings."""
    officer = office(account("setter"), "city_officer")
    for code, dated in example.decided.items():
        for since, value in dated.steps:
            plain = to_plain(PACK.terms[code], value)
            row = {"value": plain, "since": since, "document": "聊科字〔2026〕1号", "decided_by": officer}
            Settled.objects.create(code=code, decided_at=NOW, **row)


@pytest.mark.django_db
@pytest.mark.parametrize(("award", "example"), CASES)
def test_worked_example_on_the_page(client, award, example):
    settle(example)
    answer = client.get(f"/awards/{award.code}/?{typed(award, example.facts)}")
    assert answer.status_code == 200, answer.context["form"].errors
    found = answer.context["decision"]
    page = answer.content.decode()
    assert found.granted == example.granted_fen
    assert tuple(check.code for check in found.refused) == example.refused
    assert tuple(question.code for question in found.open) == example.open
    if found.granted is not None:
        assert str(found.granted) in page
    for check in found.refused:
        assert escape(check.message) in page
    for share, fen in example.shares.items():
        assert {one.id: one.fen for one in found.shares}[share] == fen


@pytest.mark.django_db
def test_the_calculator_says_what_is_wrong_at_the_field(client):
    answer = client.get("/awards/M5.4/?rd_expense_yuan=-5&above_scale=true")
    assert answer.status_code == 422
    assert "不能为负" in answer.context["form"].errors["rd_expense_yuan"][0]
    assert answer.context["form"].errors["accurate"][0] == "请选择是或否"
    assert answer.context["decision"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("code", [award.code for award in PACK.awards])
def test_an_empty_calculator_asks_people_not_programs(client, code):
    answer = client.get(f"/awards/{code}/?x=")
    said = " ".join(line for lines in answer.context["form"].errors.values() for line in lines)
    assert answer.context["form"].errors
    assert not any(word in said for word in ("true", "缺少", "列表", "_yuan"))
    assert not any(word in answer.text for word in ("接口里", "写 0", "[]"))


@pytest.mark.django_db
def test_a_table_with_an_empty_cell_says_its_heading(client):
    listed = next((a, f) for a in PACK.awards for f in a.facts if isinstance(f, Listed))
    award, fact = listed
    answer = client.get(f"/awards/{award.code}/?{fact.key}__0__id=1")
    assert answer.context["form"].errors[fact.key][0].startswith(f"第 1 行，{fact.columns[0].label}：请")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/measures/", *(f"/measures/{m.code}/" for m in PACK.measures)])
def test_anybody_reads_the_measures(client, path):
    page = client.get(path).content.decode()
    assert "办理过程" in page or path == "/measures/"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/measures/M9.9/", "/awards/M9.9/", "/measures/x/"])
def test_what_is_not_in_the_pack_is_not_there(client, path):
    assert client.get(path).status_code == 404


class TestTerms:
    """Who may set what, and what follows from it."""

    FORM = {"since": "2026-01-01", "document": "聊科字〔2026〕12号"}
    TABLE = {"value_0": "1000", "value_1": "2000", "value_2": "3000"}

    @pytest.fixture
    def officer(self, db):
        return office(account("bureau"), "city_officer")

    @pytest.mark.parametrize(
        ("role", "status"), [("city_officer", 200), ("finance_officer", 404), ("county_officer", 404), (None, 404)]
    )
    def test_only_the_bureau_opens_the_form(self, client, db, role, status):
        who = account("who")
        client.force_login(office(who, role, "371521" if role == "county_officer" else "") if role else who)
        assert client.get("/terms/manager_reward/").status_code == status
        assert client.post("/terms/manager_reward/", self.FORM | self.TABLE).status_code in (302, 404)
        assert Settled.objects.exists() == (status == 200)

    def test_setting_a_table_makes_the_award_computable(self, client, officer):
        client.force_login(officer)
        assert client.post("/terms/manager_reward/", self.FORM | self.TABLE).status_code == 302
        facts = "level=高级&certificate_no=A1&in_city_pool=true&person=周致远&id_tail=0316"
        found = client.get(f"/awards/M5.3/?{facts}").context["decision"]
        assert found.granted == 300_000
        assert "聊科字〔2026〕12号" in client.get("/terms/manager_reward/").content.decode()

    def test_wrong_values_are_told_at_their_fields(self, client, officer):
        client.force_login(officer)
        answer = client.post("/terms/talent_ratio/", {"value": "130%", "since": "soon", "document": " "})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"since", "document"}
        answer = client.post("/terms/talent_ratio/", self.FORM | {"value": "130%"})
        assert "0 到 1" in answer.context["form"].errors["value"][0]
        assert not Settled.objects.exists()

    @pytest.mark.parametrize("code", ["provincial_rate", "rd_threshold", "no_such_term"])
    def test_what_the_policy_fixes_has_no_form(self, client, officer, code):
        client.force_login(officer)
        assert client.get(f"/terms/{code}/").status_code == 404

    def test_a_later_setting_leaves_earlier_days_alone(self, client, officer):
        client.force_login(officer)
        client.post("/terms/talent_ratio/", self.FORM | {"value": "50%"})
        next_year = date(timezone.localdate().year + 1, 1, 1)
        client.post("/terms/talent_ratio/", self.FORM | {"value": "1/4", "since": next_year.isoformat()})
        from triplehelix.procedure.terms.finds import decided

        steps = decided()["talent_ratio"]
        assert (str(steps.on(next_year - timedelta(days=1))), str(steps.on(next_year))) == ("1/2", "1/4")

    def test_the_list_asks_one_query_for_all_terms(self, client, officer, django_assert_num_queries):
        client.force_login(officer)
        client.get("/terms/")
        with django_assert_num_queries(LIST_QUERIES):
            client.get("/terms/")


#: session, account, audiences (memberships, offices) twice, settings; whatever the number of terms.
LIST_QUERIES = 4


def plain(page):
    """The words of a page, one space between pieces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.django_db
def test_a_page_never_shows_a_proposal_as_the_citys_rule(client):
    """四（二） says no days, and nobody official has set them; M5.1's 30 % is ours; M1.2's yearly check is ours."""
    market = plain(client.get("/measures/M4.2/").content.decode())
    assert "协议定价公示 （15 日；待确认，非官方：国发〔2016〕16号）" in market
    assert "收到后 2 个工作日 待确认，非官方" in market
    assert "征求意见稿" in market, "the text is a draft, and its page says so"
    landed = plain(client.get("/measures/M5.1/").content.decode())
    assert "付款达到比例 （待确认，非官方）" in landed
    assert "定期发布两张清单 “定期”的周期待确定 政策原文" in landed
    talent = plain(client.get("/measures/M2.1/").content.decode())
    assert "博士或副高及以上 （《聊城市“科技副总”管理办法》（2025-05-20））" in talent
    assert "聘任企业在本市 （六（二））" in talent
    assert "科技副总名册 姓名、派出单位、企业、岗位、任期、到岗日志、任务 待确认，非官方" in talent
    yearly = plain(client.get("/measures/M1.2/").content.decode())
    assert "每年 12 月 31 日 待确认，非官方" in yearly


@pytest.mark.django_db
def test_an_answer_never_shows_a_proposal_as_the_citys_rule(client):
    asked = typed(PACK.award("M5.1"), m5_1.deal(contract_paid_yuan=200_000))
    page = plain(client.get(f"/awards/M5.1/?{asked}").content.decode())
    assert "已付金额没有达到视为落地的比例（五（一）；待确认，非官方）" in page
    assert "实施地在本市 五（一）；待确认，非官方" in page and "征求意见稿" in page
