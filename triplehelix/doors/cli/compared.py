"""What `./run verify` compares with the trail, room by room, and what it says when all of it agrees."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Sum
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from triplehelix.fund import check as books
from triplehelix.fund import orders
from triplehelix.fund.models import Movement, Payment
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import check as sales
from triplehelix.market.contracts.models import Sale
from triplehelix.market.diagnosis import check as diagnoses
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.market.equity import check as investments
from triplehelix.market.equity.models import Deal
from triplehelix.market.finance import check as finance
from triplehelix.market.finance.models import Application, Qualification
from triplehelix.market.introductions import check as introductions
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.listings import check as listings_check
from triplehelix.market.lists import finds as lists
from triplehelix.market.nda import check as agreements
from triplehelix.market.nda.models import Agreement
from triplehelix.market.needs.models import Need
from triplehelix.market.visits import check as visits
from triplehelix.market.visits.models import Visit
from triplehelix.procedure.cases import check as cases_check
from triplehelix.procedure.cases.models import Barred, Case
from triplehelix.procedure.notices import check as notices
from triplehelix.procedure.notices.models import Notice, Objection
from triplehelix.procedure.openings import check as openings
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.panels import check as panels
from triplehelix.procedure.panels.models import Seat, Tie
from triplehelix.procedure.terms import check as terms
from triplehelix.procedure.terms.models import Settled
from triplehelix.records.evidence import check as files_check
from triplehelix.records.evidence import rekey
from triplehelix.records.evidence.models import File
from triplehelix.records.parties import check as parties
from triplehelix.records.parties import locked
from triplehelix.records.parties.models import Membership, Office
from triplehelix.records.trail import kept
from triplehelix.records.trail.verify import snapshot


def bar(what: str) -> Progress:
    bars = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*bars, console=Console(stderr=True), transient=True)


def compared(with_bytes: bool) -> Iterator[tuple[str, list[str]]]:
    """What the rows say against what the trail says of them, by kind of row."""
    with snapshot():
        yield from _fund()
        yield from _procedure()
        yield from _market()
        yield "职务和单位成员", list(parties.problems())
        yield "加密的内容", list(locked.problems())
    # Reading bytes takes long: the database is not held at one moment for it.
    yield "材料", _files(with_bytes)


def _fund() -> Iterator[tuple[str, list[str]]]:
    yield "专项资金", [problem.message for problem in books.problems()]
    yield "支付单", list(orders.altered())


def _procedure() -> Iterator[tuple[str, list[str]]]:
    yield "办件", _cases()
    yield "自动开办", list(openings.problems())
    yield "评审", list(panels.problems())
    yield "公示和异议", list(notices.problems())
    yield "标准的设定", list(terms.problems())


def _market() -> Iterator[tuple[str, list[str]]]:
    yield "走访和诉求", list(visits.problems())
    yield "需求和成果", _listings()
    yield "会诊", list(diagnoses.problems())
    yield "保密协议", list(agreements.problems())
    yield "引荐", list(introductions.problems())
    yield "交易和市场公示异议", list(sales.problems())
    yield "股权投资", list(investments.problems())
    yield "融资办件", list(finance.problems())
    yield "公布的清单", [f"{one.number}：内容与公布时的校验码不符" for one in lists.altered()]


def _listings() -> list[str]:
    with bar("核对需求和成果") as progress:
        task = progress.add_task("listings", total=Need.objects.count() + Achievement.objects.count())
        return list(listings_check.problems(progress=lambda: progress.advance(task)))


def _cases() -> list[str]:
    with bar("核对办件") as progress:
        task = progress.add_task("cases", total=Case.objects.count())
        return list(cases_check.problems(progress=lambda: progress.advance(task)))


def _files(with_bytes: bool) -> list[str]:
    """Progress counts bytes where bytes are read."""
    columns = (TextColumn("核对材料"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("files", total=File.objects.aggregate(all=Sum("size"))["all"] or 0)
        return list(files_check.problems(bytes_too=with_bytes, progress=lambda size: progress.advance(task, size)))


def whole(with_bytes: bool) -> Iterator[str]:
    """One line for each kind of row that was compared."""
    yield f"专项资金账目相符：{Movement.objects.count()} 笔流水；支付单与开单时一致：{Payment.objects.count()} 单。"
    yield f"公布的清单与公布时一致：{lists.published().count()} 份。"
    yield "与留痕一致：" + "，".join(f"{name} {rows.count()} {unit}" for name, rows, unit in _kept()) + "。"
    seen = "登记与内容" if with_bytes else "登记（没有读内容）"
    yield f"材料的{seen}与留痕一致：{File.objects.count()} 份。"
    if many := kept.uncompared():
        yield f"注意：留痕有 {many} 行的校验码是用不在 FIELD_KEYS 里的密钥做的，没有比对。"
    if many := locked.behind() + (rekey.behind() if with_bytes else 0):
        yield f"注意：有 {many} 处加密的内容还要 FIELD_KEYS 里的旧密钥；用 ./run manage rekey 换成第一把。"


def _kept() -> tuple[tuple[str, Any, str], ...]:
    """(what they are called, rows, what they are counted in) of what is as the trail says."""
    return (
        ("需求", Need.objects, "条"),
        ("成果", Achievement.objects, "条"),
        ("走访", Visit.objects, "次"),
        ("会诊", Diagnosis.objects, "件"),
        ("保密协议", Agreement.objects, "份"),
        ("引荐", Introduction.objects, "件"),
        ("交易", Sale.objects, "笔"),
        ("股权投资", Deal.objects, "笔"),
        ("融资办件", Application.objects, "件"),
        ("办件", Case.objects, "件"),
        ("自动开办", Opening.objects, "件"),
        ("评分", Seat.objects.exclude(submitted_at=None), "份"),
        ("公示", Notice.objects, "次"),
        ("异议", Objection.objects, "件"),
        ("标准的设定", Settled.objects, "次"),
        ("职务", Office.objects, "个"),
        ("单位成员", Membership.objects, "人次"),
        ("申报限制", Barred.objects, "条"),
        ("回避关系", Tie.objects, "条"),
        ("科技型企业资格", Qualification.objects, "项"),
    )
