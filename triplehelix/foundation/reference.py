"""Reference lists from TOML: the data of a policy pack, each entry with the source it was found in.

One list a file::

    title = "颜色"
    source = "found S1"            # for every entry that names none of its own
    [[entry]]
    code = "C01"
    name = "红"                    # left out: the code is the name
    aliases = ["大红"]
    valid_from = 2025-02-06        # also valid_to, successor, parent, source, assumed; other keys go to `more`

or several in one file, each under its own name: `[colours]`, with `title`, `source`, and `entry = [...]`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from triplehelix.foundation.codes import CodeList, Entry

TEXTS = ("code", "name", "successor", "parent", "source")
KNOWN = frozenset((*TEXTS, "aliases", "valid_from", "valid_to", "assumed"))


class BadReference(ValueError):
    """A reference file that cannot be used; the message, in Chinese, names the file, the list and the entry."""


def load_toml(path: Path | str) -> dict[str, Any]:
    """The file as a mapping, with or without the mark some editors put first. Raises BadReference when it is missing
    or is no TOML."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as why:
        raise BadReference(f"{path}：没有这个文件，或者读不出来（{why.strerror}）") from why
    except UnicodeDecodeError as why:
        raise BadReference(f"{path}：不是 UTF-8 编码（第 {why.start + 1} 个字节起读不懂），请另存为 UTF-8") from why
    except tomllib.TOMLDecodeError as why:
        raise BadReference(f"{path}：不是 TOML（{why}）") from why


def required(row: Any, keys: Iterable[str], where: str) -> None:
    """Raises BadReference, beginning with `where`, when a row of a file is no table or lacks a key."""
    if not isinstance(row, Mapping):
        raise BadReference(f"{where}：应为一组“键 = 值”，现在是 {row!r}")
    if missing := [key for key in keys if row.get(key) in (None, "")]:
        raise BadReference(f"{where}：缺少 {'、'.join(missing)}")


def day_of(row: Mapping[str, Any], key: str, where: str) -> date | None:
    """The day under a key, None where there is none. Raises BadReference, beginning with `where`."""
    value = row.get(key)
    if value is None or type(value) is date:
        return value
    raise BadReference(f"{where}：{key} 应为 2026-01-31 这样的日期，现在是 {value!r}")


def load_code_list(path: Path | str, name: str = "", *, may_be_empty: bool = False) -> CodeList:
    """The list of a file, or with `name` the one of that name in a file of several; one that may be empty says so by
    `entry = []`. Raises BadReference."""
    data = load_toml(path)
    if name and name not in data:
        raise BadReference(f"{path}：没有代码表 [{name}]；现有：{'、'.join(sorted(data))}")
    return _code_list(data[name] if name else data, name or Path(path).stem, path, may_be_empty)


def _code_list(table: Mapping[str, Any], name: str, path: Path | str, may_be_empty: bool) -> CodeList:
    where = f"{path} [{name}]"
    required(table, (), where)
    entries = table.get("entry")
    if not isinstance(entries, list) or not (entries or may_be_empty):
        none = "；确实一项也没有的，写 entry = []" if may_be_empty else "，至少要有一项：{ code = …, name = … }"
        raise BadReference(f"{where}：没有条目（entry）{none}")
    made = [_entry(row, table, f"{where} 第 {n} 项") for n, row in enumerate(entries, start=1)]
    try:
        return CodeList(made, title=str(table.get("title", name)), name=name)
    except ValueError as why:
        raise BadReference(f"{where}：{why}") from why


def _entry(row: Mapping[str, Any], table: Mapping[str, Any], where: str) -> Entry:
    """One entry. A source is not optional: what nobody found anywhere must say that it is assumed."""
    required(row, ("code",), where)
    for key in row.keys() - KNOWN:  # a list may know more of its entries, but hardly under almost the same name
        if near := get_close_matches(key, KNOWN, 1, 0.8):
            raise BadReference(f"{where}：不认识 {key}，是不是 {near[0]}")
    given = {key: row.get(key, "") for key in TEXTS}
    given["source"] = given["source"] or table.get("source", "")
    given["name"] = given["name"] or given["code"]
    for key, value in given.items():
        if not isinstance(value, str):
            raise BadReference(f"{where}：{key} 应为文字，现在是 {value!r}")
    required(given, ("source",), where)
    aliases = row.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(a, str) for a in aliases):
        raise BadReference(f"{where}：aliases 应为一列文字")
    return Entry(
        **given,
        aliases=tuple(aliases),
        valid_from=day_of(row, "valid_from", where),
        valid_to=day_of(row, "valid_to", where),
        assumed=bool(row.get("assumed", table.get("assumed", False))),
        more={key: value for key, value in row.items() if key not in KNOWN},
    )
