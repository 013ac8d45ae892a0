"""Score sheets as data: items worth 100 points in total, and questions answered yes or no before any point is given.

The sheets below are proposals (domain §5.2), marked `assumed`: a round may carry its own, kept as plain data
(`as_data`, `from_data`). A sheet that does not come to 100 points does not construct.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triplehelix.foundation.coded import Coded

FULL_MARKS = 100


class SheetError(Coded, ValueError):
    """A sheet that cannot be used as declared or filled. `code` is stable, `message` is Chinese."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a sheet: whole points from 0 to `maximum`."""

    code: str
    label: str
    maximum: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Asked before the points; worded so that yes is good. A `no` that most of the panel shares refuses the case."""

    code: str
    label: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A word for a total: the first grade whose `least` is reached."""

    least: int
    label: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one item (or question) of a filled sheet, in words for the expert. `code` is stable.

    Codes: missing, not_whole, negative, over_maximum, comment_short, unanswered, unknown_item.
    """

    item: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """Items that come to 100, the questions before them, and what a total means.

    `tie_item` decides between equal means (创新性). `fundable` is the least mean that may be funded.
    `needs_indicators`: to be used only after `with_indicators` has put in the hard indicators of the list.
    An item below `low` % or above `high` % of its maximum needs a comment of `comment_least` characters.
    Raises SheetError with code total, item, code_twice, tie_item, fundable or grades.
    """

    code: str
    title: str
    items: tuple[Item, ...]
    questions: tuple[Question, ...] = ()
    tie_item: str = ""
    fundable: int = 70
    grades: tuple[Grade, ...] = ()
    needs_indicators: bool = False
    low: int = 60
    high: int = 90
    comment_least: int = 30
    assumed: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        for item in self.items:
            if isinstance(item.maximum, bool) or not isinstance(item.maximum, int) or item.maximum < 1:
                raise SheetError("item", f"评分表“{self.title}”的“{item.label}”满分应为正整数，现在是 {item.maximum!r}")
        if (total := sum(item.maximum for item in self.items)) != FULL_MARKS:
            raise SheetError("total", f"评分表“{self.title}”各项满分合计应为 {FULL_MARKS}，现在是 {total}")
        codes = [item.code for item in self.items] + [question.code for question in self.questions]
        if twice := sorted({c for c in codes if codes.count(c) > 1}):
            raise SheetError("code_twice", f"评分表“{self.title}”有重复的项目代码：{'、'.join(twice)}")
        if self.tie_item and self.tie_item not in {item.code for item in self.items}:
            raise SheetError("tie_item", f"评分表“{self.title}”没有用于同分排序的项目“{self.tie_item}”")
        if not 0 <= self.fundable <= FULL_MARKS:
            raise SheetError("fundable", f"评分表“{self.title}”的立项分数线应在 0 至 {FULL_MARKS} 之间")
        leasts = [grade.least for grade in self.grades]
        if leasts != sorted(set(leasts), reverse=True):
            raise SheetError("grades", f"评分表“{self.title}”的等次应按分数从高到低排列")

    def with_indicators(self, indicators: Sequence[str]) -> "ScoreSheet":
        """The sheet of one list (榜单): each hard indicator asked yes or no before the points.

        Raises SheetError `indicators` when there is none, or one is blank or given twice.
        """
        texts = [text.strip() for text in indicators]
        if not texts or not all(texts) or len(set(texts)) != len(texts):
            raise SheetError("indicators", "榜单的硬性指标至少一项，逐项填写，不留空、不重复")
        asked = tuple(
            Question(f"indicator_{n}", f"达到榜单硬性指标：{text}", f"未达到榜单硬性指标：{text}")
            for n, text in enumerate(texts, start=1)
        )
        return replace(self, questions=(*self.questions, *asked), needs_indicators=False)

    def grade(self, total: int) -> str:
        """The word for a total, 不合格 below the last grade; empty for a sheet without grades."""
        if not self.grades:
            return ""
        return next((grade.label for grade in self.grades if total >= grade.least), "不合格")

    def as_data(self) -> dict[str, Any]:
        """Plain data (JSON) from which `from_data` makes the same sheet."""
        data: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        data["items"] = [{n: getattr(i, n) for n in Item.__slots__} for i in self.items]
        data["questions"] = [{n: getattr(q, n) for n in Question.__slots__} for q in self.questions]
        data["grades"] = [{n: getattr(g, n) for n in Grade.__slots__} for g in self.grades]
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ScoreSheet":
        """Raises SheetError `data` for names or shapes no sheet has, and what the sheet itself raises."""
        try:
            parts = {
                "items": tuple(Item(**part) for part in data["items"]),
                "questions": tuple(Question(**part) for part in data.get("questions", ())),
                "grades": tuple(Grade(**part) for part in data.get("grades", ())),
            }
            return cls(**{**data, **parts})
        except (KeyError, TypeError) as wrong:
            raise SheetError("data", f"评分表的数据不完整或多出了内容：{wrong}") from wrong


def check(
    sheet: ScoreSheet,
    points: Mapping[str, object],
    comments: Mapping[str, str],
    answers: Mapping[str, bool | None] | None = None,
    *,
    draft: bool = False,
) -> list[Fault]:
    """What is wrong with a filled sheet, in the order of the sheet; empty when it may be handed in.

    Points may be whole numbers or their digits as typed. With `draft` (autosave) what is still empty is no fault.
    Raises SheetError `needs_indicators` for a sheet whose hard indicators have not been put in.
    """
    if sheet.needs_indicators:
        raise SheetError("needs_indicators", f"评分表“{sheet.title}”还没有填入榜单的硬性指标")
    answers = answers or {}
    faults: list[Fault] = []
    for question in sheet.questions:
        if answers.get(question.code) is None and not draft:
            faults.append(Fault(question.code, "unanswered", f"“{question.label}”请先选择“是”或“否”"))
    for item in sheet.items:
        faults += _item_faults(sheet, item, points.get(item.code), comments.get(item.code, ""), draft)
    known = {item.code for item in sheet.items} | {question.code for question in sheet.questions}
    strange = [c for c in dict.fromkeys((*points, *comments, *answers)) if c not in known]
    return faults + [Fault(c, "unknown_item", f"评分表“{sheet.title}”里没有项目“{c}”") for c in strange]


def total(sheet: ScoreSheet, points: Mapping[str, object]) -> int:
    """The sum of the items. Raises SheetError `points` when one is missing or outside its range."""
    got = 0
    for item in sheet.items:
        value = whole(points.get(item.code))
        if value is None or not 0 <= value <= item.maximum:
            raise SheetError("points", f"“{item.label}”的分数应为 0 至 {item.maximum} 的整数")
        got += value
    return got


def needs_comment(sheet: ScoreSheet, item: Item, value: int) -> bool:
    """Whether so few or so many points for this item have to be explained."""
    return value * 100 < item.maximum * sheet.low or value * 100 > item.maximum * sheet.high


def whole(value: object) -> int | None:
    """A whole number as given or as typed in ASCII digits; None for everything else (1.0, True, １８)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= 9:
            return int(value)
    return None


