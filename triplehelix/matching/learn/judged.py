"""Judgements and pairs read from sheets, with every mistake named by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triplehelix.foundation.sheet import Table
from triplehelix.foundation.sheet.cells import same
from triplehelix.matching.files import Item, Unusable

Ints = npt.NDArray[np.int64]

#: 1 unrelated, 2 weak, 3 fairly strong, 4 strong.
LEVELS = (1, 2, 3, 4)
SHOWN = 10
NAMES = {
    "need_id": ("need_id", "需求编号"),
    "need_title": ("need_title", "需求名称", "需求标题", "需求"),
    "need_content": ("need_content", "需求内容", "需求描述"),
    "achievement_id": ("achievement_id", "成果编号"),
    "achievement_title": ("achievement_title", "成果名称", "成果标题", "成果"),
    "achievement_content": ("achievement_content", "成果内容", "成果简介", "成果描述"),
    "level": ("level", "等级", "关联度"),
}


@dataclass(frozen=True)
class Pairs:
    """Pairs of a need and an achievement: `rows` (n, 2) are places in `needs` and `achievements`.

    `levels` (n,) are 1 … 4, or empty where nobody judged.
    """

    needs: Sequence[Item]
    achievements: Sequence[Item]
    rows: Ints
    levels: Ints


def read_judgements(table: Table, name: str, needs: Sequence[Item], achievements: Sequence[Item]) -> Pairs:
    """need_id, achievement_id, level of a sheet. Raises Unusable: columns, unknown ids, levels, a pair twice, empty."""
    table = table.headed_by(NAMES.values())
    columns = _columns(table, name, ("need_id", "achievement_id", "level"))
    places = {
        "need_id": {item.id: place for place, item in enumerate(needs)},
        "achievement_id": {item.id: place for place, item in enumerate(achievements)},
    }
    seen: dict[tuple[int, int], int] = {}
    levels, wrong = [], []
    for row in table.rows:
        given = {key: row.text(header) for key, header in columns.items()}
        try:
            need = _place(given["need_id"], places["need_id"], "需求")
            both = (need, _place(given["achievement_id"], places["achievement_id"], "成果"))
            level = _level(given["level"])
            if both in seen:
                raise ValueError(f"与第 {seen[both]} 行是同一对")
        except ValueError as why:
            wrong.append(f"第 {row.number} 行{why}")
            continue
        seen[both] = row.number
        levels.append(level)
    _refuse(wrong, name)
    if not levels:
        raise Unusable(f"{name}：没有一条评判")
    return Pairs(needs, achievements, np.array(list(seen), np.int64), np.array(levels, np.int64))


def _place(given: str, known: Mapping[str, int], what: str) -> int:
    if not given:
        raise ValueError(f"没有{what}编号")
    if given not in known:
        raise ValueError(f"的{what}编号 {given} 在{what}表里没有")
    return known[given]


def _level(given: str) -> int:
    try:
        level = float(given)
    except ValueError:
        level = 0.0
    if level not in LEVELS:
        raise ValueError(f"的等级“{given}”不是 1、2、3、4 之一")
    return int(level)


def read_pairs(table: Table, name: str) -> Pairs:
    """Pairs with their texts in the row. Raises Unusable: columns, empty ids or texts, one id with two texts, empty."""
    table = table.headed_by(NAMES.values())
    wanted = ("need_id", "need_title", "need_content", "achievement_id", "achievement_title")
    columns = _columns(table, name, wanted, ("achievement_content",))
    sides: dict[str, dict[str, Item]] = {"need": {}, "achievement": {}}
    seen: dict[tuple[str, str], int] = {}
    wrong = []
    for row in table.rows:
        given = {key: row.text(header) for key, header in columns.items()}
        try:
            pair = (_side(given, "need", sides, "需求"), _side(given, "achievement", sides, "成果"))
            if pair in seen:
                raise ValueError(f"与第 {seen[pair]} 行是同一对")
        except ValueError as why:
            wrong.append(f"第 {row.number} 行{why}")
            continue
        seen[pair] = row.number
    _refuse(wrong, name)
    if not seen:
        raise Unusable(f"{name}：没有一对需求与成果")
    places = {side: {key: place for place, key in enumerate(found)} for side, found in sides.items()}
    rows = [(places["need"][one], places["achievement"][other]) for one, other in seen]
    needs, achievements = list(sides["need"].values()), list(sides["achievement"].values())
    return Pairs(needs, achievements, np.array(rows, np.int64), np.zeros(0, np.int64))


def _side(given: Mapping[str, str], side: str, sides: dict[str, dict[str, Item]], what: str) -> str:
    key, title, text = given[f"{side}_id"], given[f"{side}_title"], given.get(f"{side}_content", "")
    if not key:
        raise ValueError(f"没有{what}编号")
    if not title and not text:
        raise ValueError(f"（{what} {key}）没有文字")
    item = Item(key, title, text) if title else Item(key, text[:40], text, titled=False)
    known = sides[side].setdefault(key, item)
    if known.asked != item.asked:
        raise ValueError(f"的{what}编号 {key} 前面是另一段文字")
    return key


def _columns(table: Table, name: str, wanted: Sequence[str], also: Sequence[str] = ()) -> dict[str, str]:
    shown = {same(header): header for header in table.headers}
    found: dict[str, str] = {}
    for key in (*wanted, *also):
        header = next((shown[same(n)] for n in NAMES[key] if same(n) in shown), None)
        if header:
            found[key] = header
    if lacking := [f"{NAMES[key][0]}（{NAMES[key][1]}）" for key in wanted if key not in found]:
        raise Unusable(f"{name}：缺少列 {'、'.join(lacking)}；表头现有：{'、'.join(table.headers)[:200]}")
    return found


def _refuse(wrong: Sequence[str], name: str) -> None:
    if wrong:
        rest = f"……共 {len(wrong)} 处" if len(wrong) > SHOWN else ""
        raise Unusable(f"{name}：" + "；".join(wrong[:SHOWN]) + rest + "。请改好后再试。")
