"""What a stored answer (policy's `as_json`) gives a decision letter to say."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from triplehelix.policy.answer import MARKS, grounds
from triplehelix.procedure.letters.letter import Block
from triplehelix.procedure.letters.words import chinese_days, day, figures, sentence

CONDITION, STANDARD, SUM = "条件：", "标准：", "计算："
#: How policy's facts write what nobody gave.
NOT_GIVEN = "未提供"
#: Where a standard's or a condition's line names our own proposal as its source.
PROPOSED = re.compile(f"；{re.escape(MARKS['assumed'])}，.*）$")
PROPOSED_CONDITION = re.compile(f"；{re.escape(MARKS['assumed'])}，.*?）(?=——)")


def refused(answer: Mapping[str, Any], number: str) -> list[str]:
    """Every condition that is not met, what it stands on and what was compared; then what the office itself wrote."""
    found = [
        sentence(
            f"{chinese_days(one['reason']).rstrip('。；')}（依据：{_ground(one, number)}）"
            f"{'，核算：' + chinese_days(one['working']) if one.get('working') else ''}"
        )
        for one in answer.get("refused", ())
    ]
    why = str(answer.get("why") or "").strip()
    return [*found, *([sentence(f"审查意见：{chinese_days(why)}")] if why else [])]


def _ground(one: Mapping[str, Any], number: str) -> str:
    """What a condition stands on. Answers kept before conditions said more than their clause have only that."""
    mark = one.get("mark", "policy")
    if mark == "assumed":
        return f"{one['clause']}{_own(number)}"
    return chinese_days(grounds(one["clause"], mark, one.get("source", "")))


def _own(number: str) -> str:
    """What is required beyond the clause, this very decision requires: our proposal is no source of law."""
    return f"；具体要求政策未作规定，由本决定（{number}）确定"


def facts(answer: Mapping[str, Any]) -> list[Block]:
    """The facts the answer rests on, as they were read; it rests on none that nobody gave."""
    given = {label: str(value) for label, value in answer.get("facts", {}).items() if value not in ("", NOT_GIVEN)}
    rows = tuple((str(label), chinese_days(value)) for label, value in given.items())
    return [Block("table", rows=rows, head=("事实", "认定结果"))] if rows else []


def law_of(answer: Mapping[str, Any]) -> str:
    """The day whose law counts."""
    on = answer.get("on")
    return f"按{day(date.fromisoformat(on))}施行的规定，逐项审查如下：" if on else "逐项审查如下："


def conditions(answer: Mapping[str, Any], number: str) -> list[str]:
    """Each condition with what it stands on, met or not."""
    return [PROPOSED_CONDITION.sub(f"{_own(number)}）", line) for line in _steps(answer, CONDITION)]


def standards(answer: Mapping[str, Any], number: str) -> list[str]:
    """The terms the amount rests on, as they were on the day, each with its source.

    Our own proposal is no source of law: what the policy left open and the office applied, it decides by this very
    decision, and the letter says so with the decision's number.
    """
    own = f"；政策未作规定，由本决定（{number}）确定）"
    return [PROPOSED.sub(own, line.removesuffix("。")) + "。" for line in _steps(answer, STANDARD)]


def sums(answer: Mapping[str, Any]) -> list[str]:
    """The arithmetic, one step an item."""
    return _steps(answer, SUM)


def shares(answer: Mapping[str, Any]) -> list[Block]:
    """What each unit of a shared award gets, in yuan."""
    rows = tuple((str(one["id"]), figures(one["granted_fen"])) for one in answer.get("shares", ()))
    return [Block("table", rows=rows, head=("单位", "金额（元）"))] if rows else []


def _steps(answer: Mapping[str, Any], mark: str) -> list[str]:
    found = [str(step) for step in answer.get("steps", ()) if str(step).startswith(mark)]
    return [sentence(chinese_days(step.removeprefix(mark))) for step in found]
