"""`python -m triplehelix match` as its caller meets it: files in, files out, refusals in one sentence."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest

NEEDS = "关键词,编号,单位,标题\n淬火,N1,甲厂,轴承热处理变形\n,N2,乙厂,How to recycle waste copper\n"
DONE = "编号,成果名称,摘要,电话\n=A1,轴承套圈控形热处理,采用控形淬火,1\nA2,废铜再生利用,从废料中回收铜,2\nA3,玻璃,,3\n"


def match(folder: Path, *more: str, needs: str = "n.csv") -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "triplehelix", "match", "--needs", needs, "--achievements", "a.csv"]
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "TRIPLEHELIX_VAR": str(folder / "var"), "PYTHONPATH": root}
    return subprocess.run([*program, *more], cwd=folder, env=env, capture_output=True, text=True, timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "n.csv").write_text(NEEDS, encoding="gb18030")
    (tmp_path / "a.csv").write_text(DONE, encoding="utf-8-sig")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_an_english_need_finds_a_chinese_achievement_and_nothing_runs_as_a_formula(folder: Path) -> None:
    done = match(folder, "--out", "m.csv")
    assert done.returncode == 0, done.stderr
    found = rows(folder / "m.csv")
    assert list(found[0]) == ["need_id", "achievement_id", "rank", "score", "why"]
    best = {row["need_id"]: row["achievement_id"] for row in found if row["rank"] == "1"}
    assert best["N2"] == "A2" and best["N1"].endswith("=A1") and not best["N1"].startswith("=")


def test_a_workbook_has_both_sheets_and_the_callers_own_columns(folder: Path) -> None:
    done = match(folder, "--out", "m.xlsx", "--encoder", "none")
    assert done.returncode == 0 and "只按词" in done.stderr
    book = openpyxl.load_workbook(folder / "m.xlsx")
    assert book.sheetnames == ["全部匹配", "摘要"]
    assert {"需求·单位", "成果·电话"} <= {cell.value for cell in book["全部匹配"][1]}


def test_one_need_can_be_looked_at_in_the_terminal(folder: Path) -> None:
    done = match(folder, "--explain", "N1", "--encoder", "none")
    assert done.returncode == 0
    assert "轴承套圈控形热处理" in done.stdout
    assert "共同点" in done.stdout


BAD = {
    "empty.csv": ("", "empty.csv"),
    "noid.csv": ("标题\n轴承\n", "编号"),
    "twice.csv": ("编号,标题\nN1,轴承\nN1,钢\n", "第 3 行的编号 N1 与第 2 行重复"),
}


@pytest.mark.parametrize("name", [*BAD, "missing.csv", "big.csv", "locked.xlsx"])
def test_a_sheet_that_cannot_be_used_is_refused_by_name(folder: Path, name: str) -> None:
    said = name
    if name in BAD:
        text, said = BAD[name]
        (folder / name).write_text(text, encoding="utf-8")
    if name == "big.csv":
        with (folder / name).open("wb") as big:
            big.truncate(200 * 2**20)
    if name == "locked.xlsx":
        lock(folder / name)
    refused(match(folder, "--out", "m.csv", "--encoder", "none", needs=name), said)


def lock(path: Path) -> None:
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    with path.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", out)


@pytest.mark.parametrize(
    ("more", "said"),
    [(("--out", "m.pdf"), ".xlsx"), (("--out", "m.csv", "--fields", "colour"), "colour"), ((), "--out")],
)
def test_a_call_that_cannot_be_carried_out_is_refused(folder: Path, more: tuple[str, ...], said: str) -> None:
    refused(match(folder, *more), said)


def refused(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr, done.stderr
