"""From single scores to a result: the trimmed mean, what a voided score changes, and the ranking of a round.

Everything is exact (Fraction) until the one rounding to two decimals, half up; what is compared is the published
mean, so that nobody is refused for a difference that no paper shows. Rules: domain §2.3, proposals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from django.utils.translation import gettext as _

from triplehelix.foundation.coded import Coded
from triplehelix.procedure.review.sheets import ScoreSheet


class ScoreError(Coded, ValueError):
    """Scores that cannot be counted. `code` is stable: too_few, twice, out_of_range, no_reason, unknown_expert."""


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """Proposed numbers, all of them settings: fewest valid scores, from how many on two are dropped, widest spread."""

    least_valid: int = 5
    trim_from: int = 5
    widest_spread: int = 20


RULES = ScoringRules()


@dataclass(frozen=True, slots=True)
class Score:
    """What one expert (by id: names are shared) gave one case.

    `tie` are the points of the sheet's tie item; `refused` the questions answered no;
    `void` is the reason the score no longer counts (a conflict found later); empty while it counts.
    """

    expert: str
    total: int
    tie: int = 0
    refused: frozenset[str] = frozenset()
    void: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a panel's scores come to. `mean` is None when too few scores are valid: then a re-review is due.

    `short` says how many more valid scores are wanted; `dropped` are the experts whose highest and lowest score was
    left out; `reconsider` is the 复议 flag. `reasons` say in Chinese why the case is invalid, refused or flagged.
    """

    case: str
    valid: int
    voided: int
    mean: Decimal | None
    untrimmed: Decimal | None
    tie: Fraction
    spread: int
    dropped: tuple[str, ...]
    short: int
    fundable: bool
    reconsider: bool
    reasons: tuple[str, ...]


def two_decimals(exact: Fraction) -> Decimal:
    """Rounded half up to two decimals: 84.665 is 84.67. For values from zero up."""
    return Decimal(floor(exact * 100 + Fraction(1, 2))).scaleb(-2)


def trimmed(values: Sequence[int], rules: ScoringRules = RULES) -> Fraction:
    """The exact mean without one highest and one lowest value. Raises ScoreError `too_few`.

    >>> two_decimals(trimmed([92, 88, 85, 81, 60]))
    Decimal('84.67')
    """
    if len(values) < max(1, rules.least_valid):
        raise ScoreError("too_few", f"有效评分只有 {len(values)} 份，不足 {rules.least_valid} 份，需要重新评审")
    kept = sorted(values)
    if len(kept) >= max(3, rules.trim_from):
        kept = kept[1:-1]
    return Fraction(sum(kept), len(kept))


def trimmed_mean(values: Sequence[int], rules: ScoringRules = RULES) -> Decimal:
    """`trimmed` with two decimals, as it is published. Raises ScoreError `too_few`."""
    return two_decimals(trimmed(values, rules))


def result(
    case: str, scores: Iterable[Score], sheet: ScoreSheet, rules: ScoringRules = RULES, *, awaited: int = 0
) -> Result:
    """The result of one case. `awaited`: experts who still have to score it; while they suffice, no more are asked for.

    A question (veto, hard indicator) refuses the case when more than half of the valid scores say no; when only some
    do, the panel disagrees about a fact and the case is flagged for 复议. Raises ScoreError twice or out_of_range.
    """
    given = list(scores)
    _sound(given)
    valid = [score for score in given if not score.void]
    totals = [score.total for score in valid]
    spread = max(totals) - min(totals) if totals else 0
    short = max(0, rules.least_valid - len(valid))
    if short:
        why = _too_few(len(valid), awaited, rules)
        return _invalid(case, valid=len(valid), voided=len(given) - len(valid), spread=spread, short=short, why=why)
    mean = trimmed_mean(totals, rules)
    refused, doubted = _refusals(valid, sheet)
    reasons = list(refused)
    if mean < sheet.fundable:
        reasons.append(_("平均分 %(mean)s 低于立项分数线 %(line)s 分") % {"mean": mean, "line": sheet.fundable})
    if spread > rules.widest_spread:
        said = {"spread": spread, "most": rules.widest_spread}
        reasons.append(_("最高分与最低分相差 %(spread)d 分，超过 %(most)d 分，建议复议") % said)
    return Result(
        case=case,
        valid=len(valid),
        voided=len(given) - len(valid),
        mean=mean,
        untrimmed=two_decimals(Fraction(sum(totals), len(totals))),
        tie=trimmed([score.tie for score in valid], rules),
        spread=spread,
        dropped=_dropped(valid, rules),
        short=0,
        fundable=mean >= sheet.fundable and not refused,
        reconsider=spread > rules.widest_spread or bool(doubted),
        reasons=(*reasons, *doubted),
    )


