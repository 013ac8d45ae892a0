"""What may stand in the fields of finance: one set of rules for pages, API, sheets and the demo."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.finance import terms
from triplehelix.market.finance.models import Parameter, Payment, Qualification
from triplehelix.records.amounts import in_words
from triplehelix.records.parties.rules import Invalid, Rule, clean, flags, numbered, short

__all__ = ["checked"]
#: 100 亿元: more is a slip of the unit.
MOST_FEN = 10**12
#: Further from today no contract begins or ends: a year beyond is a slip of the keys.
MOST_YEARS = 50


def amount(value: int | None, on: date) -> int:
    """Whole fen, more than nothing."""
    if value is None or not 0 < value <= MOST_FEN:
        raise ValueError(_("金额应大于零、不超过 %(most)s，请核对单位") % {"most": in_words(MOST_FEN)})
    return value


def optional_amount(value: int | None, on: date) -> int | None:
    """The same, or None."""
    return None if value is None else amount(value, on)


def rate(value: int | None, on: date) -> int:
    """Parts of a million a year; above 24 % nobody lends lawfully."""
    if value is None or not 0 <= value <= 240_000:
        raise ValueError(_("年利率（费率）应在 0 到 24% 之间"))
    return value


def months(value: int | None, on: date) -> int:
    """A term of 1 to 360 months."""
    if value is None or not 1 <= value <= 360:
        raise ValueError(_("期限应在 1 到 360 个月之间"))
    return value


def text(most: int, least: int, label: Any) -> Rule:
    """Several lines: at least and at most so many characters."""

    def rule(value: str, on: date) -> str:
        value = value.replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) < least:
            raise ValueError(_("请用至少 %(least)d 个字写%(what)s") % {"least": least, "what": label})
        if len(value) > most:
            raise ValueError(_("最多 %(most)d 个字，现在有 %(now)d 个") % {"most": most, "now": len(value)})
        return value

    return rule


def listed(name: str) -> Rule:
    """A code in force of one of the room's lists."""

    def rule(value: str, on: date) -> str:
        if value not in {entry.code for entry in terms.listed(name).current(on)}:
            raise ValueError(_("请从列出的项目中选择"))
        return value

    return rule


def several(name: str) -> Rule:
    """Several of them, each once."""
    one = listed(name)
    return lambda value, on: [one(each, on) for each in dict.fromkeys(value)]


def optional(rule: Rule) -> Rule:
    """The same, or nothing."""
    return lambda value, on: rule(value, on) if value else ""


def may_be_early(kind: str, contract: Mapping[str, Any]) -> bool:
    """早期研发信用贷款 is a loan, for research, on credit alone (S14): the city bears more of what is lost of it."""
    uses, securities = terms.listed("uses"), terms.listed("collaterals")
    use, security = contract.get("use", ""), contract.get("security", "")
    research = use in uses and bool(uses[use].more.get("early", False))
    return (
        kind == "loan" and research and security in securities and bool(securities[security].more.get("credit", False))
    )


def of(choices: list[Any]) -> Rule:
    """One of the choices of a field."""

    def rule(value: str, on: date) -> str:
        if value not in dict(choices):
            raise ValueError(_("请从列出的项目中选择"))
        return value

    return rule


def scheme(value: str, on: date) -> str:
    """A scheme in force, or "" for none."""
    if value and value not in terms.schemes(on):
        raise ValueError(_("没有这个方案，或已经停止"))
    return value


def allowed_use(value: str, on: date) -> str:
    """What the money is for. 转贷、证券、消费 are refused (S17)."""
    entry = terms.listed("uses")[listed("uses")(value, on)]
    if not entry.more.get("allowed", False):
        raise ValueError(_("资金不得用于%(use)s（%(source)s）") % {"use": entry.name, "source": entry.source})
    return value


