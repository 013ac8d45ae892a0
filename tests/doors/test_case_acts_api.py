"""The acts on a case over the API: one case from its opening to the money back, and each act refused at its field."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cases.city import YUAN
from tests.doors.callers import Caller, done, fields, paper
from tests.doors.procedure import round_of, to_confirm
from triplehelix.doors.web.acts import FORMS
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.acts import ACTS
from triplehelix.procedure.cases.flow import BY_ACT
from triplehelix.procedure.cases.models import Case, Milestone
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.evidence.models import File

PART = 1_000_000 * YUAN
FACTS = {
    "decision_no": "市政府常务会〔2026〕15号", "decision_date": "2026-05-20", "approved_yuan": "2000000",
    "legal_person": True, "claw_back_agreed": True, "proof_is_fresh": True,
}  # fmt: skip
FOUND = {"approved_yuan": "2000000", "proof_is_fresh": True}
TEXT = "实验室建成验收，设备到位清单和登记证书见附件，由省检测中心实测。"


class Desk:
    """Everybody with a key, at one case, whose version each call names."""

    def __init__(self, city, member):
        self.city = city
        self.member, self.clerk = Caller(member), Caller(city.clerk)
        self.finance, self.auditor = Caller(city.finance), Caller(city.auditor)
        self.address, self.version = "", 0

    def opened(self, made):
        self.address, self.version = f"/api/cases/{made['id']}", made["version"]

    def at(self, case):
        case.refresh_from_db()
        self.address, self.version = f"/api/cases/{case.pk}", case.version
        return case

    def kept(self, answer):
        found = done(answer)
        self.version = found["version"]
        return found

    def asks(self, who, act, body, **papers):
        if act == "proof":
            papers.setdefault("file", paper("检测报告.pdf", body.get("text", "")))
        return who.act(self.address, act, body, self.version, **papers)

    def acts(self, who, act, body, **papers):
        return self.kept(self.asks(who, act, body, **papers))

    def steps(self, who, step, note=""):
        return self.kept(who.step(self.address, step, self.version, note))


@pytest.fixture
def clock(city, monkeypatch):
    """What the program takes for now is the city's day."""
    monkeypatch.setattr(timezone, "now", lambda: city.now)
    return city


@pytest.fixture
def desk(clock):
    firm, member = clock.firm("澄湖先进铜材研究院有限公司")
    desk = Desk(clock, member)
    desk.firm, desk.applicant = firm, member
    return desk


def new(desk, **other):
    year = timezone.localdate(desk.city.now).year
    return {"award": "M1.2", "organisation": desk.firm.uscc, "title": "先进铜材研究院落地", "year": year} | other


def rows(desk, *amounts):
    today = timezone.localdate(desk.city.now)
    return [
        {"name": f"第 {n} 步", "fen": fen, "due": f"{today + timedelta(days=90 * n)}"}
        for n, fen in enumerate(amounts, start=1)
    ]


def account(desk, **other):
    return {"account": {"name": desk.firm.name, "number": "6222020200112233445", "bank": "澄湖农商银行"} | other}


def checked(desk):
    """Opened, filled in, its facts compared: before the decision."""
    desk.opened(done(desk.clerk.post("/api/cases", new(desk)), 201))
    answer = desk.clerk.client.put(
        desk.address, {"facts": FACTS, "seen_version": desk.version}, content_type="application/json",
        headers=desk.clerk.headers,
    )  # fmt: skip
    assert desk.kept(answer)["facts"]["decision_no"] == FACTS["decision_no"]
    desk.acts(desk.member, "account", account(desk))
    for one in done(desk.clerk.get(f"{desk.address}/papers")):
        if one["must"]:
            given = {"name": one["name"], "said": "原件已交窗口"}
            form = {"file": paper(words=one["name"])}
            done(desk.clerk.post(f"{desk.address}/papers", given, **form), 201)
    desk.steps(desk.clerk, "submit")
    desk.acts(desk.clerk, "confirm", {"facts": [key for key in FACTS if key not in FOUND]})
    desk.acts(desk.clerk, "correct", {"facts": FOUND, "why": "决定书"})
    return desk.steps(desk.clerk, "check")


