"""What the headings of a table say beside the schema's: the units of amounts, columns that are not read, and which of
them may be meant for one that is missing."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from triplehelix.foundation.sheet import asides
from triplehelix.foundation.sheet.cells import RowError, Table, same
from triplehelix.foundation.sheet.column import Column

#: The column that `annotate` adds to a sheet.
REASON = "错误说明"
#: Nobody misses what stands under these: the clerk's own count of rows, and our reasons of an earlier round.
NOT_MISSED = frozenset({"序号", REASON})
BRACKETED = re.compile(r"[（(][^（）()]*[）)]")
#: A unit in a heading, as 预算（万元）: those an amount may have behind it (money.parted).
UNIT = re.compile(r"[（(]\s*(元|千元|万元)\s*[）)]")
#: difflib's ratio: 联系人电话 and 联系电话 have 0.89, 单位地址 and 单位名称 0.5.
NEAR = 0.6
#: So many headings are named, and so much of each: a sheet may have hundreds.
MOST_NAMED, NAMED = 20, 30


def unit_of(heading: str) -> str:
    """The unit a heading names, "" where it names none."""
    found = UNIT.search(heading)
    return found.group(1) if found else ""


def in_another_unit(column: Column, shown: Mapping[str, str]) -> str | None:
    """The header under which an amount stands with another unit than in the column's own heading; `shown` are headers
    as they are compared."""
    names = {same(UNIT.sub("", name)) for name in column.names}
    found = (header for header in shown.values() if unit_of(header) and same(UNIT.sub("", header)) in names)
    return next(found, None) if column.amount else None


def explained(column: "Column", shown: Mapping[str, str]) -> str | None:
    """The one header that is the column's but for an explanation in brackets, as 内容（不少于200字）. Of an amount
    it is its unit that stands in brackets, and nobody may overlook one."""
    if column.amount:
        return None
    names = {same(name) for name in column.names}
    found = [header for header in shown.values() if same(header) not in names and _bare(header) in names]
    return found[0] if len(found) == 1 else None


def units(table: Table, headers: Mapping[str, str], columns: Sequence["Column"]) -> dict[str, str]:
    """By column key the unit that bare numbers have by their header, or by a remark above it where the header names
    none; without those that the column's own heading has."""
    found, above = {}, asides.unit_above(table)
    for column in columns:
        if column.amount and (header := headers.get(column.key)):
            found[column.key] = unit_of(header) or above
    return {one.key: found[one.key] for one in columns if found.get(one.key, "") not in ("", unit_of(one.heading))}


def unread(table: Table, headers: Mapping[str, str]) -> list[str]:
    """The headings nothing is read from; `headers` are those that are read, by column key."""
    used = set(headers.values())
    return [header for header in table.headers if header not in used and header not in NOT_MISSED]


def misnamed(table: Table, headers: Mapping[str, str], columns: Sequence[Column]) -> Iterable[RowError]:
    """Headings that differ from one that is missing in what stands in brackets alone, as 预算（亿元）: to leave
    such a column out would lose what somebody has filled in."""
    for header in unread(table, headers):
        if meant := _meant(header, _missing(headers, columns)):
            message = f"认不出“{header}”这一列：应是“{meant.heading}”，请改列名并核对内容（单位）；不需要的请删去这一列"
            yield RowError(table.header_row, header, message, "misnamed_column")


def notes(table: Table, headers: Mapping[str, str], columns: Sequence[Column]) -> list[str]:
    """What whoever sent the table should know before it lands: which columns are not read, in which unit others are."""
    said = []
    missing = _missing(headers, columns)
    # What is an error is not asked about too: renamed alone, an amount would be in another unit.
    if left := [header for header in unread(table, headers) if not _meant(header, missing)]:
        asked = _asked(left[:MOST_NAMED], missing)
        named = "、".join(header[:NAMED] for header in left[:MOST_NAMED])
        more = f" 等 {len(left)} 列" if len(left) > MOST_NAMED else ""
        said.append(f"没有读取这些列：{named}{more}" + (f"。{''.join(asked)}是的话请改列名后重新上传" if asked else ""))
    above = asides.unit_above(table)
    for column in columns:
        header = headers.get(column.key)
        if not header or unit_of(header) or not column.amount:
            continue
        if above:
            said.append(f"“{header}”列没有写单位，按表头上方写的“单位：{above}”读取；不对的请改列名或数字后重新上传")
        elif unit_of(column.heading):
            said.append(f"“{header}”列没有写单位，按“{column.heading}”读取；单位不同的请改列名或数字后重新上传")
    return said


def _asked(left: Sequence[str], missing: Sequence[Column]) -> list[str]:
    """Which heading may be meant for which missing one; where two come near to one (2026年研发费用 and 2025年研发费用
    are both like 本年度研发费用), which of them it is."""
    by_meant: dict[str, list[str]] = {}
    for header in left:
        if meant := _near(header, missing):
            by_meant.setdefault(meant, []).append(f"“{header[:NAMED]}”")
    return [
        f"{found[0]}是不是“{meant}”？" if len(found) == 1 else f"{'、'.join(found)}里哪一列是“{meant}”？"
        for meant, found in by_meant.items()
    ]


def _missing(headers: Mapping[str, str], columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.key not in headers]


def _meant(header: str, missing: Iterable[Column]) -> "Column | None":
    """The missing column that has this heading but for what stands in brackets."""
    return next((one for one in missing if _bare(header) in map(_bare, one.names)), None)


def _bare(name: str) -> str:
    """A heading without brackets and what stands in them; the name itself where nothing else is left."""
    return same(BRACKETED.sub("", name)) or same(name)


def _near(header: str, missing: Iterable[Column]) -> str:
    """The heading of the missing column most like this one, "" when none is."""
    names = {same(name): column.heading for column in missing for name in column.names}
    found = difflib.get_close_matches(same(header), names, n=1, cutoff=NEAR)
    return names[found[0]] if found else ""