def _too_few(valid: int, awaited: int, rules: ScoringRules) -> str:
    said = {
        "valid": valid,
        "awaited": awaited,
        "least": rules.least_valid,
        "short": rules.least_valid - valid - awaited,
    }
    if said["short"] <= 0:
        return _("已交 %(valid)d 份，待评 %(awaited)d 份") % said
    if awaited:
        return _("已交 %(valid)d 份，待评 %(awaited)d 份，交齐也不足 %(least)d 份，需补充 %(short)d 名专家") % said
    return _("有效评分只有 %(valid)d 份，不足 %(least)d 份，评审无效，需补充 %(short)d 名专家重新评审") % said


def _invalid(case: str, *, valid: int, voided: int, spread: int, short: int, why: str) -> Result:
    return Result(
        case=case,
        valid=valid,
        voided=voided,
        mean=None,
        untrimmed=None,
        tie=Fraction(0),
        spread=spread,
        dropped=(),
        short=short,
        fundable=False,
        reconsider=False,
        reasons=(why,),
    )


def void(scores: Iterable[Score], expert: str, reason: str) -> list[Score]:
    """The same scores, the expert's no longer counting; call `result` again, which re-checks the panel's size.

    Raises ScoreError `no_reason` without a reason, `unknown_expert` when the expert has given none.
    """
    given = list(scores)
    if not reason.strip():
        raise ScoreError("no_reason", "作废评分须写明原因")
    if expert not in {score.expert for score in given}:
        raise ScoreError("unknown_expert", f"专家“{expert}”没有给这个项目打分")
    return [replace(score, void=reason.strip()) if score.expert == expert else score for score in given]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A case in the order of its round. `place` is None where there is no valid mean; never shared.

    `decided_by`: mean, tie_item or submission: what put it behind the case before it. `selected` is true for cases
    that are fundable and within the places of the round.
    """

    place: int | None
    submission: int
    result: Result
    decided_by: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """A round in order; cases without a valid mean at the end, by submission."""

    lines: tuple[Ranked, ...]
    later_first: bool = True

    @property
    def complete(self) -> bool:
        """Whether every case has a valid mean: only then may the list be published."""
        return all(line.place is not None for line in self.lines)


def rank(
    results: Mapping[int, Result], places: int | None = None, *, later_first: bool = True, behind: int = 0
) -> Ranking:
    """The round's results, keyed by submission number, in order.

    Higher published mean; then the higher exact tie item (trimmed like the total); then the younger submission, that
    is the later number (`later_first=False` turns this one round). Never random. `places` limits how many are selected;
    the first comes behind so many places that were given before.
    """
    turn = -1 if later_first else 1

    def key(entry: tuple[int, Result]) -> tuple[Decimal, Fraction, int]:
        number, got = entry
        return (-(got.mean or Decimal(0)), -got.tie, turn * number)

    valid = sorted(((n, r) for n, r in results.items() if r.mean is not None), key=key)
    lines: list[Ranked] = []
    chosen, before = 0, None
    for place, (number, got) in enumerate(valid, start=behind + 1):
        selected = got.fundable and (places is None or chosen < places)
        chosen += selected
        lines.append(Ranked(place, number, got, _decided_by(before, got), selected))
        before = got
    rest = [Ranked(None, n, r, "", False) for n, r in sorted(results.items()) if r.mean is None]
    return Ranking((*lines, *rest), later_first)


def _decided_by(before: Result | None, got: Result) -> str:
    if before is None or before.mean != got.mean:
        return "mean"
    return "tie_item" if before.tie != got.tie else "submission"


def _sound(scores: Sequence[Score]) -> None:
    experts = [score.expert for score in scores]
    if twice := sorted({e for e in experts if experts.count(e) > 1}):
        raise ScoreError("twice", f"同一专家对同一项目打了两次分：{'、'.join(twice)}")
    for score in scores:
        if isinstance(score.total, bool) or not isinstance(score.total, int) or not 0 <= score.total <= 100:
            raise ScoreError("out_of_range", f"专家“{score.expert}”的总分应为 0 至 100 的整数，现在是 {score.total!r}")


def _refusals(valid: Sequence[Score], sheet: ScoreSheet) -> tuple[list[str], list[str]]:
    """Refusals shared by more than half, and questions on which the panel is split."""
    refused, doubted = [], []
    for question in sheet.questions:
        said_no = sum(question.code in score.refused for score in valid)
        if said_no * 2 > len(valid):
            refused.append(f"{question.refusal}（{len(valid)} 名专家中 {said_no} 名认定）")
        elif said_no:
            doubted.append(f"“{question.label}”：{len(valid)} 名专家中 {said_no} 名选“否”，认定不一致，建议复议")
    return refused, doubted


def _dropped(valid: Sequence[Score], rules: ScoringRules) -> tuple[str, ...]:
    """Who gave the one lowest and the one highest score left out; among equals, by id, which changes no mean."""
    if len(valid) < max(3, rules.trim_from):
        return ()
    order = sorted(valid, key=lambda score: (score.total, score.expert))
    return (order[0].expert, order[-1].expert)
