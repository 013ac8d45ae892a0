"""A decision as JSON and as a page of text: what programs and people are given."""

from typing import Any

from triplehelix.policy.award import Award
from triplehelix.policy.decision import Decision

MARKS = {"policy": "政策原文", "found": "已公布的其他规定", "assumed": "待确认（非官方）", "decided": "主管部门设定"}


def as_json(decision: Decision) -> dict[str, Any]:
    """`granted_fen` or None, `refused`, `open`, `steps`; for shared awards `shares`. Amounts in fen."""
    found: dict[str, Any] = {
        "measure": decision.award.code,
        "name": decision.award.name,
        "on": decision.on.isoformat(),
        "granted_fen": None if decision.granted is None else int(decision.granted),
        "way": decision.way,
        "held": decision.is_held,
        "refused": [
            {
                "code": c.code,
                "clause": c.clause,
                "mark": c.mark,
                "source": c.source,
                "reason": c.message,
                "working": c.working,
                "held": c.holds,
            }
            for c in decision.refused
        ],
        "open": [{"code": q.code, "term": q.label, "question": q.question} for q in decision.open],
        "steps": steps(decision),
    }
    if decision.award.shared is not None:
        found["shares"] = [{"id": share.id, "granted_fen": int(share.fen)} for share in decision.shares]
    return found


def steps(decision: Decision) -> list[str]:
    """Each condition with its clause, each term with its day and source, then the arithmetic, in Chinese."""
    said = [
        f"条件：{check.label}（{grounds(check.clause, check.mark, check.source)}）——"
        f"{'满足' if check.is_met else '不满足：'}{check.refusal}"
        for check in decision.checks
    ]
    said += [
        f"标准：{term.label} = {term.value}（自 {term.since} 起；{standing(term.mark, term.source)}）"
        for term in decision.terms
    ]
    said += [f"待定：{question.label}——{question.question}" for question in decision.open]
    said += [f"计算：{line}" for line in decision.lines]
    said += [f"分配：{share.id} 得 {share.fen}" for share in decision.shares]
    return said


def standing(mark: str, source: str) -> str:
    """What something is and where it is written: `待确认（非官方），本平台建议值`."""
    return f"{MARKS[mark]}，{source}" if source else MARKS[mark]


def grounds(clause: str, mark: str, source: str) -> str:
    """What a condition stands on: the clause, and where that does not say it itself, what does."""
    if mark in ("policy", "found"):
        return f"{clause}、{source}" if source and source != clause else clause
    return f"{clause}；{standing(mark, source)}"


def source_words(source: str) -> str:
    """A source that begins with a mark, with the mark in words."""
    for mark, words in MARKS.items():
        if source.startswith(mark):
            return words + source.removeprefix(mark)
    return source


def as_text(decision: Decision) -> str:
    """One page a clerk can print."""
    award = decision.award
    head = [
        f"{award.code} {award.name}",
        f"依据：{'、'.join(article.ref for article in award.articles)}",
        f"日期：{decision.on}",
    ]
    facts = [f"  {fact.label}：{fact.written(decision.facts[fact.code])}" for fact in award.facts]
    return "\n".join([*head, "事实", *facts, "理由", *(f"  {line}" for line in steps(decision)), conclusion(decision)])


def conclusion(decision: Decision) -> str:
    """The answer in one sentence."""
    if decision.is_held:
        return "结论：暂停，待经办人核对"
    if decision.refused:
        return "结论：不予支持"
    if decision.unknown:
        return f"结论：缺少{'、'.join(decision.unknown)}，不能计算"
    if decision.granted is None:
        return "结论：标准待定，不能计算"
    return f"结论：支持 {decision.granted}"


def template(award: Award) -> dict[str, Any]:
    """The facts an award wants, filled in with its first worked case that is not refused."""
    sound = next(example for example in award.examples if not example.refused)
    return {fact.key: sound.facts.get(fact.key, fact.about.example) for fact in award.facts}


def wanted(award: Award) -> list[dict[str, Any]]:
    """What each fact is: key, meaning, form, proof."""
    return [
        {
            "key": fact.key, "label": fact.label, "wants": fact.wants(), "source": fact.about.source,
            "optional": fact.about.optional, "nullable": fact.about.nullable, "help": fact.about.help,
            "evidence": fact.about.evidence,
        }
        for fact in award.facts
    ]  # fmt: skip
