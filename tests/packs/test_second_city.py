"""Another city adopts the house by a pack: every page and call answers, in its own words, and its rules decide."""

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.urls import get_resolver
from django.utils import timezone

from tests.packs.city import MEASURES
from tests.packs.conftest import handed_in
from triplehelix.doors.api.urls import api
from triplehelix.doors.cli import city_empty
from triplehelix.doors.cli.manual import pages
from triplehelix.doors.cli.pack import faults_of
from triplehelix.doors.web.views.reviews import DrawForm
from triplehelix.fund import actions as fund
from triplehelix.fund.models import Pool, Purse
from triplehelix.fund.payee import BankAccount
from triplehelix.market.finance import tasks
from triplehelix.policy.decision import decide
from triplehelix.policy.registry import load
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import applicant, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.panels.terms import panel_rules, score_sheets
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import pack as checked
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.reference import calendar
from triplehelix.records.steps.actions import take

ROLES = ("visitor", "officer", "county", "finance", "auditor", "clerk", "newcomer")
#: Words of the house's first city, which no page of another may say.
FOREIGN = (
    "聊城",
    "鲁科",
    "371521",
    "LC01",
    "产学研合作专项资金",
    "征求意见稿",
    "二十条",
    "十二条产业链",
    "山东",
    "2000 万",
    "20000000",
)
#: The styleguide shows invented samples of everything to whoever builds pages.
SAMPLES = {"styleguide"}
ABSENT = re.compile(r"^/(api/)?(finance|equity|roadshows)/")


def signed_in(client, city, role):
    client.logout()
    if role != "visitor":
        client.force_login(getattr(city, role))
    return client


def addresses(city):
    """Every page there is: those without a place holder, and with them of what the city has."""
    firm, need, offer, round, case = (getattr(city, n).pk for n in ("firm", "need", "achievement", "round", "case"))
    filled = {
        "measure": [f"/measures/{one.code}/" for one in load(MEASURES).measures],
        "calculate": [f"/awards/{one.code}/" for one in load(MEASURES).awards],
        "term": ["/terms/voucher_most/"], "round": [f"/rounds/{round}/"], "round-change": [f"/rounds/{round}/change/"],
        "organisation": [f"/organisations/{firm}/"], "organisation-edit": [f"/organisations/{firm}/edit/"],
        "organisation-end": [f"/organisations/{firm}/end/"], "members": [f"/organisations/{firm}/members/"],
        "case": [f"/cases/{case}/"], "case-edit": [f"/cases/{case}/edit/"],
        "listings": ["/needs/", "/achievements/"], "listing-new": ["/needs/new/", "/achievements/new/"],
        "listing": [f"/needs/{need}/", f"/achievements/{offer}/"], "listing-edit": [f"/needs/{need}/edit/"],
        "listing-matches": [f"/needs/{need}/matches/"], "need-experts": [f"/needs/{need}/experts/"],
        "mine": ["/mine/needs/", "/mine/achievements/"], "mine-confirm": ["/mine/needs/confirm/"],
        "funnel-rows": ["/funnel/needs/"], "list-feed": ["/lists/needs.atom"], "import-upload": ["/imports/new/needs/"],
        "import-template": ["/imports/template/needs.xlsx"], "foreign-list": ["/elsewhere/needs/"],
        "introduction-new": [f"/introductions/new/?need={need}&achievement={offer}"],
        "sale-new": [f"/sales/new/?achievement={offer}&need={need}"],
        "fund-review": ["/fund/review/?output=45&benefit=25&satisfaction=9"],
        "search": ["/search/?q=丝绸"], "saved-new": ["/saved/new/?q=丝绸&what=achievements"],
    }  # fmt: skip
    for one in get_resolver("triplehelix.doors.web.urls").url_patterns:
        if one.name in filled:
            yield from filled[one.name]
        elif "<" not in str(one.pattern):
            yield f"/{one.pattern}"


