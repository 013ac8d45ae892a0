"""Codes people type: the unified social credit code, and lists of codes that change over the years.

Every refusal carries a stable `code` for programs and a Chinese sentence for the person who typed it, which says
what is wrong and what to write instead. Nothing is corrected silently: a register must hold what was meant.
"""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from stdnum.cn import uscc as stdnum_uscc

from triplehelix.foundation.coded import Coded

USCC_LENGTH = 18
#: GB 32100 leaves these out because they are read as 1, 0, 2, 5, U.
FORBIDDEN_LETTERS = frozenset("IOZSV")
ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
#: Lists no longer than this are spelt out in full when nothing typed comes near.
SPELT_OUT = 13


class CodeError(Coded, ValueError):
    """What was typed is no code. `code` is stable, `message` is Chinese and says what to do."""


class BadCode(CodeError):
    """The text breaks the rules of its kind of code (length, characters, check digit)."""


class UnknownCode(CodeError):
    """Not in the list. `near` holds the entries that come closest, best first."""

    def __init__(self, text: str, message: str, near: tuple["Entry", ...] = (), code: str = "unknown_code") -> None:
        super().__init__(code, message)
        self.text = text
        self.near = near


class NotYetValid(UnknownCode):
    """In the list, but only from a later day on."""


class RetiredCode(CodeError):
    """In the list, but no longer in force on the day asked for. `successor` is the entry to use now, if any."""

    def __init__(self, entry: "Entry", message: str, successor: "Entry | None") -> None:
        super().__init__("retired_code", message)
        self.entry = entry
        self.successor = successor


def full_width(text: str) -> list[str]:
    """The full-width digits, letters and signs in the text, once each, in order: １２３ Ａ （ but not Chinese words."""
    return list(dict.fromkeys(c for c in text if "\uff01" <= c <= "\uff5e"))


class Uscc:
    """统一社会信用代码, GB 32100: 18 characters, the last one computed from the 17 before it."""

    @staticmethod
    def check(text: str) -> str:
        """The code itself, blanks at its ends removed.

        Raises BadCode with `code` empty, full_width, lower_case, length, space, unseen, letter, character, region or
        check_digit. Characters 1 and 2 (registering authority and class) are not limited to digits: farm
        collectives are registered under N1 and the like.
        """
        code = text.strip()
        for problem in (_width, _case, _characters, _length, _region, _check_digit):
            if found := problem(code):
                raise BadCode(*found)
        return code

    @staticmethod
    def check_digit(first17: str) -> str:
        """The 18th character that belongs to these 17."""
        return str(stdnum_uscc.calc_check_digit(first17))


Problem = tuple[str, str] | None


def _width(code: str) -> Problem:
    if not code:
        return "empty", "统一社会信用代码是空的"
    if wide := full_width(code):
        half = unicodedata.normalize("NFKC", code)
        what = "全角数字" if any(c.isdecimal() for c in wide) else "全角字符"
        return "full_width", f"统一社会信用代码里有{what}（{''.join(wide)}），请改为半角：{half}"
    return None


def _case(code: str) -> Problem:
    if any("a" <= c <= "z" for c in code):
        return "lower_case", f"统一社会信用代码里有小写字母，请改为大写：{code.upper()}"
    return None


def _characters(code: str) -> Problem:
    for place, c in enumerate(code, start=1):
        if c.isspace():
            return "space", f"统一社会信用代码第 {place} 位是空格，请去掉空格"
        if not c.isprintable():
            return "unseen", f"统一社会信用代码第 {place} 位是看不见的字符，请删去整个代码，重新输入"
        if c in FORBIDDEN_LETTERS:
            return "letter", f"统一社会信用代码第 {place} 位是字母 {c}：代码里没有 I、O、Z、S、V，请核对是否为数字"
        if c not in ALPHABET:
            return "character", f"统一社会信用代码第 {place} 位“{c}”不是数字或大写字母"
    return None


def _length(code: str) -> Problem:
    if len(code) != USCC_LENGTH:
        more = "多" if len(code) > USCC_LENGTH else "少"
        count = abs(len(code) - USCC_LENGTH)
        return "length", f"统一社会信用代码应为 18 位，现在是 {len(code)} 位，{more}了 {count} 位"
    return None


def _region(code: str) -> Problem:
    if not code[2:8].isdigit():
        return "region", f"统一社会信用代码第 3 至 8 位应为 6 位行政区划数字，现在是“{code[2:8]}”"
    return None


