"""Judgements, pairs and models as files: what is read, what is refused and in which words."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from tests.matching_learn.conftest import put
from triplehelix.foundation.sheet import read_table
from triplehelix.matching.files import Item, Unusable
from triplehelix.matching.learn import model
from triplehelix.matching.learn.judged import Pairs, read_judgements, read_pairs
from triplehelix.matching.learn.model import Learned
from triplehelix.matching.learn.train import Sheets, chances, train, train_ranking

NEEDS = [Item("n1", "轴承", ""), Item("n2", "齿轮", "")]
DONE = [Item("a1", "轴承热处理", ""), Item("a2", "齿轮磨削", "")]
J = ("need_id", "achievement_id", "level")
P = ("need_id", "need_title", "need_content", "achievement_id", "achievement_title")


def told(folder: Path, headings: tuple[str, ...], *rows: tuple[object, ...]) -> Pairs:
    put(folder / "j.csv", headings, list(rows))
    return read_judgements(read_table(folder / "j.csv"), "j.csv", NEEDS, DONE)


def test_judgements_are_read_with_chinese_headings_too(tmp_path: Path) -> None:
    found = told(tmp_path, ("需求编号", "成果编号", "等级", "谁"), ("n2", "a1", "4", "张"), ("n1", "a2", " 1 ", ""))
    assert found.rows.tolist() == [[1, 0], [0, 1]] and found.levels.tolist() == [4, 1]


@pytest.mark.parametrize(
    ("headings", "rows", "said"),
    [
        (("need_id", "achievement_id", "score"), [("n1", "a1", 1)], "缺少列 level（等级）"),
        (("need_id", "level"), [("n1", 1)], "缺少列 achievement_id（成果编号）"),
        (J, [("n1", "a1", 1), ("n9", "a1", 1)], "第 3 行的需求编号 n9 在需求表里没有"),
        (J, [("n1", "a9", 1)], "第 2 行的成果编号 a9 在成果表里没有"),
        (J, [("n1", "a1", 5)], "第 2 行的等级“5”不是 1、2、3、4 之一"),
        (J, [("n1", "a1", 0)], "不是 1、2、3、4 之一"),
        (J, [("n1", "a1", 2.5)], "“2.5”不是"),
        (J, [("n1", "a1", "强")], "“强”不是"),
        (J, [("n1", "a1", "nan")], "“nan”不是"),
        (J, [("n1", "a1", "")], "“”不是"),
        (J, [("", "a1", 1)], "第 2 行没有需求编号"),
        (J, [("n1", "a1", 1), ("n1", "a1", 2)], "第 3 行与第 2 行是同一对"),
        (J, [("n1", "x", 1)] * 12, "共 12 处"),
    ],
)
def test_a_mistake_in_judgements_is_named(
    tmp_path: Path, headings: tuple[str, ...], rows: list[tuple[object, ...]], said: str
) -> None:
    with pytest.raises(Unusable, match=r"j.csv") as refused:
        told(tmp_path, headings, *rows)
    assert said in str(refused.value)


def test_pairs_carry_their_texts(tmp_path: Path) -> None:
    rows = [
        ("1", "轴承", "寿命短", "7", "热处理"),
        ("1", "轴承", "寿命短", "8", "磨削"),
        ("2", "", "要齿轮", "7", "热处理"),
    ]
    put(tmp_path / "p.csv", P, rows)
    found = read_pairs(read_table(tmp_path / "p.csv"), "p.csv")
    assert found.rows.tolist() == [[0, 0], [0, 1], [1, 0]]
    assert found.needs[0].asked == ("轴承", "寿命短") and found.needs[1].asked == ("", "要齿轮")
    assert not len(found.levels)


@pytest.mark.parametrize(
    ("headings", "rows", "said"),
    [
        (P[:4], [("1", "a", "b", "2")], "缺少列 achievement_title（成果名称）"),
        (P, [("1", "a", "b", "2", "c"), ("1", "other", "b", "3", "c")], "第 3 行的需求编号 1 前面是另一段文字"),
        (P, [("1", "a", "b", "2", "")], "第 2 行（成果 2）没有文字"),
        (P, [("1", "a", "b", "", "c")], "第 2 行没有成果编号"),
        (P, [("1", "a", "b", "2", "c"), ("1", "a", "b", "2", "c")], "第 3 行与第 2 行是同一对"),
    ],
)
def test_a_mistake_in_pairs_is_named(
    tmp_path: Path, headings: tuple[str, ...], rows: list[tuple[object, ...]], said: str
) -> None:
    put(tmp_path / "p.csv", headings, rows)
    with pytest.raises(Unusable) as refused:
        read_pairs(read_table(tmp_path / "p.csv"), "p.csv")
    assert said in str(refused.value)


@pytest.fixture(scope="module")
def learned(sheets: Sheets, judged: Pairs) -> Learned:
    return train(sheets, judged, train_ranking(sheets, judged))


def test_a_model_read_again_says_the_same(tmp_path: Path, learned: Learned, judged: Pairs) -> None:
    model.write(tmp_path / "m", learned)
    again = model.read(tmp_path / "m", "none")
    assert np.array_equal(again.ranker.weights, learned.ranker.weights)
    assert np.allclose(chances(again, judged, None), chances(learned, judged, None), atol=1e-6)
    assert again.header["learned_from"]["judgements"] == len(judged.levels)
    assert again.header["total"]["learned"]["ndcg"] > again.header["total"]["zero_shot"]["ndcg"]


def test_the_same_judgements_make_the_same_file(
    tmp_path: Path, sheets: Sheets, judged: Pairs, learned: Learned
) -> None:
    model.write(tmp_path / "one", learned)
    model.write(tmp_path / "two", train(sheets, judged, train_ranking(sheets, judged)))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_other_judgements_have_another_hash(sheets: Sheets, judged: Pairs, learned: Learned) -> None:
    levels = judged.levels.copy()
    levels[0] = 3
    other = Pairs(judged.needs, judged.achievements, judged.rows, levels)
    header = train(sheets, other, train_ranking(sheets, other)).header
    assert header["learned_from"]["sha256"] != learned.header["learned_from"]["sha256"]


def test_no_text_is_kept_in_a_model(tmp_path: Path, learned: Learned, judged: Pairs) -> None:
    model.write(tmp_path / "m", learned)
    with np.load(tmp_path / "m", allow_pickle=False) as file:
        texts = "".join(str(file[name]) for name in file.files if file[name].dtype.kind == "U")
    assert "轴承" not in texts and judged.needs[0].text not in texts


def test_what_is_no_model_is_refused(tmp_path: Path, learned: Learned) -> None:
    path = tmp_path / "m"
    for bad in (b"", b"id,title\n", pickle.dumps({"header": 1})):
        path.write_bytes(bad)
        with pytest.raises(Unusable, match="不是本系统学出的模型"):
            model.read(path, "none")
    with path.open("wb") as file:
        np.savez(file, header=np.array(json.dumps({"format": "another"})))
    with pytest.raises(Unusable, match="不是本系统学出的模型"):
        model.read(path, "none")
    with pytest.raises(Unusable, match="找不到模型"):
        model.read(tmp_path / "none", "none")


def test_a_model_of_another_encoder_or_version_is_refused(
    tmp_path: Path, learned: Learned, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.write(tmp_path / "m", learned)
    with pytest.raises(Unusable, match="编码器 none 学的，现在用的是 other"):
        model.read(tmp_path / "m", "other")
    monkeypatch.setattr(model, "VERSION", model.VERSION + 1)
    with pytest.raises(Unusable, match="另一版程序学出的"):
        model.read(tmp_path / "m", "none")
