"""Facts that are no numbers: yes or no, codes of a list, a line of text, a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from triplehelix.foundation.text import visible
from triplehelix.policy.expression import Flag, Moment
from triplehelix.policy.facts.one import BadFact, Fact, kind_of

MOST_TEXT = 200


class YesNo(Fact, Flag):
    """A yes or no: true or false, nothing else."""

    def read(self, given: Any) -> bool:
        if not isinstance(given, bool):
            raise BadFact(f"应是 true 或 false，收到的是{kind_of(given)}")
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
            raise BadFact(f"应是列表，没有时写 []，收到的是{kind_of(given)}")
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
    """A line of text that is not empty, of what can be seen: a number of a document or certificate. `exactly` so many
    characters, where a sheet may have dropped the zeros in front."""

    def __init__(self, code: str, label: str, *, exactly: int = 0, **about: Any) -> None:
        super().__init__(code, label, **about)
        self.exactly = exactly

    def read(self, given: Any) -> str:
        if not isinstance(given, str):
            raise BadFact(f"应是文字，收到的是{kind_of(given)}")
        text = " ".join(visible(given).split())
        if not text:
            raise BadFact("不能为空")
        if len(text) > MOST_TEXT or "\x00" in text:
            raise BadFact(f"最多 {MOST_TEXT} 个字，且不能有控制字符")
        if self.exactly and len(text) != self.exactly:
            raise BadFact(f"应是 {self.exactly} 个字，收到 {len(text)} 个；在表格里请按文本填写，不丢前面的零")
        return text

    def wants(self) -> str:
        return f"文字，{self.exactly} 个字" if self.exactly else "文字"


class Day(Fact, Moment):
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