def _item_faults(sheet: ScoreSheet, item: Item, given: object, comment: str, draft: bool) -> Iterable[Fault]:
    if given is None or (isinstance(given, str) and not given.strip()):
        if not draft:
            yield Fault(item.code, "missing", f"“{item.label}”还没有打分（0 至 {item.maximum} 分）")
        return
    value = whole(given)
    if value is None:
        said = f"“{item.label}”只能打整数分，用半角数字填写 0 至 {item.maximum}，现在是“{str(given)[:20]}”"
        yield Fault(item.code, "not_whole", said)
    elif value < 0:
        yield Fault(item.code, "negative", f"“{item.label}”不能是负分，应为 0 至 {item.maximum}")
    elif value > item.maximum:
        yield Fault(item.code, "over_maximum", f"“{item.label}”满分 {item.maximum} 分，现在是 {value} 分")
    elif not draft and needs_comment(sheet, item, value):
        written = len("".join(comment.split()))
        if written < sheet.comment_least:
            edge = f"低于满分的 {sheet.low}%" if value * 100 < item.maximum * sheet.low else f"高于满分的 {sheet.high}%"
            said = f"“{item.label}”打了 {value} 分，{edge}，请写明理由（不少于 {sheet.comment_least} 字，"
            yield Fault(item.code, "comment_short", f"{said}现有 {written} 字）")


PROJECT = ScoreSheet(
    code="project",
    title="科技计划项目评审表",
    items=(
        Item("innovation", "创新性与先进性", 25, "与国内外同类技术相比的新颖之处和指标的先进程度"),
        Item("need", "产业需求与链条匹配", 20, "是否解决本市重点产业链的真实需求"),
        Item("route", "技术路线与可行性", 20, "路线是否清楚，关键环节有无依据"),
        Item("team", "团队与产学研分工", 15, "各方任务、知识产权和投入是否明确"),
        Item("budget", "经费合理性", 10, "预算与任务相称，自筹资金有来源"),
        Item("benefit", "预期效益", 10, "效益可以考核"),
    ),
    tie_item="innovation",
    source="domain §5.2",
)
TALENT = ScoreSheet(
    code="talent",
    title="人才项目评审表",
    items=(
        Item("person", "人才水平", 30, "学术与产业经历、代表性成果"),
        Item("technology", "技术与知识产权", 25, "技术的创新性，权属是否清楚"),
        Item("market", "市场与商业模式", 20),
        Item("team", "团队与资金到位", 15),
        Item("fit", "与本市产业契合度", 10),
    ),
    questions=(Question("full_time", "申报人已承诺全职在岗", "申报人没有全职在岗的承诺，一票否决"),),
    tie_item="technology",
    fundable=75,
    source="domain §5.2",
)
CHALLENGE = ScoreSheet(
    code="challenge",
    title="揭榜挂帅项目评审表",
    items=(
        Item("fit", "与榜单指标的符合度", 35, "先逐项回答硬性指标，再打分"),
        Item("solution", "揭榜方案", 25, "方案的创新性与可行性"),
        Item("record", "团队业绩", 20),
        Item("price", "报价与工期", 15),
        Item("rights", "知识产权安排", 5),
    ),
    tie_item="solution",
    needs_indicators=True,
    source="domain §5.2",
)
DEPUTY = ScoreSheet(
    code="deputy",
    title="科技副总年度考核表",
    items=(
        Item("tasks", "任务完成", 40),
        Item("days", "在岗天数", 15),
        Item("results", "工作成果", 25),
        Item("rating", "企业评价", 20),
    ),
    fundable=60,
    grades=(Grade(85, "优秀"), Grade(60, "合格")),
    source="domain §5.2",
)
#: A post-subsidy (后补助) has no sheet: there is no panel, only an audit.
SHEETS: Mapping[str, ScoreSheet] = {sheet.code: sheet for sheet in (PROJECT, TALENT, CHALLENGE, DEPUTY)}
