"""活页, the anonymous copy: does it give away who applies? Where, in which words; and a copy with those blacked out.

A name is found in whatever width it is written and with blanks, dots, brackets or invisible signs inside; a long
name also across commas and full stops. Telephone numbers, e-mail addresses, social credit codes and resident ids are
leaks whoever's they are. What only might be a name is marked so (`sure` is False): a person has to look.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from triplehelix.foundation.text import UNSEEN
from triplehelix.procedure.review.names import as_a_name, bare, han, partner_forms, person_forms, unit_forms
from triplehelix.procedure.review.numbers import anybodys

#: Stands for what was taken out, whatever its length; nothing is ever read across it.
MARK = "■■■"
KINDS = {
    "unit": "单位名称",
    "person": "人员姓名",
    "phone": "电话",
    "email": "电子邮箱",
    "uscc": "统一社会信用代码",
    "project": "项目编号",
    "resident": "身份证号",
    "web": "网址",
    "patent": "专利号",
    "account": "微信、QQ 号",
}
#: Signs that end a phrase: only a long name is read across them.
STOPS = frozenset(",;:!?、。")
LONG_NAME = 5
AROUND = 12
#: Categories of signs that do not hide a name they stand in: blanks, controls, dashes, brackets, symbols, marks, and
#: the private ones of symbol fonts.
BETWEEN = frozenset(
    {"Zs", "Zl", "Zp", "Cc", "Cf", "Pd", "Pc", "Ps", "Pe", "Pi", "Pf", "Po", "Sk", "Sm", "Sc", "So", "Mn", "Me", "Co"}
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who must not be recognised. `places` are region names that are left out of short forms (聊城市, 东昌府区).

    `aliases` are other names of the units: brands, platforms, abbreviations; `partners` may have a part in it, and only
    what surely names one of them counts.
    """

    units: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    usccs: tuple[str, ...] = ()
    project_numbers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leak:
    """A place that gives the applicant away: text[start:end] is `found`, in line and column counted from 1.

    `kind` is a key of KINDS; `of` what it gives away, empty for a number that need not be the applicant's.
    `around` shows the place with 【 】 about it. `sure` is False where a person has to look.
    """

    start: int
    end: int
    kind: str
    of: str
    found: str
    line: int
    column: int
    around: str
    sure: bool

    @property
    def message(self) -> str:
        """One Chinese sentence for the person who corrects the copy."""
        what = f"{'出现' if self.sure else '疑似出现'}{KINDS[self.kind]}“{self.found}”"
        meant = f"（指“{self.of}”）" if self.of and self.of != self.found else ""
        return f"第 {self.line} 行第 {self.column} 字：{what}{meant}，前后文：{self.around}"


@dataclass(frozen=True, slots=True)
class Redacted:
    """The copy, and what was taken out of the original."""

    text: str
    leaks: tuple[Leak, ...]


def leaks(text: str, identity: Identity) -> tuple[Leak, ...]:
    """Every place that gives the applicant away, in order, without overlaps (the longest form wins)."""
    candidates = [*_known(text, identity), *_anybodys(text)]
    candidates.sort(key=lambda c: (c[0] - c[1], c[0], not c[4], c[2], c[3]))
    taken = bytearray(len(text))
    kept = []
    for start, end, kind, of, sure in candidates:
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append((start, end, kind, of, sure))
    breaks = [-1, *(i for i, c in enumerate(text) if c == "\n")]
    return tuple(_leak(text, breaks, *one) for one in sorted(kept))


def redact(text: str, identity: Identity, *, only_sure: bool = False) -> Redacted:
    """A copy with every leak (with `only_sure`, every sure one) blacked out; checked again until none is left."""
    first = found = _wanted(leaks(text, identity), only_sure)
    while found:
        for leak in reversed(found):
            text = text[: leak.start] + MARK + text[leak.end :]
        found = _wanted(leaks(text, identity), only_sure)
    return Redacted(text, first)


def _wanted(found: tuple[Leak, ...], only_sure: bool) -> tuple[Leak, ...]:
    return tuple(leak for leak in found if leak.sure or not only_sure)


