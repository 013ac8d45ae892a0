"""The manual: one page a measure, written from its declaration, for a bureau chief to read."""

from collections.abc import Iterator, Mapping
from datetime import date

from triplehelix.policy.answer import grounds, source_words, standing
from triplehelix.policy.award import LANES, Award, Example
from triplehelix.policy.decision import decide, ground
from triplehelix.policy.expression import Expr, Named, OverRows
from triplehelix.policy.expression.rows import Counted, Largest
from triplehelix.policy.measure import Measure
from triplehelix.policy.once import OncePer
from triplehelix.policy.terms import Spec
from triplehelix.policy.working import Symbols

OPENED_BY = {"sale_landed": "技术合同成功落地后自动建立办件；没有开放的批次时等待，落地撤销而办件还没有受理的随之撤回"}
ONCE: dict[OncePer, str] = {
    "year": "同一单位的同一“{}”一年只给一次",
    "matter": "同一单位的同一“{}”只给一次，不论哪一年",
    "payee": "一个单位只给一次",
    "one": "同一“{}”只给一次，不论哪一年、哪个单位",
}
SOURCES = {"asked": "申报单位填写", "register": "从台账取得", "derived": "由办理过程得出"}


def page(measure: Measure, edition: str, on: date, uses: Mapping[str, str]) -> str:
    """The page of a measure in Markdown, as the terms stand on a day; `uses` are the fund's purposes by code."""
    return "\n".join(_lines(measure, edition, on, uses)).rstrip() + "\n"


def index(measures: tuple[Measure, ...], edition: str) -> str:
    """The list of all pages."""
    lines = [
        "# 措施手册",
        "",
        f"由 `./run manual` 按措施声明生成（{edition}）；改了声明，页面就变。",
        "",
        "| 编号 | 条款 | 措施 | 资金事项 |",
        "| --- | --- | --- | --- |",
    ]
    for one in measures:
        awards = "、".join(award.name for award in one.awards) or "—"
        lines.append(f"| [{one.code}]({one.code}.md) | {one.article.ref} | {one.name} | {awards} |")
    return "\n".join(lines) + "\n"


def _lines(measure: Measure, edition: str, on: date, uses: Mapping[str, str]) -> Iterator[str]:
    yield from (f"# {measure.code} {measure.name}", "", f"> {measure.article.ref}　{measure.article.quote}", "")
    yield from (f"政策版本：{edition}。", "", "## 适用对象", "", measure.who + "。", "")
    for award in measure.awards:
        yield from _award(award, on, uses)
    yield from _registers(measure)
    yield from ("## 办理过程", "")
    yield from (
        f"{n}. {one.name}{f'（{one.days}；{source_words(one.source)}）' if one.source else ''}"
        for n, one in enumerate(measure.stages, start=1)
    )
    yield from ("", "```mermaid", "flowchart LR", *_diagram(measure), "```", "")
    yield from _listed("待定事项", measure.questions, "没有。")
    if measure.traps:
        yield from _listed("容易出错的地方", measure.traps, "")


def _award(award: Award, on: date, uses: Mapping[str, str]) -> Iterator[str]:
    yield from (f"## {award.name}（{award.code}）", "")
    lanes = "、".join(LANES[lane] for lane in award.lanes)
    yield from (f"- 办理方式：{lanes}", f"- 资金：{uses.get(award.use, award.use)}", f"- 收款：{award.payee}")
    if award.opened_by is not None:
        yield f"- 自动开办：{OPENED_BY[award.opened_by.event]}"
    if award.rounds:
        planned = "；".join(one.written for one in award.rounds)
        yield f"- 计划的批次：{planned}。遇休息日顺延；到期由主管部门逐批发布。〔{award.rounds[0].article.ref}〕"
    yield ""
    yield from ("### 条件", "")
    marks = {code: (term.spec.mark, term.spec.source) for code, term in award.terms.items()}
    for check in award.conditions:
        held = "（不满足时暂停，由经办人核对）" if check.holds else ""
        stands = grounds(check.article.ref, *ground(check, marks))
        yield f"- {check.label}{held}。不满足时答复：{check.refusal}。〔{stands}〕"
    if award.ways is not None:
        yield "- 符合下列之一："
        yield from (f"  - {way.code}：{way.label}" for way in award.ways.ways)
    yield from _once(award)
    yield from (
        "",
        "### 金额",
        "",
        *(f"- {line}" for line in (*_formula(award), *_earlier(award), *_phases(award))),
        "",
    )
    yield from _terms(award, on)
    yield from ("### 需要的事实", "", "| 事实 | 填写 | 来源 | 证明材料 |", "| --- | --- | --- | --- |")
    for fact in award.facts:
        yield f"| {fact.label} | {fact.wants()} | {SOURCES[fact.about.source]} | {fact.about.evidence or '—'} |"
    yield ""
    if award.materials:
        also = "有的另交：" + "、".join(award.if_any) + "。" if award.if_any else ""
        yield from ("材料：" + "、".join(award.materials) + "。" + also, "")
    yield from ("### 算例", "", "| 情形 | 结果 | 说明 |", "| --- | ---: | --- |")
    yield from (_example(award, example) for example in award.examples)
    yield ""
    if award.notes:
        yield from ("### 说明", "", *(f"- {note}" for note in award.notes), "")


