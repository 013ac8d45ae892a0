"""docs/howto/write-a-policy-pack.md is true: its steps, taken as they stand, give a pack the site starts with."""

import os
import re
import shutil
import subprocess
import sys
import textwrap

import pytest

from triplehelix.config.paths import ROOT

PAGE = (ROOT / "docs" / "howto" / "write-a-policy-pack.md").read_text(encoding="utf-8")
MEASURE = (ROOT / "docs" / "howto" / "add-a-measure.md").read_text(encoding="utf-8")


def block(page, begins):
    """The indented block of the page that begins with this line."""
    lines = page.split("\n")
    start = lines.index(f"    {begins}")
    end = next(n for n in range(start, len(lines)) if lines[n] and not lines[n].startswith("    "))
    return textwrap.dedent("\n".join(lines[start:end])).strip() + "\n"


@pytest.fixture
def begun(tmp_path):
    """Step 1: the folder with the copied lists, and the variables."""
    assert "cp -r triplehelix/measures/liaocheng/reference /srv/mypack/" in PAGE
    folder = tmp_path / "mypack"
    shutil.copytree(ROOT / "triplehelix" / "measures" / "liaocheng" / "reference", folder / "reference")
    return folder


def run(folder, *command):
    """`./run …` with the page's two variables."""
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env |= {"PYTHONPATH": str(folder.parent), "TRIPLEHELIX_MEASURES": "mypack"}
    return subprocess.run(
        [sys.executable, "-m", "triplehelix", *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_the_steps_of_the_page(begun):
    told = run(begun, "pack")
    assert told.returncode == 1 and "Traceback" not in told.stderr
    assert f"{begun}: no measure: write one as m<chapter>_<number>.py" in told.stderr

    (begun / "__init__.py").write_text(block(PAGE, "from datetime import date"), encoding="utf-8")
    code = block(MEASURE, '"""五（五）共享实验室: a reward for opening equipment to other firms."""')
    code = code.replace("from triplehelix.measures.liaocheng import FIRST_DAY", "from mypack import FIRST_DAY")
    (begun / "m5_5.py").write_text(code, encoding="utf-8")
    told = run(begun, "pack")
    assert told.returncode == 1 and "finance.toml [awards] interest：没有奖补事项“M5.2-interest”" in told.stderr

    (begun / "reference" / "finance.toml").write_text(block(PAGE, "offered = false"), encoding="utf-8")
    with (begun / "reference" / "procedure.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + block(PAGE, "[[sheet]]"))
    told = run(begun, "pack")
    assert (told.returncode, told.stdout) == (0, "mypack：1 项措施，1 个奖补事项，3 个算例，全部相符\n"), told.stderr
    assert "一字不差：commitments.toml、contracts.toml、fund.toml、lists.toml、units.toml。" in told.stderr

    assert "M5.5" in run(begun, "decide").stdout
    assert run(begun, "manual", "--to", str(begun / "manual")).returncode == 0
    assert (begun / "manual" / "M5.5.md").exists()


def test_a_clause_of_the_page_gives_the_code_beside_it():
    from triplehelix.policy.article import Article

    rows = re.findall(r"\| `(Article\([^`]+\))` \| M([0-9.]+),", PAGE)
    assert len(rows) == 2
    for written, number in rows:
        assert eval(written, {"Article": Article}).number == number


def test_the_files_of_the_page_are_those_of_a_pack():
    named = set(re.findall(r"\b([a-z_]+(?:_2026)?)\.toml", block(PAGE, "reference/")))
    folder = ROOT / "triplehelix" / "measures" / "liaocheng" / "reference"
    assert named == {path.stem for path in folder.glob("*.toml")} - {"calendar_2025"}


def test_the_parts_of_an_amount_on_the_page_are_all_there_are():
    from triplehelix.policy import expression, once, terms

    page = MEASURE[MEASURE.index("## What an amount is put together from") : MEASURE.index("\nThen:\n")]
    named = set(re.findall(r"\b([a-z_]+)\(", page)) - {"by", "equals"}
    named |= {"judged_day"} & set(re.findall(r"`([a-z_]+)`", page))  # a day, and no function
    offered = {name for name in expression.__all__ if name.islower()} - {"summed", "within"}  # the house's own
    assert offered <= named
    assert all(any(hasattr(room, name) for room in (expression, terms)) for name in named)
    assert "awards" in once.Earlier.__dataclass_fields__ and "at_most" in terms.Spec.__dataclass_fields__
