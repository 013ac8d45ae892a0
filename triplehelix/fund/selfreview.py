"""预算绩效自评 of a year (财预〔2020〕10号): the ledger scores how far the budget was carried out, people the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.money import Fen
from triplehelix.fund.models import Ledger, Movement, Pool
from triplehelix.records.steps.actions import Refused

EXECUTION = "execution"
#: Part → its name and its points, together 100.
PARTS: dict[str, tuple[str | Promise, int]] = {
    EXECUTION: (gettext_lazy("预算执行率"), 10),
    "output": (gettext_lazy("产出指标"), 50),
    "benefit": (gettext_lazy("效益指标"), 30),
    "satisfaction": (gettext_lazy("满意度指标"), 10),
}
#: From so many points on.
GRADES: tuple[tuple[int, str | Promise], ...] = (
    (90, gettext_lazy("优")),
    (80, gettext_lazy("良")),
    (60, gettext_lazy("中")),
    (0, gettext_lazy("差")),
)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the sheet: points out of `weight`."""

    key: str
    label: str
    weight: int
    score: Decimal


@dataclass(frozen=True, slots=True)
class SelfReview:
    """The sheet of one year. `budget` is the year's money with what was carried into it, `executed` what was paid."""

    title: str
    year: int
    budget: Fen
    executed: Fen
    parts: tuple[Part, ...]

    @property
    def rate(self) -> Fraction:
        return _rate(self.budget, self.executed)

    @property
    def total(self) -> Decimal:
        return sum((one.score for one in self.parts), Decimal(0))

    @property
    def grade(self) -> str:
        """优, 良, 中 or 差."""
        return grade_of(self.total)


def grade_of(points: Decimal | int) -> str:
    """优, 良, 中 or 差, in the reader's language."""
    return next(str(name) for least, name in GRADES if points >= least)


def self_review(pool: Pool, *, output: Decimal, benefit: Decimal, satisfaction: Decimal) -> SelfReview:
    """The year's sheet from the ledger and the three scores people gave. Raises Refused for scores beyond their
    points, or with more than two decimals."""
    budget, executed = year_of(pool)
    scores = {
        EXECUTION: _points(_rate(budget, executed) * PARTS[EXECUTION][1]),
        "output": output,
        "benefit": benefit,
        "satisfaction": satisfaction,
    }
    return SelfReview(pool.label, pool.year, budget, executed, _parts(scores))


def year_of(pool: Pool) -> tuple[Fen, Fen]:
    """What the year had (documents, and money carried into it) and what left in the calendar year, returns off.

    Money carried on at year's end stays in the budget it was not spent of.
    """
    into = Movement.objects.filter(verb="carry_over", debit_purse__pool=pool)
    fen = Sum("amount_fen")
    sums = Movement.objects.filter(pool=pool, at__year=pool.year).aggregate(
        paid=Sum("amount_fen", filter=Q(debit=Ledger.PAID)), back=Sum("amount_fen", filter=Q(credit=Ledger.PAID))
    )
    budget = pool.appropriated_fen + (into.aggregate(fen=fen)["fen"] or 0)
    return Fen(int(budget)), Fen(int((sums["paid"] or 0) - (sums["back"] or 0)))


def _rate(budget: int, executed: int) -> Fraction:
    return Fraction(int(executed), int(budget)) if budget else Fraction(0)


def _points(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(CENT, ROUND_HALF_UP)


def _parts(scores: Mapping[str, Decimal]) -> tuple[Part, ...]:
    found = []
    for key, (label, weight) in PARTS.items():
        score = scores[key]
        if not isinstance(score, Decimal | int) or not 0 <= score <= weight or score % CENT:
            said = {"label": label, "score": score, "weight": weight}
            raise Refused(_("%(label)s的得分 %(score)s 应在 0 与 %(weight)d 之间，最多两位小数") % said)
        found.append(Part(key, str(label), weight, Decimal(score).quantize(CENT)))
    return tuple(found)