def _once(award: Award) -> Iterator[str]:
    """How often it is given, and what leaves no place for it."""
    if award.once or award.once_per == "payee":
        yield f"- {ONCE[award.once_per].format(_named(award, award.once))}。"
    for code in award.each_once:
        yield f"- “{award.fact(code).label}”的每一行（按{_row_name(award, code)}）只计一次，不论哪一年、哪个单位。"
    for rule in award.excludes:
        whose = "本单位" if rule.whose == "own" else ""
        others = "、".join("本事项" if code == award.code else code for code in rule.awards)
        yield f"- {whose}同一“{_named(award, rule.by)}”已有 {others} 的办件：不再给。答复：{rule.why}。"


def _row_name(award: Award, code: str) -> str:
    return str(getattr(award.fact(code), "named", "") or "编号")


def _named(award: Award, codes: tuple[str, ...]) -> str:
    return "、".join(award.fact(code).label for code in codes)


def _formula(award: Award) -> Iterator[str]:
    """The amount from its parts up, one line a part."""
    symbols = Symbols()
    for node in _from_below(award.amount, set()):
        if isinstance(node, OverRows):
            yield f"{node.label}：{_over_rows(node)}"
        if isinstance(node, Named):
            yield f"{node.label} = {node.part.shown(symbols)}"
    if not isinstance(award.amount, Named):
        yield f"金额 = {award.amount.shown(symbols)}"


def _over_rows(node: OverRows) -> str:
    """What is made of a table, and of which of its rows."""
    symbols = Symbols()
    rows = f"“{node.rows.shown(symbols)}”的" + (f"（{node.where.shown(symbols)}）各行" if node.where else "各行")
    if isinstance(node, Counted):
        return f"{rows}有多少"
    each = node.each.resolved(symbols).shown(symbols)
    return f"{rows}按“{each}”算，{'取最大的' if isinstance(node, Largest) else '相加'}"


def _from_below(node: Expr, seen: set[int]) -> Iterator[Expr]:
    """The nodes below and this one, each once: what a line rests on stands over it, parts in the order written."""
    if id(node) not in seen:
        seen.add(id(node))
        for one in (*node.inputs, *(node.parts if isinstance(node, OverRows) else ())):
            yield from _from_below(one, seen)
        yield node


def _earlier(award: Award) -> Iterator[str]:
    """What of earlier cases the program itself tells."""
    for rule in award.earlier:
        whose = "本单位" if rule.whose == "own" else "各单位"
        when = "同一年度" if rule.this_year else "以前"
        same = f"同一“{_named(award, rule.by)}”的" if rule.by else ""
        named = {"": "、".join(["本事项", *rule.awards]), "chapter": "本章各事项", "policy": "本办法各事项"}
        names = named[rule.among]
        what = f"办件中的“{award.fact(rule.what).label}”" if rule.what else "已给的合计"
        yield f"{award.fact(rule.tells).label}：由平台算出，{whose}{when}{same}{names}{what}。"


def _phases(award: Award) -> Iterator[str]:
    if award.phases:
        yield "分期拨付：" + "；".join(f"{phase.name}，{phase.part.label}" for phase in award.phases) + "。"


def _terms(award: Award, on: date) -> Iterator[str]:
    if not award.terms:
        return
    yield from ("| 标准 | 现值 | 自 | 性质与出处 |", "| --- | --- | --- | --- |")
    for term in award.terms.values():
        yield _term(term.spec, on)
    yield ""


def _term(spec: Spec, on: date) -> str:
    if spec.question:
        return f"| {spec.label} | **待定** | — | {spec.question}。{spec.source} |"
    steps = [(day, value) for day, value in getattr(spec.value, "steps", ()) if day <= on]
    if not steps:
        return f"| {spec.label} | 尚未施行 | — | {standing(spec.mark, spec.source)} |"
    day, value = steps[-1]
    return f"| {spec.label} | {spec.written(value)} | {day} | {standing(spec.mark, spec.source)} |"


def _example(award: Award, example: Example) -> str:
    found = decide(award, example.facts, award.day_of(example), example.decided)
    if found.granted is not None:
        shares = "；".join(f"{share.id} 得 {share.fen}" for share in found.shares[1:] and found.shares)
        said = "；".join(str(line) for line in found.lines)
        return f"| {example.title} | {found.granted} | {shares or said} |"
    if found.refused:
        return f"| {example.title} | {'暂停' if found.is_held else '不予支持'} | {found.refused[0].message} |"
    if found.unknown:
        return f"| {example.title} | 不能计算 | 缺少{'、'.join(found.unknown)} |"
    return f"| {example.title} | 待定 | {'；'.join(question.question for question in found.open)} |"


def _registers(measure: Measure) -> Iterator[str]:
    for register in measure.registers:
        fields = "内容：" + "、".join(register.fields)
        yield from (f"## 台账：{register.name}", "", f"{fields}。〔{source_words(register.source)}〕", "")
        yield from (f"- {check}" for check in register.checks)
        yield ""
    if measure.duties:
        yield from ("## 责任", "", "| 谁 | 做什么 | 何时 | 出处 |", "| --- | --- | --- | --- |")
        yield from (
            f"| {duty.who} | {duty.what} | {duty.due} | {source_words(duty.source)} |" for duty in measure.duties
        )
        yield ""


def _listed(title: str, items: tuple[str, ...], nothing: str) -> list[str]:
    return [f"## {title}", "", *((f"- {item}" for item in items) if items else (nothing,)), ""]


def _diagram(measure: Measure) -> Iterator[str]:
    names = [stage.name.replace("：", " ").replace("、", "，") for stage in measure.stages]
    yield from (f'  s{n}["{name}"]' for n, name in enumerate(names))
    yield "  " + " --> ".join(f"s{n}" for n in range(len(names)))
