"""Papers and official letters over the API: the same bytes and the same people as on the pages."""

from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document

from tests.doors.callers import Caller, done, paper
from tests.introductions.words import Table
from triplehelix.doors.api.urls import api
from triplehelix.doors.handed import WORD

PDF = "application/pdf"


def same_as_page(caller, account, address, page, kind=PDF):
    """The answer of the API, which is the page's to the byte."""
    answer = caller.get(address)
    assert answer.status_code == 200, answer.content[:300]
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    caller.client.force_login(account)
    on_page = caller.client.get(page)
    caller.client.logout()
    assert (on_page.status_code, on_page["Content-Disposition"]) == (200, answer["Content-Disposition"])
    return answer.content, on_page.content


def test_papers_of_a_sale_and_of_what_its_landing_opened(things, clerk, stranger):
    sale, opening = things["sale"], things["opening"]
    caller, other = Caller(clerk), Caller(stranger)
    rows = done(caller.get(f"/api/sales/{sale.pk}/papers"))
    assert {row["name"] for row in rows} >= {sale.contract.file.name} and all(row["size"] > 0 for row in rows)
    for row in rows:
        address = f"/api/sales/{sale.pk}/papers/{row['id']}"
        ours, theirs = same_as_page(caller, clerk, address, reverse("web:sale-paper", args=[sale.pk, row["id"]]))
        assert ours == theirs and ours.startswith(b"%PDF")
        assert other.get(address).status_code == 404
    labels = [row["label"] for row in done(caller.get(f"/api/openings/{opening.pk}/papers"))]
    assert any(label.startswith("技术合同") for label in labels)
    proof = f"/api/openings/{opening.pk}/papers/{sale.contract.file.pk}"
    ours, theirs = same_as_page(
        caller, clerk, proof, reverse("web:opening-paper", args=[opening.pk, sale.contract.file.pk])
    )
    assert ours == theirs
    assert other.get(proof).status_code == 404


def test_a_paper_of_another_sale_is_not_there(things, officer):
    """The number of a file is no key to it: it is asked for at its own sale."""
    assert Caller(officer).get(f"/api/sales/{things['noticed'].pk}/papers/{things['paper'].pk}").status_code == 404


def test_few_papers_and_many_cost_the_same_queries(things, clerk, django_assert_num_queries):
    caller, counts = Caller(clerk), []
    for sale in (things["noticed"], things["sale"]):
        with django_assert_num_queries(5):
            counts.append(len(done(caller.get(f"/api/sales/{sale.pk}/papers"))))
    assert counts == [2, 5]


def test_papers_of_an_introduction_are_for_those_inside(officer, clerk, firm, stranger):
    table = Table(officer=officer, clerk=clerk, firm=firm)
    made, caller = table.talking(), Caller(clerk)
    address = f"/api/introductions/{made.pk}"
    assert caller.get(f"{address}/intent").status_code == 404, "none was signed"
    table.intent(made)
    laid = done(caller.post(f"{address}/papers", {"title": "检测报告"}, file=paper("检测报告.pdf")), 201)
    found = Caller(table.teacher).get(f"{address}/papers/{laid['id']}")
    assert (found.status_code, found["Content-Type"]) == (200, PDF)
    assert "%E6%A3%80%E6%B5%8B" in found["Content-Disposition"], "its Chinese name"
    intent = done(caller.get(f"{address}/intent"))
    signed = caller.get(f"{address}/intent/file")
    assert intent["name"].endswith(".pdf") and signed.content.startswith(b"%PDF")
    for who in (officer, stranger):
        for part in (f"papers/{laid['id']}", "intent", "intent/file"):
            assert Caller(who).get(f"{address}/{part}").status_code == 404


def test_a_letter_is_the_page_s_word_file_and_a_proof_its_paper(things, clerk, stranger):
    running, caller = things["running"], Caller(clerk)
    address = f"/api/cases/{running.pk}"
    assert done(caller.get(f"{address}/record"))["letters"] == ["decision"]
    page = reverse("web:case-document", args=[running.pk, "decision"])
    ours, theirs = same_as_page(caller, clerk, f"{address}/letters/decision", page, WORD)
    words, on_page = ([line.text for line in Document(BytesIO(content)).paragraphs] for content in (ours, theirs))
    assert words == on_page and any(words)
    assert caller.get(f"{address}/letters/agreement").status_code == 404, "there is none yet"
    assert caller.get(f"{address}/letters/nonsense").status_code == 422
    ours, theirs = same_as_page(caller, clerk, f"{address}/proofs/1", reverse("web:case-proof", args=[running.pk, 1]))
    assert ours == theirs
    assert caller.get(f"{address}/proofs/2").status_code == 404
    for part in ("record", "letters/decision", "proofs/1"):
        assert Caller(stranger).get(f"{address}/{part}").status_code == 404