def day(value: date | None, on: date) -> date:
    """A day of our time: with a loan that began in the year 206 no interest would be too much."""
    if value is None:
        raise ValueError(_("请填写日期"))
    if abs(value.year - on.year) > MOST_YEARS:
        raise ValueError(_("年份是 %(year)d，请核对") % {"year": value.year})
    return value


def past_day(value: date | None, on: date) -> date:
    """The same, not ahead."""
    if day(value, on) > on:
        raise ValueError(_("日期还没有到"))
    assert value is not None
    return value


def year(value: int | None, on: date) -> int:
    """This year or one of the five before."""
    if value is None or not on.year - 5 <= value <= on.year:
        said = {"first": on.year - 5, "last": on.year}
        raise ValueError(_("年度应在 %(first)d 到 %(last)d 之间") % said)
    return value


def as_is(value: Any, on: date) -> Any:
    """Anything: checked where it is used."""
    return value


LINE = gettext_lazy("请填写这一项")
LEAD: Mapping[str, Rule] = {
    "kind": of(terms.KINDS), "amount_fen": amount, "months": months, "purpose": allowed_use,
    "collateral": listed("collaterals"), "about": text(2000, 10, gettext_lazy("说明")),
}  # fmt: skip
LOAN: Mapping[str, Rule] = {
    "number": numbered(60, needed=LINE), "amount_fen": amount, "rate_ppm": rate, "premium_fen": optional_amount,
    "first_on": past_day, "last_on": day, "use": allowed_use, "early_stage": as_is,
    "security": optional(listed("collaterals")),
}  # fmt: skip
#: What secures a guarantee (反担保) decides whether it is 鲁科担.
GUARANTEE: Mapping[str, Rule] = {**LOAN, "security": listed("collaterals")}
PAYMENT: Mapping[str, Rule] = {
    "kind": of(Payment.KINDS), "amount_fen": amount, "on": past_day, "number": numbered(60, needed=LINE),
}  # fmt: skip
PRODUCT: Mapping[str, Rule] = {
    "scheme": scheme, "name": short(60, needed=gettext_lazy("请写产品名称")), "about": text(1000, 0, ""),
    "flags": flags, "collaterals": several("collaterals"), "since": day,
}  # fmt: skip
PARAMETER: Mapping[str, Rule] = {
    "key": of(Parameter.KEYS), "since": day, "source": short(120, needed=gettext_lazy("请写明来源")), "assumed": as_is,
}  # fmt: skip
VALUES: Mapping[str, Callable[[Any, date], int]] = {
    "amount_min": amount, "amount_max": amount, "rate_min": rate, "rate_max": rate, "months_min": months,
    "months_max": months,
}  # fmt: skip
INSTITUTION: Mapping[str, Rule] = {
    "kind": of(terms.INSTITUTIONS), "licence": short(60, needed=gettext_lazy("请填写许可证号")), "since": day,
}  # fmt: skip
QUALIFICATION: Mapping[str, Rule] = {
    "kind": of(Qualification.KINDS), "year": year, "number": numbered(40, needed=gettext_lazy("请填写编号")),
}  # fmt: skip
LOSS: Mapping[str, Rule] = {
    "principal_fen": amount, "document": short(120, needed=gettext_lazy("请填写认定文件")), "on": past_day,
}  # fmt: skip
VOID: Mapping[str, Rule] = {"reason": short(300, needed=gettext_lazy("请写明原因"))}
RECOVERY: Mapping[str, Rule] = {"amount_fen": amount, "on": past_day, "number": numbered(60, needed=LINE)}


def checked(rules: Mapping[str, Rule], values: Mapping[str, Any], on: date) -> tuple[dict[str, Any], dict[str, str]]:
    """Values fit to be stored, and messages at the others: for checks that look at several fields together."""
    try:
        return clean(rules, values, on=on), {}
    except Invalid as why:
        good = {name: value for name, value in values.items() if name not in why.errors}
        return clean(rules, good, on=on), why.errors
