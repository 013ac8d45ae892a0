"""docs/howto/add-a-measure.md is true: its one file, put into a temporary pack, works everywhere."""

import json
import shutil
import sys
import textwrap
from pathlib import Path

import pytest

import triplehelix.measures.liaocheng as own
from triplehelix.__main__ import main
from triplehelix.doors.cli.manual import pages
from triplehelix.policy.decision import decide
from triplehelix.policy.registry import load

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
        found = decide(award, example.facts, example.on)
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
    answer = client.get("/awards/M5.5/?service_income_yuan=500000&open_to_all=true")
    assert answer.context["decision"].granted == 5_000_000
    wrong = client.get("/awards/M5.5/?service_income_yuan=-1")
    assert set(wrong.context["form"].errors) == {"service_income_yuan", "open_to_all"}
    assert client.get("/api/awards/M5.5").json()["facts"][0]["key"] == "service_income_yuan"
