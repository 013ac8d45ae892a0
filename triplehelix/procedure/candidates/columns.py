"""The columns of a list of candidates, from the award's declaration: one for each fact that data can tell."""

from collections.abc import Callable
from datetime import date
from typing import Any

from triplehelix.foundation.codes import full_width
from triplehelix.foundation.money import FEN_PER_UNIT, Fen, MoneyError, parse_amount, parted
from triplehelix.foundation.sheet import Column, Schema
from triplehelix.foundation.text import normalise
from triplehelix.market.imports.columns import a_day
from triplehelix.policy.award import Award
from triplehelix.policy.facts import BadFact, Choices, Count, Day, Fact, Listed, Money, YesNo
from triplehelix.procedure.cases.judge import own
from triplehelix.records.parties import rules

UNITS = ("元", "千元", "万元")
YES, NO = frozenset({"是", "√", "Y", "YES", "TRUE", "1"}), frozenset({"否", "×", "X", "N", "NO", "FALSE", "0"})

NONE = "无"


def told(award: Award) -> tuple[Fact, ...]:
    """The facts a sheet can tell: not tables, and not what the round or the program knows."""
    return tuple(
        fact
        for fact in award.facts
        if fact.key not in own(award) and not fact.about.optional and not isinstance(fact, Listed)
    )


def schema_of(award: Award, on: date) -> Schema:
    """The columns of the award's list. Amounts are read with the unit of their row (列“单位”), 元 without one."""
    return Schema(
        [
            Column("uscc", "统一社会信用代码", required=True, parse=lambda cell: rules.uscc(cell, on), help="18 位"),
            Column(
                "organisation",
                "单位名称",
                ("企业名称",),
                required=True,
                help="与营业执照一致",
                parse=lambda cell: rules.ORGANISATION["name"](cell, on),
            ),
            *(_column(fact) for fact in told(award)),
            Column("unit", "金额单位", ("单位",), choices=UNITS, help="元、千元或万元；不填按元", example="元"),
        ]
    )


def _column(fact: Fact) -> Column:
    said = f"多项用顿号分开，没有写“{NONE}”" if isinstance(fact, Choices) else fact.about.help
    return Column(
        fact.key, fact.label, required=not fact.about.nullable, parse=_parse(fact), help=said,
        choices=("是", "否") if isinstance(fact, YesNo) else (), dated=isinstance(fact, Day),
        amount=isinstance(fact, Money),
    )  # fmt: skip


def _parse(fact: Fact) -> Callable[[str], Any]:
    if isinstance(fact, YesNo):
        return _yes_no
    if isinstance(fact, Money):
        return _amount
    if isinstance(fact, Choices):
        return lambda cell: _read(fact, _several(cell))
    if isinstance(fact, Day):
        return lambda cell: _read(fact, a_day(cell))
    return lambda cell: _read(fact, _half(cell) if isinstance(fact, Count) else cell)


def _read(fact: Fact, given: Any) -> Any:
    try:
        return fact.plain(fact.read(given))
    except BadFact as why:
        raise ValueError(str(why)) from None


def _several(cell: str) -> list[str]:
    """What a cell names, with “、” between; NONE says that there is none, so that an empty cell is a forgotten one."""
    if normalise(cell) in (NONE, "[]"):
        return []
    return [part.strip() for part in cell.replace("，", "、").split("、") if part.strip()]


def _half(cell: str) -> str:
    if full_width(cell):
        raise ValueError(f"含有全角数字，请改为半角：{normalise(cell)}")
    return cell


def _yes_no(cell: str) -> bool:
    word = normalise(cell).upper()
    if word in YES or word in NO:
        return word in YES
    raise ValueError(f"请填“是”或“否”，现在是“{cell[:20]}”")


def _amount(cell: str) -> str:
    """The text of an amount that is one in some unit; which, the row's own column says."""
    cell = _half(cell)
    try:
        found = parse_amount(cell, "万元")
    except MoneyError as why:
        raise ValueError(why.message) from None
    if found < 0:
        raise ValueError(f"不能为负，现在是“{cell[:20]}”")
    return cell


def facts_of(award: Award, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts of one row as they are sent, and messages by column for amounts that are not whole fen."""
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    unit = values.get("unit") or "元"
    for fact in told(award):
        value = values.get(fact.key)
        if value is None:
            if fact.about.nullable:
                found[fact.key] = None
            continue
        if isinstance(fact, Money):
            if (behind := parted(value)[1]) and values.get("unit") not in (None, behind):
                errors[fact.label] = f"这里的单位是{behind}，本行“金额单位”写的是{unit}，请核对"
                continue
            try:
                value = Fen(parse_amount(value, unit)).yuan
                fact.read(value)
            except (MoneyError, BadFact) as why:
                errors[fact.label] = getattr(why, "message", str(why))
                continue
        found[fact.key] = value
    return found, errors


assert set(UNITS) <= set(FEN_PER_UNIT)