Place = tuple[int, int, str, str, bool]


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as it is compared, and where each of its characters stood."""

    text: str
    at: tuple[int, ...]

    def find(self, form: str) -> Iterator[tuple[int, int]]:
        """Where a form stands in the original, as [start, end)."""
        here = self.text.find(form)
        while here >= 0:
            yield self.at[here], self.at[here + len(form) - 1] + 1
            here = self.text.find(form, here + 1)


def _fold(text: str, leave_out: Callable[[str], bool]) -> _Folded:
    """Half width, lower case, without what is left out. A mark of redaction stays: nothing is read across it."""
    marked = {i for found in re.finditer("■{3,}", text) for i in range(*found.span())}
    letters, at = [], []
    for i, sign in enumerate(text):
        for c in _plain(sign):
            if i in marked or not leave_out(c):
                letters.append(c)
                at.append(i)
    return _Folded("".join(letters), tuple(at))


def _plain(sign: str) -> str:
    """Half width and lower case; a numbering sign (①) stays itself: its digit belongs to no number behind it."""
    return sign if unicodedata.category(sign) == "No" else unicodedata.normalize("NFKC", sign).casefold()


def _inside(c: str) -> bool:
    return _inside_long(c) and c not in STOPS


def _inside_long(c: str) -> bool:
    return unicodedata.category(c) in BETWEEN or UNSEEN.match(c) is not None


@lru_cache(maxsize=128)
def _forms(identity: Identity) -> Mapping[str, tuple[str, str, bool]]:
    """Every form to look for: kind, what it stands for, whether it is sure. Sure ones win over likely ones.

    Kept, because of one applicant several texts are read, each several times.
    """
    forms: dict[str, tuple[str, str, bool]] = {}

    def add(found: dict[str, bool], kind: str, of: str) -> None:
        for form, sure in found.items():
            if form not in forms or (sure and not forms[form][2]):
                forms[form] = (kind, of, sure)

    for unit in identity.units:
        add(unit_forms(unit, identity.places), "unit", unit)
    for partner in identity.partners:
        add(dict.fromkeys(partner_forms(partner, identity.places), True), "unit", partner)
    for alias in identity.aliases:
        add({bare(alias): True} if len(bare(alias)) > 1 else {}, "unit", alias)
    for person in identity.people:
        add(person_forms(person), "person", person)
    numbers = (("phone", identity.phones), ("email", identity.emails), ("uscc", identity.usccs))
    for kind, given in (*numbers, ("project", identity.project_numbers)):
        for one in given:
            add({bare(one): True} if len(bare(one)) > 3 else {}, kind, one)
    return forms


def _known(text: str, identity: Identity) -> Iterator[Place]:
    """What is the applicant's own, in any of its forms."""
    near, far = _fold(text, _inside), _fold(text, _inside_long)
    words = _word_bounds(text)
    for form, (kind, of, sure) in _forms(identity).items():
        names = kind in ("unit", "person") and han(form)
        letters = kind == "person" and not names  # Maier, P.: across the comma
        for start, end in (far if letters or (names and len(form) >= LONG_NAME) else near).find(form):
            if kind != "phone" and not names and not _stands_alone(text, start, end):
                continue
            if letters and not as_a_name(text[start:end], whole=sure):
                continue
            aligned = len(form) > 2 or not words or (start in words and end in words)
            yield start, end, kind, of, sure and (not names or aligned)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether letters or digits do not go on before or behind: 2025012 is not in 12025012."""

    def goes_on(inner: str, outer: str) -> bool:
        return all(c.isascii() and c.isalnum() for c in _plain(inner) + _plain(outer))

    before = start > 0 and goes_on(text[start], text[start - 1])
    return not before and not (end < len(text) and goes_on(text[end - 1], text[end]))


def _word_bounds(text: str) -> frozenset[int]:
    """Where words begin and end; empty when the segmenter did not give the whole text back."""
    words, bounds, at = rjieba.cut(text), {0}, 0
    if "".join(words) != text:
        return frozenset()
    for word in words:
        at += len(word)
        bounds.add(at)
    return frozenset(bounds)


def _anybodys(text: str) -> Iterator[Place]:
    """Numbers and addresses that point to somebody, whoever it is."""
    plain = _fold(text, lambda c: unicodedata.category(c) == "Cf")
    for start, end, kind in anybodys(plain.text):
        yield plain.at[start], plain.at[end - 1] + 1, kind, "", True


def _leak(text: str, breaks: list[int], start: int, end: int, kind: str, of: str, sure: bool) -> Leak:
    row = bisect_right(breaks, start - 1)
    left, right = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    around = " ".join(f"{left}【{text[start:end]}】{right}".split())
    return Leak(start, end, kind, of, text[start:end], row, start - breaks[row - 1], around, sure)
