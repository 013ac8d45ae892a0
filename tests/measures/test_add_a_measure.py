"""docs/howto/add-a-measure.md is true: its one file, put into a temporary pack, works everywhere."""

import json
import shutil
import sys
import textwrap
from pathlib import Path

import pytest
from django.utils import timezone

import triplehelix.measures.liaocheng as own
from tests.cases.city import uscc
from triplehelix.__main__ import main
from triplehelix.doors.cli.manual import pages
from triplehelix.policy.answer import as_json
from triplehelix.policy.decision import decide
from triplehelix.policy.registry import load
from triplehelix.procedure.candidates.columns import schema_of
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import papers
from triplehelix.procedure.cases.flow import flow_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.letters.write import decision
from triplehelix.records.parties import actions as parties

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "add-a-measure.md"


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A package beside the house with one measure of ours and the page's own."""
    name = f"pack_{tmp_path.name}".replace("-", "_")
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(Path(own.__file__), folder / "__init__.py")
    shutil.copy(Path(own.__file__).parent / "m5_4.py", folder / "m5_4.py")
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith('    """'))
    code = lines[start:]
    end = next(n for n, line in enumerate(code) if line and not line.startswith("    "))
    (folder / "m5_5.py").write_text(textwrap.dedent("\n".join(code[:end])), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("TRIPLEHELIX_MEASURES", name)
    yield name
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def test_the_worked_cases_hold(pack):
    award = load(pack).award("M5.5")
    for example in award.examples:
        found = decide(award, example.facts, award.day_of(example))
        assert (found.granted, tuple(c.code for c in found.refused)) == (example.granted_fen, example.refused)


def test_decide_answers(pack, capsys, tmp_path):
    assert main(["decide", "M5.5", "--template"]) == 0
    (tmp_path / "f.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["decide", "M5.5", "--facts", str(tmp_path / "f.json"), "--on", "2026-06-30"]) == 0
    assert json.loads(capsys.readouterr().out)["granted_fen"] == 5_000_000


def test_the_manual_has_its_page(pack):
    page = pages(pack, own.FIRST_DAY)["M5.5.md"]
    assert "服务收入 × 奖励比例" in page
    assert "50,000.00 元" in page


@pytest.mark.django_db
def test_the_form_the_list_and_the_api(pack, settings, client):
    settings.MEASURES = pack
    assert "共享实验室奖励" in client.get("/measures/").content.decode()
    answer = client.get("/awards/M5.5/?service_income_yuan=500000&open_to_all=true&audit_no=9")
    assert answer.context["decision"].granted == 5_000_000
    wrong = client.get("/awards/M5.5/?service_income_yuan=-1")
    assert set(wrong.context["form"].errors) == {"service_income_yuan", "open_to_all", "audit_no"}
    assert client.get("/api/awards/M5.5").json()["facts"][0]["key"] == "service_income_yuan"


def test_the_list_has_its_columns_and_the_procedure_its_matrix(pack):
    award = load(pack).award("M5.5")
    columns = [column.heading for column in schema_of(award, own.FIRST_DAY).columns]
    assert columns[0] == "统一社会信用代码" and columns[-1] == "金额单位"
    assert {fact.label for fact in award.facts} <= set(columns)
    flow = flow_of("quick", award.parts)
    allowed = {(cell.state.code, cell.step.code, cell.relation) for cell in flow.matrix() if cell.allowed}
    assert ("draft", "submit", "applicant") in allowed
    assert ("paying", "order", "finance") in allowed
    assert ("paying", "order", "applicant") not in allowed


def test_the_letter_says_the_clause_and_the_amount(pack):
    award = load(pack).award("M5.5")
    day = award.day_of(award.examples[0])
    answer = as_json(decide(award, award.examples[0].facts, day))
    letter = decision(
        number="1", issuer="市科学技术局", day=day, payee="某单位", award_name=award.name,
        articles=[(article.ref, article.quote) for article in award.articles], answer=answer, granted_fen=5_000_000,
    )  # fmt: skip
    said = " ".join([block.text for block in letter.blocks] + [str(block.rows) for block in letter.blocks])
    assert "人民币伍万元整" in said and award.articles[0].ref in said


@pytest.mark.django_db
def test_a_firm_applies_for_it_on_a_form_made_from_the_declaration(pack, settings, client):
    settings.MEASURES = pack
    now = timezone.now()
    today = timezone.localdate(now)
    firm = parties.register_organisation(uscc=uscc(1), name="某单位", region="371521", actor=None, now=now)
    member = parties.create_account(email="m@example.com", name="经办", password=None, actor=None, now=now)
    parties.add_member(account=member, organisation=firm, role="admin", since=today, actor=None, now=now)
    round = cases.open_round(
        award_code="M5.5", lane="quick", title="共享实验室", year=today.year, opens_on=today, closes_on=today,
        actor=None, now=now,
    )  # fmt: skip
    client.force_login(member)
    client.post(f"/rounds/{round.pk}/", {"title": "一间实验室"})
    case = Case.objects.get()
    form = {"title": "一间实验室", "service_income_yuan": "500000", "open_to_all": "true", "audit_no": "9"}
    form |= {"seen_version": case.version}
    for paper in papers.missing(case):
        client.post(f"/cases/{case.pk}/papers/", {"name": paper, "said": "原件交窗口"})
    assert "已提交" in client.post(f"/cases/{case.pk}/edit/", form | {"submit": "1"}, follow=True).content.decode()
    case.refresh_from_db()
    assert (case.number, case.state) == (f"M5.5-{today.year}-0001", "accepting")