def _check_digit(code: str) -> Problem:
    expected = Uscc.check_digit(code[:17])
    if code[17] != expected:
        return "check_digit", (
            f"统一社会信用代码校验不通过：按前 17 位计算，末位应为 {expected}，现在是 {code[17]}，请对照执照核对"
        )
    return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a list. `valid_from` and `valid_to` are both included; None is open.

    `source` says where it was found; `assumed` entries are proposals and never shown as official. What a list knows
    beyond these (a class, an industry hint) is in `more`.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    parent: str = ""
    source: str = ""
    assumed: bool = False
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def in_force(self, on: date) -> bool:
        """Whether the code may be used on this day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def __str__(self) -> str:
        return self.name if self.name == self.code else f"{self.code} {self.name}"


def _key(text: str) -> str:
    """How codes and names are compared: case and blanks do not matter, brackets of either width are the same.

    Full-width digits stay different on purpose: the caller names them instead of accepting them.
    """
    return "".join(text.split()).casefold().replace("（", "(").replace("）", ")")


class CodeList:
    """Codes with names and aliases, some of them retired. `title` names the list in messages.

    Raises ValueError at construction, naming every fault: a code twice, one name for two codes in force at the same
    time, a successor or parent that is not in the list, a period that ends before it starts.
    """

    def __init__(self, entries: Iterable[Entry], *, title: str = "代码", name: str = "") -> None:
        self.entries = tuple(entries)
        self.title = title
        self.name = name
        self._by_code = {entry.code: entry for entry in self.entries}
        self._known: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for text in dict.fromkeys(map(_key, (entry.code, entry.name, *entry.aliases))):
                self._known.setdefault(text, []).append(entry)
        if faults := list(self._faults()):
            raise ValueError(f"{title}：" + "；".join(faults))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Entry:
        """The entry with exactly this code, retired or not. Raises KeyError."""
        return self._by_code[code]

    def get(self, code_or_name: str, on: date | None = None) -> Entry:
        """The entry for a code, a name or an alias.

        With `on`, it must be in force on that day: raises RetiredCode (with its successor) or NotYetValid. Without a
        day any entry is accepted, for reading history. Raises UnknownCode with the nearest entries.
        """
        found = self._known.get(_key(code_or_name), [])
        if not found:
            raise self._unknown(code_or_name, on)
        if on is None:
            return found[0]
        for entry in found:
            if entry.in_force(on):
                return entry
        raise self._out_of_force(code_or_name, found[0], on)

    def label(self, code: str) -> str:
        """The name to show for a stored code; a code no list knows shows as itself."""
        entry = self._by_code.get(code)
        return entry.name if entry else code

    def current(self, on: date) -> tuple[Entry, ...]:
        """The entries in force on a day, in the order of the list."""
        return tuple(entry for entry in self.entries if entry.in_force(on))

    def children(self, parent: str) -> tuple[Entry, ...]:
        """The entries directly below a code."""
        return tuple(entry for entry in self.entries if entry.parent == parent)

    def renamed(self, names: Mapping[str, str]) -> "CodeList":
        """The same codes under other display names; names they had are still accepted. Skips codes not in the list."""
        entries = [
            replace(e, name=names[e.code], aliases=(*e.aliases, e.name)) if e.code in names else e for e in self.entries
        ]
        return CodeList(entries, title=self.title, name=self.name)

    def near(self, text: str, on: date | None = None, most: int = 3) -> tuple[Entry, ...]:
        """The entries whose code, name or alias looks most like the text, best first."""
        key = _key(unicodedata.normalize("NFKC", text))
        within = [known for known, found in self._known.items() if key and len(key) > 1 and key in known]
        alike = difflib.get_close_matches(key, self._known, n=most * 2, cutoff=0.5)
        found = [e for known in dict.fromkeys([*within, *alike]) for e in self._known[known]]
        usable = [e for e in dict.fromkeys(found) if on is None or e.in_force(on)]
        return tuple(usable[:most])

    def _unknown(self, text: str, on: date | None) -> UnknownCode:
        shown = text.strip()[:40]
        if any(c.isdecimal() for c in full_width(text)):
            half = unicodedata.normalize("NFKC", text).strip()
            return UnknownCode(text, f"“{shown}”里有全角数字，请改为半角：{half}", code="full_width")
        near = self.near(text, on)
        if near:
            advice = "；相近的有：" + "、".join(map(str, near))
        elif len(usable := [e for e in self.entries if on is None or e.in_force(on)]) <= SPELT_OUT:
            advice = "；可填：" + "、".join(map(str, usable))
        else:
            advice = f"；请从 {len(usable)} 项中选填"
        return UnknownCode(text, f"{self.title}里没有“{shown}”{advice}", near)

    def _out_of_force(self, text: str, entry: Entry, on: date) -> CodeError:
        if entry.valid_from and on < entry.valid_from:
            return NotYetValid(text, f"{self.title}“{entry}”自 {entry.valid_from} 起才启用", (), "not_yet_valid")
        successor = self._by_code.get(entry.successor)
        advice = f"，请改用“{successor}”" if successor else ""
        return RetiredCode(entry, f"{self.title}“{entry}”已于 {entry.valid_to} 停用{advice}", successor)

    def _faults(self) -> Iterator[str]:
        if len(self._by_code) != len(self.entries):
            codes = [e.code for e in self.entries]
            yield "代码重复：" + "、".join(sorted({c for c in codes if codes.count(c) > 1}))
        for e in self.entries:
            if e.valid_from and e.valid_to and e.valid_to < e.valid_from:
                yield f"{e.code} 的停用日早于启用日"
            for role, other in (("接替的代码", e.successor), ("上级", e.parent)):
                if other and other not in self._by_code:
                    yield f"{e.code} 的{role} {other} 不在表中"
        for known, found in self._known.items():
            if any(_overlap(a, b) for i, a in enumerate(found) for b in found[i + 1 :]):
                yield f"“{known}”同时指 " + "、".join(e.code for e in found)


def _overlap(a: Entry, b: Entry) -> bool:
    """Whether there is a day on which both are in force."""
    start = max(a.valid_from or date.min, b.valid_from or date.min)
    return start <= min(a.valid_to or date.max, b.valid_to or date.max)