@pytest.mark.parametrize("role", ROLES)
def test_every_page_answers_in_the_words_of_the_city(client, city, role):
    client, seen, opened = signed_in(client, city, role), {}, 0
    for address in addresses(city):
        answer = client.get(address)
        assert answer.status_code in (200, 302, 401, 403, 404, 405), address
        if ABSENT.match(address):
            assert answer.status_code == 404, address
        if answer.status_code == 200 and address.strip("/") not in SAMPLES and not answer.streaming:
            opened += 1
            page = answer.content.decode(errors="replace")
            if said := [word for word in FOREIGN if word in page]:
                seen[address] = said
            assert not re.search(r'href="/(finance|equity|roadshows)/', page), address
    assert seen == {}
    assert opened > 20


@pytest.mark.parametrize("role", ROLES)
def test_every_call_without_a_place_holder_answers(client, city, role):
    client = signed_in(client, city, role)
    for path, ways in api.get_openapi_schema()["paths"].items():
        if "get" in ways and "{" not in path:
            answer = client.get(path)
            assert answer.status_code in (200, 401, 403, 404, 422), path
            if ABSENT.match(path + "/"):
                assert answer.status_code == 404, path
                assert answer.json()["message"] == "没有这一项，或者您看不到它"


def test_what_is_absent_is_not_there_however_it_is_asked_for(client, city):
    client.force_login(city.clerk)
    for address in ("/finance/leads/new/", "/api/finance/leads", "/equity/projects/new/", "/roadshows/1/attend/"):
        assert client.post(address, {}).status_code == 404
    assert "科技金融" not in client.get("/todo/").content.decode()
    tasks.lapse(0)
    tasks.daily(0)


def test_the_policy_has_its_chapters_and_clauses(client, city):
    page = client.get("/measures/").content.decode()
    for words in (
        "第三章 需求与攻关",
        "第八章 附则",
        "第十二条第二款",
        "第三十二条",
        "11 条措施",
        "云泽市促进科技成果转化",
    ):
        assert words in page
    assert page.index("第三章") < page.index("第四章") < page.index("第八章")
    answer = client.get(
        "/awards/M4.16/?service_cost_yuan=300000&not_related=true&contract_no=1&given_before_yuan=0&given_chapter_yuan=0"
    )
    assert answer.context["decision"].granted == 11_000_000
    assert client.get("/api/awards/M3.12").json()["articles"][0].startswith("第十二条第二款")


def test_the_fund_is_the_city_s_own(client, city):
    assert (Pool.objects.get().label, Pool.objects.get().appropriated_fen) == ("科技成果转化资金", 800_000_000)
    assert Purse.objects.get().label == "创新券"
    client.force_login(city.finance)
    page = client.get("/fund/open/").content.decode()
    assert 'value="8000000"' in page and "揭榜攻关" in page and "研发平台" not in page


def test_a_firm_s_application_runs_by_the_city_s_periods_to_the_money(city, client):
    today = timezone.localdate(city.now)

    def within(days):
        return calendar().add_working_days(today, days)

    case = handed_in(city)
    assert (case.number, case.state, case.due_on) == (f"M4.16-{today.year}-0001", "accepting", within(3))
    case = stepped(city, case, "accept")
    assert (case.state, case.due_on) == ("checking", within(12))
    cases.confirm_facts(case=case, keys=list(case.facts), actor=city.officer, now=city.now, seen_version=case.version)
    case = stepped(city, case, "check")
    assert (case.state, case.due_on) == ("deciding", within(11))
    case = stepped(city, case, "decide")
    assert (case.granted_fen, case.due_on) == (11_000_000, within(2))
    account = BankAccount(city.firm.name, "6222020200112233445", "云溪农商银行")
    cases.set_account(case=case, account=account, actor=city.clerk, now=city.now, seen_version=case.version)
    notice = notices.publish(
        cases=[case], number="云科公示〔2026〕1号", title="拟支持名单", objections_to="监督科", actor=city.officer,
        days=city.round.notice_days, now=city.now,
    )  # fmt: skip
    assert notice.last == within(7)
    objecting = client.get(f"/notices/items/{notice.items.get().pk}/object/").content.decode()
    assert "20 个工作日内答复" in objecting
    city.now += timedelta(days=30)
    notices.end_due(now=city.now)
    case = stepped(city, case, "order", city.finance)
    assert pay.payments_of(case)[0].amount_fen == 11_000_000
    assert Purse.objects.get().free == 10**8 - 11_000_000


