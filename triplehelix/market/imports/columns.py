"""The columns of a sheet of needs or achievements, and how a cell becomes a value of a listing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import day_of, day_of_serial
from triplehelix.foundation.codes import CodeList, full_width
from triplehelix.foundation.money import MoneyError, parse_amount
from triplehelix.foundation.sheet import Column, Schema
from triplehelix.foundation.text import normalise
from triplehelix.market.achievements import people
from triplehelix.market.imports import called
from triplehelix.market.listings import rules
from triplehelix.records.parties import reference
from triplehelix.records.parties import rules as parties

#: A number of fewer digits is an extension.
LEAST_DIGITS = 5
SEPARATORS = str.maketrans({"，": "、", ",": "、", ";": "、", "；": "、", "/": "、", "\n": "、"})


def ruled(rule: rules.Rule, on: date) -> Callable[[str], Any]:
    """A cell under a rule of a field, on this day."""
    return lambda cell: rule(cell, on)


def half_width(cell: str) -> str:
    """Numbers typed with a Chinese input method look right and are not: say so, do not guess."""
    if full_width(cell):
        raise ValueError(_("含有全角数字，请改为半角：%(half)s") % {"half": normalise(cell)})
    return cell


def level(on: date) -> Callable[[str], Any]:
    """A level of readiness. 小试, 中试 and 产业化 are none of GB/T 22900, and nobody guesses which is meant."""

    def parse(cell: str) -> Any:
        cell = half_width(cell)
        if not cell.isdecimal():
            said = _("成熟度请写 1 到 13 的整数（GB/T 22900），说不准的请留空；现在是“%(cell)s”")
            raise ValueError(said % {"cell": cell[:20]})
        return rules.level(int(cell), on)

    return parse


def phone(on: date) -> Callable[[str], str]:
    """One number; of several nobody knows which is meant."""

    def parse(cell: str) -> str:
        parts = cell.translate(SEPARATORS).split("、")
        if sum(sum(map(str.isdigit, part)) >= LEAST_DIGITS for part in parts) > 1:
            raise ValueError(_("这一格有几个号码，请只留一个"))
        return str(parties.phone(half_width(cell), on))

    return parse


def wan_yuan(on: date) -> Callable[[str], Any]:
    """An amount in 万元 as whole fen; 面议 is None."""

    def parse(cell: str) -> int | None:
        if cell == "面议":
            return None
        try:
            return rules.price(int(parse_amount(half_width(cell), "万元")), on)
        except MoneyError as why:
            raise ValueError(why.message) from None

    return parse


def several(on: date) -> Callable[[str], Any]:
    """Ways of cooperation with any sign between them, by name or code."""
    return lambda cell: rules.modes(
        [part.strip() for part in cell.translate(SEPARATORS).split("、") if part.strip()], on
    )


def patents(on: date) -> Callable[[str], Any]:
    """`发明专利 ZL2099…、技术秘密`: kinds with an optional number behind each."""

    def parse(cell: str) -> list[dict[str, str]]:
        found = []
        for part in filter(None, (p.strip() for p in cell.translate(SEPARATORS).split("、"))):
            kind, _space, number = part.partition(" ")
            found.append({"type": kind, "number": number})
        return rules.ip_rights(found, on)

    return parse


def names(codes: CodeList, on: date) -> tuple[str, ...]:
    """The names a code list offers on this day."""
    return tuple(entry.name for entry in codes.current(on))


def shared(on: date) -> list[Column]:
    """What both sheets have."""

    def by(name: str) -> Callable[[str], Any]:
        return ruled(rules.COMMON[name], on)

    fields, chains = names(reference.fields(), on), names(reference.chains(), on)
    return [
        Column("number", "编号", parse=by("number"), help="本单位自己的编号，同一张表里不重复；没有的留空，按标题查重"),
        Column("title", "标题", ("名称",), required=True, parse=by("title"), help="一句话，120 字以内"),
        Column(
            "text", "内容", ("摘要", "正文", "简介"), required=True, parse=by("text"),
            help="是什么、现在怎样、要达到什么",
        ),
        Column(
            "uscc", "统一社会信用代码", called.SHARED["uscc"], required=True, parse=ruled(parties.uscc, on),
            help="18 位，半角大写",
        ),
        Column(
            "organisation", "单位名称", called.SHARED["organisation"], required=True,
            parse=ruled(parties.ORGANISATION["name"], on), help="与营业执照一致",
        ),
        Column("field", "技术领域", called.SHARED["field"], required=True, parse=by("field"), choices=fields),
        Column("chain", "产业链", called.SHARED["chain"], parse=by("chain"), choices=chains, help="写名称或代码"),
        Column(
            "region", "地区", called.SHARED["region"], parse=lambda cell: rules.COMMON["region"](half_width(cell), on),
            help="县（市区）的名称或 6 位代码；县区导入本县区的可以不写",
        ),
        Column("modes", "合作方式", called.SHARED["modes"], parse=several(on), help="可写多种，用顿号隔开"),
        Column("contact_name", "联系人", called.SHARED["contact_name"], parse=by("contact_name")),
        Column("contact_phone", "联系电话", called.SHARED["contact_phone"], parse=phone(on), help="一个号码"),
        Column("contact_email", "联系邮箱", called.SHARED["contact_email"], parse=ruled(parties.email, on)),
    ]  # fmt: skip


def a_day(cell: str) -> date:
    """A day in any way people write one; what Excel leaves of one is named, not believed."""
    if day := day_of(half_width(cell)):
        return day
    if meant := day_of_serial(cell):
        said = _("“%(cell)s”是 Excel 的日期序号（%(day)s）：请把这一列设为日期格式，或写成 %(day)s")
        raise ValueError(said % {"cell": cell, "day": meant})
    raise ValueError(_("日期请写成 2026-12-31 这样，现在是“%(cell)s”") % {"cell": cell[:20]})


def parts(on: date) -> list[Column]:
    """A need told part by part, and what of it is not for everybody."""
    asked = [
        ("what", "对象", "是什么东西、用在哪里"), ("present", "现状", "现在怎样，写数字"),
        ("target", "要达到的指标", "写数字"), ("tried", "试过的办法", "试过什么、为什么不行"),
    ]  # fmt: skip
    return [
        *(Column(key, label, parse=ruled(rules.NEED[key], on), help=help) for key, label, help in asked),
        Column("needed_by", "最晚什么时候要", ("期限", "完成时限", "完成时间", "解决期限", "需求期限"),
            parse=lambda cell: rules.day_to_come(a_day(cell), on), help="如 2026-12-31；没有期限的留空", dated=True),
        Column(
            "secrecy", "能否公开", ("保密",), parse=ruled(rules.NEED["secrecy"], on),
            choices=names(reference.code_list("need_secrecy"), on), help="留空为公开；涉及国家秘密的不得填报",
        ),
        Column(
            "teaser", "公开摘要", parse=ruled(rules.NEED["teaser"], on), help="保密的需求才写：要解决哪类问题"
        ),
    ]  # fmt: skip


def _called(names: dict[str, tuple[str, ...]], on: date) -> list[Column]:
    """What both sheets have, under what else one of them calls it."""
    return [replace(one, aliases=names.get(one.key, one.aliases)) for one in shared(on)]


def need_schema(on: date) -> Schema:
    """The sheet of needs: what it is may be told in parts or in one piece."""
    own: dict[str, dict[str, Any]] = {
        "title": {"parse": ruled(rules.NEED["title"], on)},
        "text": {"parse": ruled(rules.NEED["text"], on), "required": False, "help": "分项写了的可以不写"},
    }
    first = [replace(one, **own.get(one.key, {})) for one in _called(called.OF_NEEDS, on)]
    return Schema(
        [
            *first,
            *parts(on),
            Column(
                "price_fen",
                "预算（万元）",
                ("预算", *called.BUDGETS),
                parse=wan_yuan(on),
                help="面议请留空",
                amount=True,
            ),
            Column("trl_wanted", "最低成熟度", parse=level(on), help="1 到 13，GB/T 22900"),
            Column(
                "region_wanted",
                "希望合作方所在地",
                parse=lambda cell: rules.NEED["region_wanted"](half_width(cell), on),
            ),
        ]
    )


def achievement_schema(on: date) -> Schema:
    """The sheet of achievements."""
    return Schema(
        [
            *_called(called.OF_ACHIEVEMENTS, on),
            Column(
                "price_fen",
                "意向价格（万元）",
                ("价格", "意向价格", "转让价格", "意向转让价格"),
                parse=wan_yuan(on),
                help="面议请留空",
                amount=True,
            ),
            Column(
                "trl",
                "技术成熟度",
                ("成熟度", "成熟度等级", "技术成熟度等级", "TRL"),
                parse=level(on),
                help="1 到 13，GB/T 22900",
            ),
            Column(
                "trl_assessed_by",
                "成熟度评价机构",
                parse=ruled(rules.ACHIEVEMENT["trl_assessed_by"], on),
                help="自评请留空",
            ),
            Column("ip", "知识产权", parse=patents(on), help="如：发明专利 ZL2099…、技术秘密"),
            Column(
                "rights",
                "权属",
                parse=ruled(rules.ACHIEVEMENT["rights"], on),
                choices=names(reference.code_list("rights"), on),
            ),
            Column(
                "people",
                "完成人",
                ("成果完成人", "主要完成人"),
                parse=lambda cell: rules.people(list(people.split(cell)), on),
                help="本单位登记过的人，用顿号隔开；同名的写成 姓名（职称），外单位的写成 姓名（单位全称）",
            ),
        ]
    )


SCHEMAS: dict[str, Callable[[date], Schema]] = {"market.need": need_schema, "market.achievement": achievement_schema}
