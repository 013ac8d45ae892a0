"""Rows of a sheet that are no rows of data: what is counted up below, who filled it in, and the unit above the header.

They are left out and named to whoever sent the sheet, before anything of it is stored.
"""

import re
from collections.abc import Iterable

from triplehelix.foundation.sheet.cells import Row, Table

#: A row whose first filled cell is one of these counts up the others. Blanks within do not matter: 合 计.
TOTALS = frozenset({"合计", "总计", "小计", "共计"})
#: What stands before a colon where a sheet says who filled it in and when, and what somebody remarks on it.
SIGNED = re.compile(
    r"(填表人|填报人|制表人|制表|经办人|审核人|审核|复核人|负责人|单位负责人|填报单位|填表单位|填表日期|填报日期|填报时间"
    r"|联系人|备注|注|说明)[:：]"
)
#: As remarks above a header say in which unit the amounts below are.
UNIT_ABOVE = re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*(千元|万元|亿元|百万元|元)")
SHOWN = 20


def is_total(row: Row) -> bool:
    """Whether the row counts up the others."""
    return "".join(_first(row).split()) in TOTALS


def is_remark(row: Row, required: Iterable[str]) -> bool:
    """Whether the row is a remark across the sheet: it begins as one, or is one text in merged cells, and nothing else
    is in what a row of data must have (`required`, headers)."""
    first = _first(row)
    if not (_is_signed(first) or _is_one_cell(row)):
        return False
    return all(not (text := row.text(header)) or text == first or _is_signed(text) for header in required)


def _is_signed(text: str) -> bool:
    return SIGNED.match("".join(text.split())) is not None


def _is_one_cell(row: Row) -> bool:
    """Nothing but one text, in a cell merged with others of its row."""
    merged = [one for one in row.cells.values() if one.problem is not None and one.problem.code == "merged"]
    if len(merged) < 2:
        return False
    filled = [one for header, one in row.cells.items() if row.text(header)]
    return len(filled) == 1 and filled[0] in merged


def _first(row: Row) -> str:
    return next((text for header in row.cells if (text := row.text(header))), "")


def unit_above(table: Table) -> str:
    """The unit of amounts named above the header (金额单位：千元), "" where none or several are."""
    above = {
        found for _number, cells in table.lines[: table.at] for one in cells for found in UNIT_ABOVE.findall(one.text)
    }
    return above.pop() if len(above) == 1 else ""


def notes(totals: list[Row], remarks: list[Row]) -> list[str]:
    """A sentence for each kind of row that was left out."""
    said = []
    if totals:
        said.append(f"第 {_numbers(totals)} 行是合计，没有读取")
    if remarks:
        said.append(f"第 {_numbers(remarks)} 行是说明，没有读取：{_first(remarks[0])[:SHOWN]}")
    return said


def _numbers(rows: list[Row]) -> str:
    return "、".join(str(row.number) for row in rows[:SHOWN]) + ("…" if len(rows) > SHOWN else "")