def running(desk):
    """Decided, public, agreed upon."""
    checked(desk)
    desk.acts(desk.clerk, "milestones", {"milestones": rows(desk, PART, PART)})
    desk.steps(desk.clerk, "decide")
    case = Case.objects.get()
    decided = timezone.localdate(desk.city.now)
    desk.city.notice(case)
    desk.city.days(14)
    notices.end_due(now=desk.city.now)
    desk.at(case)
    agreed = {"number": "落地协议 1", "signed_on": f"{decided}", "ends_on": f"{decided + timedelta(days=700)}"}
    desk.acts(desk.clerk, "agreement", agreed)
    desk.steps(desk.clerk, "sign")
    return case


def paid(desk, case):
    """The first milestone proven, passed and paid."""
    desk.acts(desk.member, "proof", {"text": TEXT})
    desk.acts(desk.clerk, "pass", {"passed": True, "why": "现场核对通过"})
    desk.steps(desk.clerk, "pay_stage")
    desk.city.bank((desk.city.payments(case)[-1], ""))
    desk.at(case)


def test_one_case_from_its_opening_to_the_money_back(desk):
    case = running(desk)
    desk.acts(desk.member, "proof", {"text": TEXT})
    back = desk.acts(desk.clerk, "pass", {"passed": False, "why": "缺登记证书"})
    assert back["state"] == "running"
    paid(desk, case)
    first = case.milestones.get(seq=1)
    assert first.proof_file.name == "检测报告.pdf" and first.reached_by == desk.city.clerk
    assert first.proof_file.owner == desk.firm and {"role:city_officer", "auditor"} < {*first.proof_file.visible_to}
    desk.steps(desk.clerk, "terminate", "机构撤离")
    demanded = desk.acts(desk.clerk, "demand", {"amount_fen": PART, "why": "审计查实"})
    assert (demanded["state"], demanded["paid_fen"]) == ("clawing", PART)
    assert not BY_ACT & set(demanded["steps"])
    assert desk.acts(desk.clerk, "lift_demand", {"why": "查实没有", "document": "1 号"})["state"] == "terminated"
    desk.acts(desk.clerk, "demand", {"amount_fen": PART, "why": "审计查实"})
    lower = {"amount_fen": PART // 2, "why": "审计更正", "document": "审计报告 2 号"}
    assert desk.acts(desk.clerk, "change_demand", lower)["state"] == "clawing"
    some = desk.acts(desk.finance, "refund", {"amount_fen": PART // 4, "receipt": "缴款书 1"})
    assert some["state"] == "clawing"
    assert "clawed" not in done(desk.finance.get(desk.address))["steps"]
    rest = desk.acts(desk.finance, "refund", {"amount_fen": PART // 4, "receipt": "缴款书 2"})
    assert rest["state"] == "clawed"


def test_a_finished_project_evaluates_itself(desk):
    case = running(desk)
    Case.objects.filter(pk=case.pk).update(state="evaluating")
    desk.at(case)
    points = {"output": 45, "benefit": 25, "satisfaction": 9}
    answer = desk.asks(desk.member, "evaluate", points | {"output": 60, "text": "太短"})
    assert set(fields(answer)) == {"output", "text"}
    desk.acts(desk.member, "evaluate", points | {"text": "建成实验室一个，服务企业二十家，培养人才十名，满意度高。"})
    assert done(desk.member.get(f"{desk.address}/record"))["evaluation"]["total"] == 79
    # Until it is handed in it may be written again: the form comes with what was written.
    client = Client()
    client.force_login(desk.applicant)
    page = client.get(f"/cases/{case.pk}/").text
    assert f"/cases/{case.pk}/acts/evaluate/" in page and "建成实验室一个，服务企业二十家" in page
    desk.acts(
        desk.member,
        "evaluate",
        points | {"output": 44, "text": "建成实验室一个，服务企业十九家，培养人才十名，满意度高。"},
    )
    assert done(desk.member.get(f"{desk.address}/record"))["evaluation"]["total"] == 78


def test_a_milestone_passed_by_mistake_is_taken_back_on_the_page_and_by_the_api(desk):
    case = running(desk)
    desk.acts(desk.member, "proof", {"text": TEXT})
    desk.acts(desk.clerk, "pass", {"passed": True, "why": "现场核对通过"})
    client = Client()
    client.force_login(desk.city.clerk)
    url, sent = f"/cases/{case.pk}/acts/unpass/", {"seq": "2", "why": "点错了", "seen_version": desk.at(case).version}
    wrong = client.post(url, sent)
    assert wrong.status_code == 422 and Milestone.objects.get(case=case, seq=1).reached_at
    page = client.post(url, sent | {"seq": "1"}, follow=True).text
    assert "撤回里程碑考核结论" in page and "点错了" in page and "待考核" in page
    desk.at(case)
    assert set(fields(desk.asks(desk.clerk, "unpass", {"seq": 1, "why": "再来"}))) == {"seq"}
    desk.acts(desk.clerk, "pass", {"passed": True, "why": "现场核对通过"})
    assert desk.acts(desk.clerk, "unpass", {"seq": 1, "why": "又点错了"})["state"] == "running"


def test_what_is_wrong_is_told_at_its_field_before_the_decision(desk):
    for other, field in (({"award": "M5.4"}, "award"), ({"award": "没有"}, "award"), ({"title": " "}, "title"),
                         ({"organisation": "没有"}, "organisation")):  # fmt: skip
        assert set(fields(desk.clerk.post("/api/cases", new(desk, **other)))) == {field}
    assert desk.member.post("/api/cases", new(desk)).status_code == 404
    assert not Case.objects.exists()
    desk.opened(done(desk.clerk.post("/api/cases", new(desk)), 201))
    assert set(fields(desk.asks(desk.member, "account", account(desk, name="别的公司")))) == {"account"}
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(state="checking")
    assert set(fields(desk.asks(desk.clerk, "confirm", {"facts": []}))) == {"facts"}
    answer = desk.asks(desk.clerk, "confirm", {"facts": ["bonus", "approved_yuan"]})
    assert set(fields(answer)) == {"facts.0", "facts.1"}, "one is unknown, the other is entered by the office"
    assert desk.asks(desk.clerk, "confirm", {"facts": ["decision_no"]}).status_code == 409, "it is not filled in"
    assert desk.at(case).confirmed == {}
    wrong = {"approved_yuan": 1.55555, "bonus": 1, "given": 2}
    answer = desk.asks(desk.clerk, "correct", {"facts": wrong, "why": "决定书"})
    assert set(fields(answer)) == {"facts.approved_yuan", "facts.bonus", "facts.given"}
    assert desk.asks(desk.clerk, "correct", {"facts": FOUND, "why": " "}).status_code == 409
    assert desk.asks(desk.clerk, "rejudge", {"why": "新标准"}).status_code == 409, "the law is the same"
    assert set(fields(desk.asks(desk.clerk, "milestones", {"milestones": []}))) == {"milestones"}
    below = {"name": "一", "fen": -1, "due": "2026-12-31"}
    assert set(fields(desk.asks(desk.clerk, "milestones", {"milestones": [below]}))) == {"milestones.0.fen"}
    assert not desk.at(case).facts.get("approved_yuan") and not case.milestones.exists()


def test_what_is_wrong_is_told_at_its_field_after_it(desk):
    case = running(desk)
    Case.objects.filter(pk=case.pk).update(state="agreeing")
    early = {"number": " ", "signed_on": "2020-01-01", "ends_on": "2019-01-01"}
    assert set(fields(desk.asks(desk.clerk, "agreement", early))) == {"number", "signed_on", "ends_on"}
    Case.objects.filter(pk=case.pk).update(state="running")
    assert desk.asks(desk.clerk, "pass", {"passed": True, "why": "好"}).status_code == 409, "nothing was handed in"
    odd = paper().__class__("report.exe", b"MZ\x90\x00")
    assert set(fields(desk.asks(desk.member, "proof", {"text": TEXT}, file=odd))) == {"file"}
    assert desk.asks(desk.member, "proof", {"text": "短"}).status_code == 409
    assert not Milestone.objects.filter(submitted_at__isnull=False).exists()
    client, kept = Client(), File.objects.count()
    client.force_login(desk.applicant)
    late = {"text": TEXT, "file": paper("旧页面.pdf", "旧"), "seen_version": desk.version - 1}
    assert client.post(f"/cases/{case.pk}/acts/proof/", late).status_code == 409
    assert File.objects.count() == kept, "nor does a page leave the paper of what it refused"
    paid(desk, case)
    assert desk.asks(desk.clerk, "demand", {"amount_fen": 2 * PART, "why": "多了"}).status_code == 409
    desk.acts(desk.clerk, "demand", {"amount_fen": PART, "why": "审计查实"})
    more = {"amount_fen": PART + 1, "why": " ", "document": ""}
    assert set(fields(desk.asks(desk.clerk, "change_demand", more))) == {"amount_fen", "why", "document"}
    assert set(fields(desk.asks(desk.clerk, "lift_demand", {"why": "", "document": ""}))) == {"why", "document"}
    assert desk.asks(desk.finance, "refund", {"amount_fen": 1, "receipt": " "}).status_code == 409
    assert desk.asks(desk.finance, "refund", {"amount_fen": 0, "receipt": "1"}).status_code == 422


def test_an_objection_is_answered_once(desk):
    checked(desk)
    desk.acts(desk.clerk, "milestones", {"milestones": rows(desk, PART, PART)})
    assert "publish_notice" not in desk.steps(desk.clerk, "decide")["steps"]
    case = Case.objects.get()
    item = desk.city.notice(case).items.get()
    objected = notices.object_to(
        item=item, name="关心此事的人", phone="06350000000", text="这家单位没有注册成立，请核实是否属实。" * 2,
        now=desk.city.now,
    )  # fmt: skip
    desk.at(case)
    answered = {"objection": objected.pk, "is_upheld": False, "text": "经查，该单位已于五月注册成立。"}
    assert desk.asks(desk.member, "answer", answered).status_code == 404
    assert set(fields(desk.asks(desk.clerk, "answer", answered | {"text": "短"}))) == {"text"}
    done(desk.asks(desk.clerk, "answer", answered))
    assert done(desk.clerk.get(f"{desk.address}/record"))["objections"][0]["is_upheld"] is False
    assert desk.asks(desk.clerk, "answer", answered).status_code == 409
    assert desk.asks(desk.clerk, "answer", answered | {"objection": 10**9}).status_code == 404


def test_an_act_is_for_whom_its_page_has_it(desk):
    """The same relation opens an act here and there; a call without a version is told so, and only then."""
    from tests.doors.api_acts import CASE_APPLICANT, CASE_CLERK, CASE_FINANCE

    checked(desk)
    people = {"applicant": desk.member, "clerk": desk.clerk, "finance": desk.finance, "auditor": desk.auditor}
    bodies = CASE_APPLICANT | CASE_CLERK | CASE_FINANCE
    assert {*bodies, "answer"} == set(ACTS) == set(FORMS)
    told = {relation: done(who.get(desk.address))["acts"] for relation, who in people.items()}
    offered = {"applicant": [], "clerk": ["correct", "milestones"], "finance": [], "auditor": []}
    assert told == offered, "what may be done now"
    for code, body in bodies.items():
        for relation, who in people.items():
            answer = who.act(desk.address, code, body, None, **({"file": paper()} if code == "proof" else {}))
            assert answer.status_code == (428 if ACTS[code].relation == relation else 404), (code, relation)


@pytest.mark.parametrize("step", ["demand", "clawed", "publish_notice", "lift_closed"])
def test_what_has_an_act_is_no_step(clock, step):
    case, _member = to_confirm(clock)
    assert Caller(clock.clerk).step(f"/api/cases/{case.pk}", step, case.version, "事由").status_code == 404


def test_who_fills_in_what_is_decided_one_by_one_is_the_city(desk):
    """The applicant of another lane writes; of this one the clerk does too, and nobody else."""
    made = done(desk.clerk.post("/api/cases", new(desk)), 201)
    body = {"seen_version": made["version"], "summary": "建设研究院"}
    for who, status in ((desk.auditor, 404), (desk.finance, 404), (desk.clerk, 200)):
        answer = who.client.put(f"/api/cases/{made['id']}", body, content_type="application/json", headers=who.headers)
        assert answer.status_code == status
    _firm, other = desk.city.firm()
    draft = actions.start(round=round_of(desk.city), organisation=_firm, title="攻关", actor=other, now=desk.city.now)
    Case.objects.filter(pk=draft.pk).update(state="accepting")
    answer = desk.clerk.client.put(
        f"/api/cases/{draft.pk}", {"seen_version": draft.version}, content_type="application/json",
        headers=desk.clerk.headers,
    )  # fmt: skip
    assert answer.status_code == 404
