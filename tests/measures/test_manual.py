"""docs/measures/ is what the declarations say: a changed right shows as a changed page."""

from importlib import import_module

from triplehelix.doors.cli.manual import FOLDER, PACKAGE, pages


def test_the_committed_pages_are_the_declarations():
    wanted = pages(PACKAGE, import_module(PACKAGE).FIRST_DAY)
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert committed.keys() == wanted.keys(), "run ./run manual"
    changed = [name for name, text in wanted.items() if committed[name] != text]
    assert changed == [], "run ./run manual, read the pages, commit them"


def test_a_page_shows_clause_amount_cases_steps_and_questions():
    page = pages(PACKAGE, import_module(PACKAGE).FIRST_DAY)["M3.2.md"]
    for part in (
        "三（二）",
        "## 适用对象",
        "### 条件",
        "### 金额",
        "### 算例",
        "## 办理过程",
        "```mermaid",
        "## 待定事项",
        "999,999.00 元",
    ):
        assert part in page
