"""An expert's credit record: no-shows, identical scores, scores that contradict their comments.

What a machine finds in scores and comments is a lead, not a verdict: each finding carries its evidence, and only
those a person has confirmed cost credit. The numbers are proposals and settings.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from triplehelix.procedure.review.sheets import ScoreSheet

NO_SHOW, IDENTICAL, SAME_AS_OTHER, CONTRADICTION = "no_show", "identical", "same_as_other", "contradiction"
#: Words of blame and of praise; a negation before one turns it round (无明显不足).
BLAME = (
    *("不足", "缺乏", "欠缺", "薄弱", "不合理", "不清楚", "不清晰", "不明确", "不可行", "落后", "陈旧", "重复", "空洞"),
    *("没有创新", "无创新", "缺少", "较差", "很差", "虚高", "不符", "存疑", "照搬", "偏低", "风险很大", "难以"),
)
PRAISE = (
    "先进",
    "领先",
    "突出",
    "优秀",
    "优异",
    "很好",
    "良好",
    "清晰",
    "合理",
    "可行",
    "扎实",
    "创新性强",
    "显著",
    "明确",
    "充分",
    "完善",
)
NEGATIONS = re.compile(
    r"(没有|未见|未发现|并非|不够|不太|不是|缺乏|尚未|[不无未非])(明显|太大|任何|十分|很|太|够|存在)?的?$"
)


@dataclass(frozen=True, slots=True)
class CreditRules:
    """What a confirmed finding costs of 100, for how many years, below what an expert is no longer drawn, and when
    scores are alike. All of it proposed (assumed), none official.

    `alike_cases`: so many different cases with the same points in every item, or so many shared with one colleague.
    """

    costs: Mapping[str, int] = field(
        default_factory=lambda: {NO_SHOW: 20, IDENTICAL: 15, SAME_AS_OTHER: 15, CONTRADICTION: 5}, hash=False
    )
    alike_cases: int = 3
    draw_from: int = 60
    years: int = 3


RULES = CreditRules()


@dataclass(frozen=True, slots=True)
class Seat:
    """An accepted invitation: whether the expert handed in a score, or was excused (illness, 回避) beforehand."""

    expert: str
    case: str
    scored: bool
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A sheet as handed in: points and comments by item."""

    expert: str
    case: str
    points: Mapping[str, int] = field(hash=False)
    comments: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One lead about one expert. `evidence` says in Chinese what was seen where; `other` is the colleague with the same
    scores, whom the expert's own record does not name."""

    expert: str
    kind: str
    cases: tuple[str, ...]
    evidence: str
    item: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An expert's standing: 100 less what confirmed findings cost, never below 0."""

    expert: str
    credit: int
    may_be_drawn: bool
    counted: tuple[Finding, ...]


def no_shows(seats: Iterable[Seat]) -> list[Finding]:
    """Accepted, not excused, and no score."""
    return [
        Finding(seat.expert, NO_SHOW, (seat.case,), f"接受了项目“{seat.case}”的评审邀请，未请假也未提交评分")
        for seat in seats
        if not seat.scored and not seat.excused
    ]


def identical_scores(given: Sequence[Given], rules: CreditRules = RULES) -> list[Finding]:
    """An expert who gave several cases the same points in every item; experts who agree so in several cases."""
    found = []
    alike: dict[tuple[str, tuple[tuple[str, int], ...]], list[str]] = {}
    for one in given:
        alike.setdefault((one.expert, _vector(one)), []).append(one.case)
    for (expert, points), cases in sorted(alike.items()):
        if len(set(cases)) >= rules.alike_cases:
            shown = tuple(sorted(set(cases)))
            said = f"{len(shown)} 个项目（{'、'.join(shown)}）各项打分完全相同，均为 {sum(v for _, v in points)} 分"
            found.append(Finding(expert, IDENTICAL, shown, said))
    return found + _colleagues(given, rules)


def _colleagues(given: Sequence[Given], rules: CreditRules) -> list[Finding]:
    by_case: dict[tuple[str, tuple[tuple[str, int], ...]], set[str]] = {}
    for sheet in given:
        by_case.setdefault((sheet.case, _vector(sheet)), set()).add(sheet.expert)
    shared: dict[tuple[str, str], list[str]] = {}
    for (case, _), experts in by_case.items():
        for one in experts:
            for other in experts - {one}:
                shared.setdefault((one, other), []).append(case)
    found = []
    for (one, other), cases in sorted(shared.items()):
        if len(cases) >= rules.alike_cases:
            shown = tuple(sorted(cases))
            said = f"在 {len(shown)} 个项目（{'、'.join(shown)}）上与另一位专家各项打分完全相同"
            found.append(Finding(one, SAME_AS_OTHER, shown, said, other=other))
    return found


def contradictions(given: Iterable[Given], sheet: ScoreSheet) -> list[Finding]:
    """Very high points under a comment that only blames, very low ones under a comment that only praises."""
    found = []
    for one in given:
        for item in sheet.items:
            points, comment = one.points.get(item.code), one.comments.get(item.code, "")
            if points is None or not comment.strip():
                continue
            blame, praise = leaning(comment)
            if points * 100 > item.maximum * sheet.high and blame and not praise:
                said = f"“{item.label}”打了 {points} 分（满分 {item.maximum}），评语却只有批评：{'、'.join(blame)}"
            elif points * 100 < item.maximum * sheet.low and praise and not blame:
                said = f"“{item.label}”只打了 {points} 分（满分 {item.maximum}），评语却只有肯定：{'、'.join(praise)}"
            else:
                continue
            found.append(Finding(one.expert, CONTRADICTION, (one.case,), said, item.code))
    return found


def leaning(comment: str) -> tuple[list[str], list[str]]:
    """The words of blame and of praise in a comment, negations taken into account: (blame, praise)."""
    words = sorted((*BLAME, *PRAISE), key=lambda word: (-len(word), word))
    blame: list[str] = []
    praise: list[str] = []
    for hit in re.finditer("|".join(map(re.escape, words)), comment):
        negation = NEGATIONS.search(comment[: hit.start()])
        shown = (negation.group() if negation else "") + hit.group()
        (blame if (hit.group() in BLAME) != bool(negation) else praise).append(shown)
    return blame, praise


def record(expert: str, confirmed: Iterable[Finding], rules: CreditRules = RULES) -> Record:
    """The expert's standing from confirmed findings about him or her; those about others are passed over.

    The same finding confirmed twice counts once.
    """
    counted = tuple(dict.fromkeys(one for one in confirmed if one.expert == expert))
    credit = max(0, 100 - sum(rules.costs.get(one.kind, 0) for one in counted))
    return Record(expert, credit, credit >= rules.draw_from, counted)


def _vector(one: Given) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(one.points.items()))
