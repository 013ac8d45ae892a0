"""完整度: how much of what a helper asks first a need already tells, 0 to 100, and the sentence for what is missing.

One declaration for the server and for the page that counts while somebody types, with or without a network: a criterion
is data (which fields, how many characters, which pattern), and `declared` hands it to `static/web/completeness.js`.
Patterns keep to what Python and JavaScript read the same way. The points are a proposal of the platform [assumed].
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.needs.models import Need

NUMBER = "[0-9０-９]"
WANTS = "希望|想要|需要|要求|要达到|上限|下限|达到|不低于|不高于|不超过|不少于|以上|以下|以内|提高到|降到|≥|≤|>=|<="


@dataclass(frozen=True, slots=True)
class Criterion:
    """Met when one of `fields` has `least` characters that are no blanks and holds `pattern`; or when what was written
    in one piece (`rest`) holds `elsewhere`. `says` is what to tell when it is not met."""

    key: str
    points: int
    fields: tuple[str, ...]
    says: Any
    least: int = 1
    pattern: str = ""
    elsewhere: str = ""

    def met(self, values: Mapping[str, Any]) -> bool:
        if any(self._holds(_text(values.get(name))) for name in self.fields):
            return True
        return bool(self.elsewhere) and re.search(self.elsewhere, _text(values.get("rest"))) is not None

    def _holds(self, text: str) -> bool:
        enough = len("".join(text.split())) >= self.least
        return enough and (not self.pattern or re.search(self.pattern, text) is not None)


CRITERIA = (
    Criterion("what", 15, ("what",), _("没有写清是什么东西、用在哪里，例如“开关柜里用的镀锡铜排”"), least=6,
              elsewhere=r"[\s\S]{30}"),
    Criterion("present", 15, ("present",), _("没有写清现在怎样，例如“放三个月表面发黑，接触电阻升高”"), least=8,
              elsewhere="目前|现在|现有|现用|一直|以后|之后|升到|降低到|经常|时常|容易|损失|去年|今年|每年|每月|总是|老是"),
    Criterion("present_number", 10, ("present",), _("现状里没有数字，例如“接触电阻由 8 微欧升到 21 微欧”"),
              pattern=NUMBER, elsewhere=NUMBER),
    Criterion("target", 15, ("target",), _("没有写清要达到的指标，例如“盐雾 240 小时不变色”"), least=6,
              elsewhere=WANTS),
    Criterion("target_number", 15, ("target",), _("指标里没有数字，例如“盐雾 240 小时”“不良率低于 0.5%”"),
              pattern=NUMBER, elsewhere=f"({WANTS})[^。；\n]*{NUMBER}|{NUMBER}[^。；\n]*({WANTS})"),
    Criterion("tried", 10, ("tried",), _("没有写清试过什么、为什么不行；没试过就写“没有试过”"), least=4,
              elsewhere="试过|试用|用过|换过|加过|改过|做过|改用|换了|加了|改了|尝试|曾"),
    Criterion("budget", 7, ("price_fen",), _("没有写预算，别人会当作面议；有个范围更容易有人应答")),
    Criterion("needed_by", 5, ("needed_by",), _("没有写什么时候要")),
    Criterion("field", 4, ("field",), _("还没有选技术领域")),
    Criterion("contact", 4, ("contact_phone", "contact_email"), _("没有留电话或邮箱，应答的人找不到您"), least=5),
)  # fmt: skip
FULL = sum(one.points for one in CRITERIA)


@dataclass(frozen=True, slots=True)
class Completeness:
    """`score` 0 … 100; `missing` what would raise it, in the order of the form."""

    score: int
    missing: tuple[Criterion, ...]


def of(values: Mapping[str, Any]) -> Completeness:
    """By the market's names of fields; what is not among the values counts as empty."""
    missing = tuple(one for one in CRITERIA if not one.met(values))
    return Completeness(FULL - sum(one.points for one in missing), missing)


def of_need(need: Need) -> Completeness:
    """Of a need with all its words, also those only its firm may read."""
    words = need.words()
    told = {name: getattr(words, name) for name in ("what", "present", "target", "tried", "rest")}
    names = ("price_fen", "needed_by", "field", "contact_phone", "contact_email")
    return of(told | {name: getattr(need, name) for name in names})


def declared(asked_as: Mapping[str, str]) -> list[dict[str, Any]]:
    """The criteria for the page, by the names its form asks under."""
    return [
        {
            "key": one.key, "points": one.points, "fields": [asked_as.get(name, name) for name in one.fields],
            "says": str(one.says), "least": one.least, "pattern": one.pattern, "elsewhere": one.elsewhere,
            "rest": asked_as.get("rest", "rest"),
        }
        for one in CRITERIA
    ]  # fmt: skip


def _text(value: Any) -> str:
    return "" if value is None else str(value)