def stepped(city, case, step, actor=None):
    case = Case.objects.get(pk=case.pk)
    return take(case=case, step=step, actor=actor or city.officer, now=city.now, seen_version=case.version)


def test_what_a_firm_was_given_this_year_counts_against_the_year_s_most(city):
    """By a rule of the pack alone: a band, a yearly cap, and what earlier cases came to."""
    award = load(MEASURES).award("M4.16")
    (example,) = (one for one in award.examples if one.title == "本年已给 10 万元")
    assert decide(award, example.facts, award.day_of(example)).granted == 2_000_000


def test_a_leader_may_have_one_project_only(city):
    """第二十七条 of the invented city; two in the house's own."""
    leader = parties.register_person(name="沈桑", home=city.firm, actor=city.officer, now=city.now)
    Case.objects.filter(pk=city.case.pk).update(leader=leader, state="running")
    second = cases.start(round=city.round, organisation=city.firm, title="又一项", actor=city.clerk, now=city.now)
    second.leader = leader
    told = [one.message for one in applicant.leads_too_many(second, timezone.localdate(city.now))]
    assert len(told) == 1 and "上限 1 项" in told[0]


def test_experts_score_on_the_city_s_sheet(pack):
    assert [(sheet.code, sheet.fundable, len(sheet.items)) for sheet in score_sheets().values()] == [("list", 65, 3)]
    rules = panel_rules(date(2026, 6, 30), size=3, outside_share=Fraction(0))
    assert (rules.least, rules.pool_factor, rules.unit_most) == (3, 2, 1)
    assert DrawForm()["sheet"].field.choices == [("list", "揭榜项目评审表")]


def test_every_worked_case_of_the_pack_holds(pack):
    assert checked.faults() == []
    assert [fault for award in load(MEASURES).awards for fault in faults_of(award)] == []


def test_the_manual_of_the_pack(pack):
    written = pages(MEASURES, load(MEASURES).awards[0].in_force[0])
    assert set(written) == {
        "README.md",
        "M2.9.md",
        "M3.12.md",
        "M4.16.md",
        "M4.17.md",
        "M5.21.md",
        "M5.22.md",
        "M5.23.md",
        "M6.24.md",
        "M6.25.md",
        "M7.28.md",
        "M8.32.md",
    }
    assert (
        "各平台补助：“上年度新认定的平台”的（级别为“国家级”“省级”）各行按“取小（设备投入 × 补助比例，"
        in written["M2.9.md"]
    )
    assert "资金：创新券" in written["M4.16.md"] and "第十六条" in written["M4.16.md"]


def test_the_demo_of_the_pack_is_an_empty_city_with_its_offices(pack, settings, tmp_path, db, client):
    settings.VAR = tmp_path
    accounts = city_empty.load()
    assert [account.email for account in accounts] == [
        "city@example.com", "county@example.com", "finance@example.com", "auditor@example.com",
    ]  # fmt: skip
    assert city_empty.load() == accounts
    assert Account.objects.count() == len(accounts)
    for account in accounts:
        assert client.login(username=account.email, password=account.password)
        assert client.get("/todo/").status_code == 200
    assert Account.objects.get(email="county@example.com").offices.get().unit == "990102"


def test_money_is_entered_before_the_policy_counts(pack, db):
    """The year's document comes in January, the policy counts from March."""
    january = datetime(2026, 1, 9, 2, 0, tzinfo=UTC)
    fund.appropriate(year=2026, document="云财〔2026〕1号", actor=None, now=january)
    purse = fund.open_purse(year=2026, use="tackling", amount_fen=100, actor=None, now=january)
    assert (Pool.objects.get().label, Pool.objects.get().appropriated_fen) == ("科技成果转化资金", 800_000_000)
    assert purse.label == "揭榜攻关"
