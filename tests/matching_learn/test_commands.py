"""`learn` and `relate` as their caller meets them."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from tests.matching_learn.conftest import put
from triplehelix.__main__ import main

LEVELS = {"1", "2", "3", "4"}


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPLEHELIX_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENCODER", "none")


ALL = ["--judgements", "j.csv", "--needs", "n.csv", "--achievements", "a.csv"]


def rows(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8-sig"))))


def test_learn_shows_both_and_relate_uses_the_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", *ALL, "--out", "m.model"]) == 0
    shown = capsys.readouterr().out
    assert "零样本" in shown and "合计" in shown and "48 条需求变好，0 条变差" in shown
    assert main(["relate", "--pairs", "p.csv", "--out", "o.csv", "--model", "m.model"]) == 0
    found = rows("o.csv")
    assert list(found[0]) == ["need_id", "achievement_id", "level", "p1", "p2", "p3", "p4"]
    judged = {(row["need_id"], row["achievement_id"]): row["level"] for row in rows("j.csv")}
    assert sum(row["level"] == judged[row["need_id"], row["achievement_id"]] for row in found) >= 38
    assert all(abs(sum(float(row[f"p{k}"]) for k in range(1, 5)) - 1) < 1e-3 for row in found)


def test_relate_learns_on_the_spot_the_same_as_from_a_model(folder: Path) -> None:
    assert main(["learn", *ALL, "--out", "m.model"]) == 0
    assert main(["relate", "--pairs", "p.csv", "--out", "one.csv", "--model", "m.model"]) == 0
    assert main(["relate", "--pairs", "p.csv", "--out", "two.csv", *ALL]) == 0
    assert rows("one.csv") == rows("two.csv")


def test_relate_works_without_any_judgement_and_writes_a_workbook(folder: Path) -> None:
    assert main(["relate", "--pairs", "p.csv", "--out", "o.xlsx"]) == 0
    sheet = openpyxl.load_workbook("o.xlsx").active
    assert [cell.value for cell in sheet[1]] == ["need_id", "achievement_id", "level", "p1", "p2", "p3", "p4"]
    assert sheet.max_row == 41
    assert {str(row[2].value) for row in sheet.iter_rows(min_row=2)} <= LEVELS


def test_evaluate_shows_both_protocols(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relate", "--evaluate", *ALL]) == 0
    shown = capsys.readouterr().out
    assert "按需求 7 折" in shown and "按等级分层 7 折" in shown and "恒定等级" in shown


def test_few_judgements_are_said_and_nothing_is_learned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("j.csv").write_text("\n".join(Path("j.csv").read_text(encoding="utf-8").splitlines()[:30]), encoding="utf-8")
    assert main(["learn", *ALL, "--out", "m.model"]) == 0
    shown = capsys.readouterr()
    assert "保留零样本的排序：有评判的需求只有" in shown.out and "不含等级" in shown.err
    assert main(["relate", "--pairs", "p.csv", "--out", "o.csv", "--model", "m.model"]) == 0
    assert {row["level"] for row in rows("o.csv")} <= LEVELS


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["learn", *ALL[:4], "--achievements", "x.csv"], "找不到文件 x.csv"),
        (["learn", *ALL, "--out", "none/m"], "没有这个文件夹"),
        (["learn", "--judgements", "n.csv", *ALL[2:]], "缺少列 need_id（需求编号）"),
        (["relate"], "请给 --pairs 和 --out"),
        (["relate", "--pairs", "p.csv"], "请给 --pairs 和 --out"),
        (["relate", "--pairs", "p.csv", "--out", "o.txt"], "结尾"),
        (["relate", "--pairs", "j.csv", "--out", "o.csv"], "缺少列 need_title（需求名称）"),
        (["relate", "--pairs", "p.csv", "--out", "o.csv", "--judgements", "j.csv"], "要与它的需求表、成果表一起给"),
        (["relate", "--pairs", "p.csv", "--out", "o.csv", "--model", "p.csv"], "不是本系统学出的模型"),
        (["relate", "--pairs", "p.csv", "--out", "o.csv", "--model", "m", *ALL], "只给一样"),
        (["relate", "--evaluate"], "--evaluate 需要"),
        (["relate", "--pairs", "empty.csv", "--out", "o.csv"], "empty.csv"),
    ],
)
def test_a_call_that_cannot_be_carried_out_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], call: list[str], said: str
) -> None:
    put(Path("empty.csv"), ("need_id", "need_title", "need_content", "achievement_id", "achievement_title"), [])
    assert main(call) == 2
    shown = capsys.readouterr()
    assert said in shown.err and "Traceback" not in shown.err and not shown.out
