"""A made-up market with a known taste: judges like what is a 装置, which no zero-shot score can know."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triplehelix.matching.files import Item
from triplehelix.matching.learn.judged import Pairs
from triplehelix.matching.learn.train import Sheets

OBJECTS = (
    *("轴承", "齿轮", "电机", "阀门", "焊缝", "铸件", "模具", "涂层", "电池", "薄膜", "纤维", "橡胶"),
    *("陶瓷", "玻璃", "水泥", "钢管", "铜带", "铝箔", "秸秆", "小麦", "疫苗", "饲料", "染料", "农药"),
)
FORMS = ("制备方法", "关键技术", "管理系统", "检测装置", "应用研究", "新型材料", "加工装置", "生产工艺")
TROUBLES = ("寿命太短，客户退货", "合格率上不去，废品多")


def market() -> tuple[list[Item], list[Item]]:
    """48 needs, two for each object, and 192 achievements, eight for each."""
    needs = [
        Item(f"n{k}{t}", f"{thing}问题求解", f"我们做{thing}的，{trouble}。")
        for k, thing in enumerate(OBJECTS)
        for t, trouble in enumerate(TROUBLES)
    ]
    done = [Item(f"a{k}{f}", f"{thing}{form}", "") for k, thing in enumerate(OBJECTS) for f, form in enumerate(FORMS)]
    return needs, done


def judged_by(taste: Callable[[int, int, np.random.Generator], int], strays: int = 6) -> Pairs:
    """Judgements of each need's own object's achievements and of some strays; `taste(need, achievement, chance)`."""
    needs, done = market()
    chance = np.random.default_rng(7)
    rows, levels = [], []
    for need in range(len(needs)):
        own = range(need // 2 * len(FORMS), (need // 2 + 1) * len(FORMS))
        other = [a for a in chance.permutation(len(done))[:strays] if a not in own]
        for achievement in (*own, *map(int, other)):
            rows.append((need, achievement))
            levels.append(taste(need, achievement, chance))
    return Pairs(needs, done, np.array(rows, np.int64), np.array(levels, np.int64))


def likes_devices(need: int, achievement: int, chance: np.random.Generator) -> int:
    """4 for a 装置 of the need's object, 2 for anything else of it, 1 for a stray."""
    if achievement // len(FORMS) != need // 2:
        return 1
    return 4 if "装置" in FORMS[achievement % len(FORMS)] else 2


@pytest.fixture(scope="session")
def sheets() -> Sheets:
    needs, done = market()
    return Sheets.of(needs, done, None)


@pytest.fixture(scope="session")
def judged() -> Pairs:
    return judged_by(likes_devices)


@pytest.fixture
def folder(tmp_path: Path, judged: Pairs) -> Path:
    """The market as n.csv, a.csv, j.csv, and some of its pairs as p.csv."""
    needs, done = judged.needs, judged.achievements
    put(tmp_path / "n.csv", ("id", "title", "content"), [(n.id, n.title, n.text) for n in needs])
    put(tmp_path / "a.csv", ("id", "title"), [(a.id, a.title) for a in done])
    told = [(needs[n].id, done[a].id, level) for (n, a), level in zip(judged.rows, judged.levels, strict=True)]
    put(tmp_path / "j.csv", ("need_id", "achievement_id", "level"), told)
    pairs = [(needs[n].id, needs[n].title, needs[n].text, done[a].id, done[a].title) for n, a in judged.rows[:40]]
    put(
        tmp_path / "p.csv",
        ("need_id", "need_title", "need_content", "achievement_id", "achievement_title"),
        pairs,
    )
    return tmp_path


def put(path: Path, headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
