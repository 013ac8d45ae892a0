"""`./run pack`: is the configured policy pack right? Its lists, its declarations, every case worked by hand in them."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import django

from triplehelix.foundation.dated import NotInForce
from triplehelix.foundation.money import Fen
from triplehelix.foundation.reference import load_toml
from triplehelix.measures import liaocheng
from triplehelix.policy.award import Award, Example
from triplehelix.policy.decision import BadFacts, Decision, decide
from triplehelix.policy.facts import BadFact, Fact, Listed
from triplehelix.policy.kinds import divisors
from triplehelix.policy.registry import load

#: Lists and numbers that one city has otherwise than another. Copied, they say what is another city's, as official.
LOCAL = ("commitments.toml", "contracts.toml", "fund.toml", "lists.toml", "procedure.toml", "units.toml")
COPIED = "提醒：与起步时照搬的一字不差：{files}。核对是不是本市的口径，改掉出处；没有依据的写 assumed = true。"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the pack is the one of TRIPLEHELIX_PACK and TRIPLEHELIX_MEASURES."""


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when the pack can be used and every example comes out as worked by hand, else 1 with what is
    wrong."""
    django.setup()
    # Tables exist only now.
    from django.conf import settings

    from triplehelix.records.parties import pack

    found = pack.faults()
    awards = () if found else load(settings.MEASURES).awards
    found += [fault for award in awards for fault in faults_of(award)]
    if found:
        print(*found, pack.HINT, sep="\n", file=sys.stderr)
        return 1
    cases = sum(len(award.examples) for award in awards)
    measures = len(load(settings.MEASURES).measures)
    if same := copied(Path(settings.PACK_DIR)):
        print(COPIED.format(files="、".join(same)), file=sys.stderr)
    print(f"{settings.MEASURES}：{measures} 项措施，{len(awards)} 个奖补事项，{cases} 个算例，全部相符")
    return 0


def copied(pack: Path) -> list[str]:
    """The files of lists that differ from city to city, and stand in this pack as in the one it was begun from."""
    begun = Path(liaocheng.__file__).parent
    if pack.samefile(begun):
        return []
    files = ((pack / "reference" / name, begun / "reference" / name) for name in LOCAL)
    return [own.name for own, first in files if own.exists() and load_toml(own) == load_toml(first)]


def faults_of(award: Award) -> Iterator[str]:
    """Which cases worked by hand come out otherwise, and which examples of facts nobody could send."""
    yield from _each_once(award)
    for fact in award.facts:
        try:
            fact.read(fact.about.example) if fact.about.example is not None else None
        except BadFact as why:
            yield f"{award.code} 事实 {fact.code} 的 example：{why}"
    yield from (said for fact in award.facts if (said := _not_known(award, fact)))
    yield from (said for table, fact in divisors(award.amount) if (said := _zero(award, table, fact)))


def _each_once(award: Award) -> Iterator[str]:
    """What is wrong with the examples; what is wrong with several in the same way is told of the first of them."""
    found: dict[str, list[str]] = {}
    for example in award.examples:
        for said in _unlike(award, example):
            found.setdefault(said, []).append(example.title)
    for said, titles in found.items():
        more = f"等 {len(titles)} 例" if len(titles) > 1 else ""
        yield f"{award.code} 算例“{titles[0]}”{more}：{said}"


def _not_known(award: Award, fact: Fact) -> str:
    """Why an example without a fact that may be left out has no amount; "" where it has, or is refused."""
    if not (fact.about.optional or fact.about.nullable):
        return ""
    for example in award.examples:
        try:
            found = decide(award, {**example.facts, fact.key: None}, award.day_of(example), example.decided)
        except Exception:  # noqa: S112  told by the example itself
            continue
        if fact.label in found.unknown:
            return (
                f"{award.code} 事实 {fact.code} 可以不填，可是算例“{example.title}”不填就算不出金额（不填不等于零）："
                f"用 when(known({fact.code}), …, …) 写明不填时怎样算，或者加一个条件要求填写"
            )
    return ""


def _zero(award: Award, table: Listed | None, fact: Fact) -> str:
    """Why an example in which a divisor is zero has no amount; "" where it has, is refused, or cannot be sent."""
    for example in award.examples:
        try:
            zero: object = 0 if table is None else [{**row, fact.key: 0} for row in example.facts[table.key]]
            facts = {**example.facts, (table or fact).key: zero}
            found = decide(award, facts, award.day_of(example), example.decided)
        except Exception:  # noqa: S112  zero cannot be sent, or told by the example itself
            continue
        if any(fact.label in one for one in found.unknown):
            return (
                f"{award.code} 事实 {fact.code} 可以是零，可是作除数，算例“{example.title}”就算不出金额：用 "
                f"when({fact.code} > const(0), …, …) 写明为零时怎样算，或加条件要求大于零，数量可声明 at_least=1"
            )
    return ""


def _unlike(award: Award, example: Example) -> Iterator[str]:
    try:
        found = decide(award, example.facts, award.day_of(example), example.decided)
    except BadFacts as why:
        yield from (f"{key}：{said}" for key, said in why.errors.items())
        return
    except NotInForce as why:
        yield f"{why.message}；用 on=date(…) 写明按哪一天"
        return
    except Exception as why:  # an expression put together of parts that do not fit, whatever it raises
        yield f"条件或金额的表达式算不下去（{type(why).__name__}：{why}）：核对每一部分用的是哪一种事实、标准"
        return
    wanted, got = _said(example), _got(found)
    if found.unknown and example.granted_fen is not None:
        yield f"缺少{'、'.join(found.unknown)}，算不出金额"
    for name, should in wanted.items():
        if (is_so := got[name]) != should:
            yield f"{name}应为 {should}，算出 {is_so}"
    if example.way and example.way != found.way:
        yield f"符合方式应为 {example.way}，算出 {found.way or '无'}"
    shares = {share.id: share.fen for share in found.shares}
    if example.shares and shares != dict(example.shares):
        yield f"各单位应为 {_each(example.shares)}，算出 {_each(shares)}"


def _said(example: Example) -> dict[str, str]:
    return _named(example.granted_fen, example.refused, example.open)


def _got(found: Decision) -> dict[str, str]:
    refused = tuple(check.code for check in found.refused)
    return _named(found.granted, refused, tuple(question.code for question in found.open))


def _named(granted: int | None, refused: tuple[str, ...], open: tuple[str, ...]) -> dict[str, str]:
    money = "不给" if granted is None else str(Fen(granted))
    return {"金额": money, "拒绝条件": "、".join(refused) or "无", "待定标准": "、".join(open) or "无"}


def _each(shares: Mapping[str, int]) -> str:
    return "、".join(f"{unit} {Fen(fen)}" for unit, fen in sorted(shares.items()))
