"""The facts an award asks for: what kind of thing, in which unit, who says so, what proves it, who may see it.

A fact is read from what people and programs send (`read`), with one message per wrong value and nothing guessed: no
sign, unit or missing number is filled in.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from triplehelix.foundation.money import Fen, MoneyError
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import Column
from triplehelix.policy.expression import Env, Expr, Flag, Show, Value

Source = Literal["asked", "register", "derived"]
CODE = re.compile(r"^[a-z][a-z0-9_]*$")
#: A trillion yuan: more than the city's product; a larger number is a slip of the unit.
MOST_FEN = 10**14
MOST_COUNT = 10**9
MOST_PARTS = 10**9
MOST_PLACES = 24
#: A ratio as people write it. No exponents: Fraction("1e999999999") would build the whole number before any limit.
RATIO = re.compile(r"-?[0-9]{1,12}(\.[0-9]{0,12})?\s*%?|-?\.[0-9]{1,12}\s*%?|-?[0-9]{1,12}\s*/\s*[0-9]{1,12}")
MOST_TEXT = 200
MOST_ROWS = 200


class BadFact(ValueError):
    """A value that cannot be this fact. The message says what to send instead."""


@dataclass(frozen=True, slots=True)
class About:
    """What every fact says of itself. `evidence` names the paper that proves it; `seen_by` the relations that may see
    it; `optional` facts may be left out, `nullable` ones may be sent as null, which means: not known."""

    code: str
    label: str
    source: Source = "asked"
    help: str = ""
    evidence: str = ""
    seen_by: tuple[str, ...] = ("applicant", "clerk", "county", "finance", "auditor")
    optional: bool = False
    nullable: bool = False
    example: Any = None


class Fact(Expr):
    """A fact as a leaf of an expression."""

    about: About
    unit = ""

    def __init__(self, code: str, label: str, **about: Any) -> None:
        if not CODE.match(code):
            raise DeclarationError(f"fact code {code!r} must be lower-case letters, digits and _")
        if not label:
            raise DeclarationError(f"fact {code} needs a label")
        self.about = About(code, label, **about)

    @property
    def code(self) -> str:
        return self.about.code

    @property
    def key(self) -> str:
        """The name in JSON, forms and sheets; money carries its unit in it."""
        return self.about.code

    @property
    def label(self) -> str:
        return self.about.label

    def read(self, given: Any) -> Any:
        """The value meant. Raises BadFact."""
        raise NotImplementedError

    def plain(self, value: Any) -> Any:
        """The value as JSON says it; `read` of it gives the value again."""
        return value

    def written(self, value: Any) -> str:
        """The value as people read it."""
        return "未提供" if value is None else str(value)

    def wants(self) -> str:
        """What to send, in words."""
        raise NotImplementedError

    def compute(self, env: Env) -> Column:
        return env.facts[self.about.code]

    def shown(self, show: Show) -> str:
        return show(self)


class Number(Fact, Value):
    """A fact that is a number."""


class Money(Number):
    """An amount, sent in yuan under a key that ends in `_yuan`, kept in whole fen; never below zero."""

    unit = "元"

    @property
    def key(self) -> str:
        return f"{self.about.code}_yuan"

    def read(self, given: Any) -> Fen:
        if isinstance(given, Decimal):
            # A number with a point in JSON: exact, as written.
            given = format(given, "f") if _writable(given) else "NaN"
        if isinstance(given, bool) or not isinstance(given, int | str):
            raise BadFact(f"应是以元为单位的整数，或最多两位小数的文字，收到的是{_kind(given)}")
        try:
            fen = Fen.from_yuan(given)
        except MoneyError as why:
            raise BadFact(why.message) from None
        if fen < 0:
            raise BadFact(f"不能为负，收到的是 {fen}")
        if fen > MOST_FEN:
            raise BadFact(f"{Fen(MOST_FEN).in_wan()}以上不可信，请核对单位（这里是元）")
        return fen

    def plain(self, value: Any) -> Any:
        return None if value is None else Fen(value).yuan

    def written(self, value: Any) -> str:
        return "未提供" if value is None else str(Fen(value))

    def wants(self) -> str:
        return "金额（元，整数或最多两位小数的文字）"


class Count(Number):
    """A whole number, from `at_least` to `at_most`, in `unit`."""

    def __init__(self, code: str, label: str, *, unit: str, at_least: int = 0, at_most: int = MOST_COUNT, **about: Any):
        super().__init__(code, label, **about)
        self.unit, self.at_least, self.at_most = unit, at_least, at_most

    def read(self, given: Any) -> int:
        if isinstance(given, str) and re.fullmatch(r"-?[0-9]{1,12}", given.strip()):
            given = int(given)
        if isinstance(given, bool) or not isinstance(given, int):
            raise BadFact(f"应是整数（{self.unit}），收到的是{_kind(given)}")
        if not self.at_least <= given <= self.at_most:
            raise BadFact(f"应在 {self.at_least} 到 {self.at_most} {self.unit}之间，收到的是 {given}")
        return given

    def written(self, value: Any) -> str:
        return "未提供" if value is None else f"{value} {self.unit}"

    def wants(self) -> str:
        return f"整数（{self.unit}）"


class Ratio(Number):
    """An exact ratio from 0 to `at_most`: "2/7", "0.8", 1, or "30%"."""

    def __init__(self, code: str, label: str, *, at_most: Fraction = Fraction(1), **about: Any) -> None:
        super().__init__(code, label, **about)
        self.at_most = at_most

    def read(self, given: Any) -> Fraction:
        if isinstance(given, bool) or not isinstance(given, int | str | Decimal):
            raise BadFact(f"应是 0 到 {self.at_most} 之间的比例，如 0.8 或 2/7，收到的是{_kind(given)}")
        try:
            text = str(given).strip()
        except ValueError:  # an int of thousands of digits is not even written out
            raise BadFact(f"应在 0 到 {self.at_most} 之间") from None
        found = _ratio(text)
        if found is None:
            raise BadFact(f"“{text[:20]}”不是比例：请写成 0.8、80% 或 2/7")
        if not 0 <= found <= self.at_most:
            raise BadFact(f"应在 0 到 {self.at_most} 之间，收到的是 {text[:20]}")
        if found.denominator > MOST_PARTS:
            raise BadFact("小数太长，请写成分数，如 2/7")
        return found

    def plain(self, value: Any) -> Any:
        return None if value is None else str(value)

    def wants(self) -> str:
        return "比例（如 0.8、80% 或 2/7）"


def _writable(number: Decimal) -> bool:
    """Whether a number is short when it is written out: 1e999999999 is not."""
    return number.is_finite() and abs(int(number.as_tuple().exponent)) <= MOST_PLACES


def _ratio(text: str) -> Fraction | None:
    """The exact ratio of a text, None when it is none."""
    if not RATIO.fullmatch(text):
        return None
    parts = "".join(text.removesuffix("%").split())
    try:
        return Fraction(parts) / 100 if text.endswith("%") else Fraction(parts)
    except ZeroDivisionError:
        return None


class YesNo(Fact, Flag):
    """A yes or no: true or false, nothing else."""

    def read(self, given: Any) -> bool:
        if not isinstance(given, bool):
            raise BadFact(f"应是 true 或 false，收到的是{_kind(given)}")
        return given

    def written(self, value: Any) -> str:
        return "未提供" if value is None else "是" if value else "否"

    def wants(self) -> str:
        return "true 或 false"


class Choice(Fact):
    """One code of a short list (code → name); the name is accepted too."""

    def __init__(self, code: str, label: str, names: Mapping[str, str], **about: Any) -> None:
        super().__init__(code, label, **about)
        self.names = dict(names)

    def read(self, given: Any) -> str:
        if isinstance(given, str):
            if given in self.names:
                return given
            for code, name in self.names.items():
                if name == given:
                    return code
        raise BadFact(f"“{str(given)[:30]}”不在可选范围：{self._offered()}")

    def written(self, value: Any) -> str:
        return "未提供" if value is None else self.names.get(value, str(value))

    def _offered(self) -> str:
        return "、".join(code if code == name else f"{code}（{name}）" for code, name in self.names.items())

    def wants(self) -> str:
        return f"其一：{self._offered()}"


class Choices(Fact):
    """Several codes of a short list, each once, in any order; an empty list says none."""

    def __init__(self, code: str, label: str, names: Mapping[str, str], **about: Any) -> None:
        super().__init__(code, label, **about)
        self.names = dict(names)

    def read(self, given: Any) -> tuple[str, ...]:
        if not isinstance(given, list | tuple):
            raise BadFact(f"应是列表，没有时写 []，收到的是{_kind(given)}")
        one = Choice(self.code, self.label, self.names)
        found = tuple(one.read(each) for each in given)
        if len(set(found)) != len(found):
            raise BadFact("同一项写了两次")
        return found

    def plain(self, value: Any) -> Any:
        return list(value)

    def written(self, value: Any) -> str:
        return "、".join(self.names[code] for code in value) if value else "无"

    def wants(self) -> str:
        return f"列表，取自：{'、'.join(self.names)}"


class Text(Fact):
    """A line of text that is not empty: a number of a document or certificate."""

    def read(self, given: Any) -> str:
        if not isinstance(given, str):
            raise BadFact(f"应是文字，收到的是{_kind(given)}")
        text = " ".join(given.split())
        if not text:
            raise BadFact("不能为空")
        if len(text) > MOST_TEXT or "\x00" in text:
            raise BadFact(f"最多 {MOST_TEXT} 个字，且不能有控制字符")
        return text

    def wants(self) -> str:
        return "文字"


class Day(Fact):
    """A day, YYYY-MM-DD."""

    def read(self, given: Any) -> date:
        if type(given) is date:
            return given
        try:
            return date.fromisoformat(given) if isinstance(given, str) and len(given) == 10 else _no_day(given)
        except ValueError:
            return _no_day(given)

    def plain(self, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def wants(self) -> str:
        return "日期（YYYY-MM-DD）"


def _no_day(given: Any) -> date:
    raise BadFact(f"应是日期，如 2026-06-30，收到的是“{str(given)[:20]}”")


class Listed(Fact):
    """A table inside a case: rows of further facts, each row with its own `id`."""

    def __init__(self, code: str, label: str, columns: tuple[Fact, ...], *, at_least: int = 1, **about: Any) -> None:
        super().__init__(code, label, **about)
        self.columns, self.at_least = columns, at_least

    def read(self, given: Any) -> tuple[dict[str, Any], ...]:
        if not isinstance(given, list | tuple):
            raise BadFact(f"应是列表，收到的是{_kind(given)}")
        if not self.at_least <= len(given) <= MOST_ROWS:
            raise BadFact(f"应有 {self.at_least} 到 {MOST_ROWS} 行，收到 {len(given)} 行")
        rows = tuple(self._row(number, row) for number, row in enumerate(given, start=1))
        ids = [row["id"] for row in rows]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise BadFact(f"编号“{twice[0]}”出现了两次")
        return rows

    def _row(self, number: int, row: Any) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise BadFact(f"第 {number} 行应是一组键和值，收到的是{_kind(row)}")
        wanted = {"id": Text("id", "编号"), **{fact.key: fact for fact in self.columns}}
        if unknown := sorted(str(key) for key in row.keys() - wanted.keys()):
            raise BadFact(f"第 {number} 行有不认识的键“{unknown[0][:40]}”，可用：{'、'.join(wanted)}")
        found = {}
        for key, fact in wanted.items():
            if key not in row:
                raise BadFact(f"第 {number} 行缺少 {key}（{fact.label}）")
            try:
                found[fact.code] = fact.read(row[key])
            except BadFact as why:
                raise BadFact(f"第 {number} 行 {key}：{why}") from None
        return found

    def plain(self, value: Any) -> Any:
        return [{"id": row["id"], **{f.key: f.plain(row[f.code]) for f in self.columns}} for row in value or ()]

    def written(self, value: Any) -> str:
        def said(row: Mapping[str, Any]) -> str:
            return "，".join(f"{fact.label} {fact.written(row[fact.code])}" for fact in self.columns)

        return "；".join(f"{row['id']}：{said(row)}" for row in value or ()) or "未提供"

    def wants(self) -> str:
        return f"列表，每行有 id、{'、'.join(fact.key for fact in self.columns)}"


def _kind(given: Any) -> str:
    """What was sent, in a word or two."""
    if given is None:
        return "空值 null"
    if isinstance(given, bool):
        return "是否值"
    shown = json.dumps(given, ensure_ascii=False, default=str)
    return f" {shown[:30]}{'…' if len(shown) > 30 else ''}"


def read_facts(facts: tuple[Fact, ...], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by fact code, and messages by key: unknown keys, missing facts, values that cannot be.

    A nullable fact sent as null, and an optional one left out, is None.
    """
    by_key = {fact.key: fact for fact in facts}
    values: dict[str, Any] = {}
    errors = {str(key)[:60]: f"不认识的键，可用：{'、'.join(by_key)}" for key in given if key not in by_key}
    for key, fact in by_key.items():
        if key not in given:
            if fact.about.optional:
                values[fact.code] = None
            else:
                errors[key] = f"缺少{fact.label}：{fact.wants()}"
            continue
        if given[key] is None and (fact.about.nullable or fact.about.optional):
            values[fact.code] = None
            continue
        try:
            values[fact.code] = fact.read(given[key])
        except BadFact as why:
            errors[key] = f"{fact.label}{why}"
    return values, errors