def test_a_record_tells_what_the_page_tells(things, clerk, officer, county):
    running = done(Caller(clerk).get(f"/api/cases/{things['running'].pk}/record"))
    (stone,) = running["milestones"]
    assert (stone["seq"], stone["file"], stone["amount_fen"]) == (1, "report.pdf", 100)
    address = f"/api/cases/{things['filed'].pk}/record"
    filed = done(Caller(clerk).get(address))
    (item,) = filed["notices"]
    assert (item["notice"], item["number"]) == (things["notice"].pk, "公示 1")
    assert filed["promise"]["who"] == str(clerk) and len(filed["promise"]["digest"]) == 64
    assert "填写收款账户" in [line["what"] for line in filed["history"]]
    barred = {
        "who": things["firm"].uscc,
        "since": "2026-01-01",
        "until": "2099-01-01",
        "reason": "失信",
        "document": "1 号",
    }
    done(Caller(officer).post("/api/barred", barred), 201)
    judged = f"/api/cases/{things['seat'].case_id}/record"
    assert "barred" in [one["code"] for one in done(Caller(officer).get(judged))["findings"] if one["blocks"]]
    assert done(Caller(clerk).get(judged))["findings"] == [], "what the office looks at is its own"
    objected = {"name": "某人", "phone": "0635-8400001", "text": "他们去年没有开展研发，账是后补的，请核对凭证。"}
    made = done(Caller(clerk).post(f"/api/notices/items/{things['item'].pk}/objections", objected), 201)
    assert [one["id"] for one in done(Caller(officer).get(address))["objections"]] == [made["id"]]
    for who in (clerk, county):
        assert done(Caller(who).get(address))["objections"] == [], "who objects is told to the office"


@pytest.mark.parametrize("path", ["/api/sales/{pk}/papers/{paper}", "/api/cases/{pk}/letters/{kind}"])
def test_the_document_says_that_a_file_comes(path):
    answers = api.get_openapi_schema()["paths"][path]["get"]["responses"]
    kinds = answers[200]["content"]
    assert all(one["schema"] == {"type": "string", "format": "binary"} for one in kinds.values())
    assert (PDF in kinds) is ("sales" in path) and (WORD in kinds) is True
    assert 404 in answers


def test_a_program_hands_papers_in_and_takes_one_back(things, clerk, county):
    """By name, as the declaration asks; a file or a sentence; each fault at its field."""
    application, caller = things["application"], Caller(clerk)
    address = f"/api/cases/{application.pk}/papers"
    asked = {one["name"]: one for one in done(caller.get(address))}
    assert asked["联合协议"]["must"] and asked["联合协议"]["proves"] == ["has_firm_and_school", "agreement_no"]
    assert asked["申报书"]["papers"][0]["said"] == "原件交窗口"
    made = caller.post(address, {"name": "联合协议"}, file=paper("联合协议"))
    assert made.status_code == 201 and made.json()["file"] == "联合协议.pdf" and len(made.json()["sha256"]) == 64
    one = f"{address}/{made.json()['id']}"
    ours, theirs = same_as_page(caller, clerk, one, reverse("web:case-paper", args=[application.pk, made.json()["id"]]))
    assert ours == theirs
    for body, at in (({"name": "联合协议"}, "file"), ({"name": "户口本", "said": "在家"}, "name")):
        wrong = caller.post(address, body)
        assert wrong.status_code == 422 and at in wrong.content.decode(), wrong.content
    assert done(caller.post(f"{one}/take-back", {}))["taken_back_at"]
    assert caller.post(f"{one}/take-back", {}).status_code == 409
    assert caller.get(one).status_code == 404
    assert Caller(county).get(address).status_code == 404  # a draft is the applicant's


def test_few_papers_of_a_case_and_many_cost_the_same_queries(things, clerk, django_assert_num_queries):
    address, caller = f"/api/cases/{things['application'].pk}/papers", Caller(clerk)
    for count in (1, 3):
        with django_assert_num_queries(6):
            rows = done(caller.get(address))
        assert sum(len(one["papers"]) for one in rows) == count
        for name in ("联合协议", "查新报告（12 个月内）"):
            caller.post(address, {"name": name, "said": "原件交窗口"})
