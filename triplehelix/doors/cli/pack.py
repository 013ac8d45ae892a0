"""`./run pack`: is the configured policy pack right? Its lists, its declarations, every case worked by hand in them."""

import argparse
import sys
from collections.abc import Iterator, Mapping

import django

from triplehelix.foundation.dated import NotInForce
from triplehelix.foundation.money import Fen
from triplehelix.policy.award import Award, Example
from triplehelix.policy.decision import BadFacts, Decision, decide
from triplehelix.policy.facts.one import BadFact
from triplehelix.policy.registry import load


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
    print(f"{settings.MEASURES}：{measures} 项措施，{len(awards)} 个奖补事项，{cases} 个算例，全部相符")
    return 0


def faults_of(award: Award) -> Iterator[str]:
    """Which cases worked by hand come out otherwise, and which examples of facts nobody could send."""
    for example in award.examples:
        yield from _unlike(award, example)
    for fact in award.facts:
        try:
            fact.read(fact.about.example) if fact.about.example is not None else None
        except BadFact as why:
            yield f"{award.code} 事实 {fact.code} 的 example：{why}"


def _unlike(award: Award, example: Example) -> Iterator[str]:
    where = f"{award.code} 算例“{example.title}”"
    try:
        found = decide(award, example.facts, award.day_of(example), example.decided)
    except BadFacts as why:
        yield from (f"{where}：{key}：{said}" for key, said in why.errors.items())
        return
    except NotInForce as why:
        yield f"{where}：{why.message}；用 on=date(…) 写明按哪一天"
        return
    wanted, got = _said(example), _got(found)
    for name, should in wanted.items():
        if (is_so := got[name]) != should:
            yield f"{where}：{name}应为 {should}，算出 {is_so}"
    if example.way and example.way != found.way:
        yield f"{where}：符合方式应为 {example.way}，算出 {found.way or '无'}"
    shares = {share.id: share.fen for share in found.shares}
    if example.shares and shares != dict(example.shares):
        yield f"{where}：各单位应为 {_each(example.shares)}，算出 {_each(shares)}"


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
