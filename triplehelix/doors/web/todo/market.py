"""What waits in the market: needs to be judged, introductions, sales, support that opened, finance."""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web.todo.sections import SHOWN, Line, Section, counted, cut, gathered, line, listed, turn
from triplehelix.market.contracts import access as contracts
from triplehelix.market.contracts import finds as sales
from triplehelix.market.contracts.models import Sale
from triplehelix.market.diagnosis import finds as diagnoses
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.market.equity import finds as equity
from triplehelix.market.equity.models import Deal, Event
from triplehelix.market.exchange import finds as exchange
from triplehelix.market.exchange.access import OFFICES
from triplehelix.market.finance import finds as finance
from triplehelix.market.finance.access import is_city, own_organisations
from triplehelix.market.finance.models import Application
from triplehelix.market.introductions import finds as introductions
from triplehelix.market.introductions.models import Introduction, Meeting
from triplehelix.market.nda import finds as agreements
from triplehelix.market.nda.models import Agreement
from triplehelix.market.visits import finds as visits
from triplehelix.market.visits.models import Ask
from triplehelix.procedure.openings import finds as openings
from triplehelix.procedure.openings.models import Opening
from triplehelix.records.amounts import in_words
from triplehelix.records.parties.models import Account

T = TypeVar("T")


def of_needs(account: Account, today: date) -> Iterator[Section]:
    """Needs to be judged or answered, asks brought back from visits, agreements to be answered."""
    yield from listed(
        _("待会诊和补充的需求"), diagnoses.waiting_for(account, today), _diagnosis, url=reverse("web:diagnoses")
    )
    yield from listed(_("走访带回的人才、金融诉求"), visits.waiting_for(account, today), _ask, url=turn("web:visits"))
    yield from listed(
        _("待答复的保密协议"), agreements.waiting_for(account, today), _agreement, url=reverse("web:ndas")
    )


def _diagnosis(one: Diagnosis) -> Line:
    press = _("去回答") if one.state == "refine" else _("去会诊")
    return line("web:diagnosis", one, one.need.title, one.need.organisation.name, press=press, clock=True)


def _ask(one: Ask) -> Line:
    at = reverse("web:visit", args=[one.visit_id])
    return Line(
        one.visit.organisation.name, at, note=f"{one.get_what_display()}：{one.text}", of=one, press=_("去办理")
    )


def _agreement(one: Agreement) -> Line:
    note = f"{one.organisation.name}：{one.purpose}"
    return line("web:nda", one, one.need.title, note, press=_("去答复"), mine=True)


def of_introductions(account: Account, today: date, groups: frozenset[str]) -> Iterator[Section]:
    """Introductions to be answered, with new terms, to be looked after; their appointments."""
    if not introductions.shown_to(account, today, groups).exists():
        return  # what somebody may not open waits for nobody

    def saying(note: str, name: str = "web:introduction", *, due: bool = False) -> Callable[[Introduction], Line]:
        return lambda one: line(
            name, one, one, note, due=one.answer_by if due else None, near=2, press=_("去办理")
        )  # fmt: skip

    parts = [
        _each(introductions.to_answer(account, today, groups), saying(_("请答复"), due=True)),
        _each(
            introductions.terms_to_answer(account, today, groups),
            saying(_("对方提出了新的条款"), "web:introduction-room"),
        ),
        _each(introductions.to_agree(account, today), saying(_("请您办理"))),
        _each(introductions.to_keep(account, today, groups), _meeting),
    ]
    yield from gathered(_("引荐洽谈"), parts, turn("web:introductions"))


def _meeting(one: Meeting) -> Line:
    at = timezone.localtime(one.planned_at)
    said = {"kind": one.get_kind_display(), "at": at.strftime("%Y-%m-%d %H:%M"), "place": one.place}
    over = at < timezone.now()
    note = _("%(kind)s约在 %(at)s，%(place)s，请登记结果") if over else _("%(kind)s约在 %(at)s，%(place)s")
    press = _("去登记") if over else _("去看看")
    return line("web:introduction", one.introduction, one.introduction, note % said, press=press)


def of_exchange(groups: frozenset[str]) -> Iterator[Section]:
    """Conflicts with other markets, for those who look after the exchange."""
    waiting = exchange.conflicts().filter(decision="").count() if OFFICES & groups else 0
    yield from counted(_("与其他市场交换的冲突"), waiting, reverse("web:exchange"), _("去处理"))


def of_sales(account: Account, today: date) -> Iterator[Section]:
    """Sales in which it is this person's turn; a party that is kept secret is named to nobody else."""
    if not sales.shown_to(account, today).exists():
        return  # what somebody may not open waits for nobody
    shown = contracts.as_shown(sales.waiting_for(account, today)[: SHOWN + 1], account, today)
    yield from listed(_("待办的交易"), shown, _sale, url=turn("web:sales"))


def _sale(one: Sale) -> Line:
    note = f"{one.seller.name} → {one.buyer.name}" if one.buyer else one.seller.name
    return line("web:sale", one, one.achievement.title, note, number=one.number, press=_("去办理"))


def of_openings(account: Account, today: date, groups: frozenset[str], *, owns: bool) -> Iterator[Section]:
    """Support that waits for its firm or for a round. `owns`: somebody of a firm looks. An auditor only reads them."""
    if "auditor" in groups:
        return
    title = _("成功落地，可享受的支持") if owns else _("成功落地，等待开办的支持")
    rows = openings.shown_to(account, today).filter(state__in=("waiting", "doubtful"))
    yield from listed(title, rows, _opening, url=reverse("web:openings"))


def _opening(one: Opening) -> Line:
    note = f"{one.award.name} · {one.organisation.name}"
    return line("web:opening", one, one.sale.achievement.title, note, press=_("去看看"))


def of_finance(account: Account, today: date, *, lends: bool) -> Iterator[Section]:
    """Finance: cases in which it is my turn, deals to confirm, proofs the city has to look up. `lends`: somebody of an
    institution looks."""
    own = own_organisations(account, today)
    parts = [
        _each(finance.waiting_for(account, today), lambda one: _finance_case(one, own)),
        _each(equity.deals_waiting(account, today), _deal),
    ]
    if is_city(account, today) and (n := finance.unconfirmed().count()):
        at = reverse("web:finance-qualifications")
        parts.append(([Line(_("待核实的入库编号、科融信"), at, note=str(n), press=_("去办理"))], "1"))
    if is_city(account, today):
        parts.append(_each(equity.to_close(timezone.now()), _roadshow))
        months = [_filings(month, n) for month, n in finance.awaiting()]
        parts.append((months, str(len(months))))
    desk = "web:finance-desk" if lends else "web:finance-leads"
    yield from gathered(_("科技金融"), parts, reverse("web:finance-office" if is_city(account, today) else desk))


def _deal(one: Deal) -> Line:
    said = {"fund": one.fund, "firm": one.firm}
    if one.state == "proposed":
        return line("web:equity-deal", one, _("确认投资：%(fund)s") % said, one.number, press=_("去办理"))
    title = _("转股期限将到，请登记转股或了结：%(firm)s") % said
    return line("web:equity-deal", one, title, one.number, due=one.convert_by, press=_("去办理"))


def _roadshow(one: Event) -> Line:
    return line("web:roadshow", one, _("路演已结束，请登记到场和结果：%(event)s") % {"event": one}, press=_("去登记"))


def _filings(month: date, n: int) -> Line:
    """A month's filings that wait for the announcement."""
    at = f"{reverse('web:finance-filing')}?month={month:%Y-%m}"
    return Line(_("等待备案结果：%(month)s") % {"month": f"{month:%Y-%m}"}, at, note=str(n), press=_("去办理"))


def _finance_case(one: Application, own: Collection[int]) -> Line:
    """To the firm, how much it asked for and of whom. To the institution nothing of the firm: of that it opens one
    case's papers at a time, which the trail keeps, consent or not."""
    kind, lead = one.lead.get_kind_display(), one.lead
    title, note = (one.product.name, kind) if one.product else (kind, "")
    if lead.organisation_id in own:
        title, note = f"{title} {in_words(lead.amount_fen)}", one.institution.organisation.name
    return line("web:finance-case", one, title, note, number=one.number, due=one.due_on, press=_("去办理"))


def _each(rows: "QuerySet[Any, T]", of: Callable[[T], Line]) -> tuple[list[Line], str]:
    shown, number = cut(rows)
    return [of(one) for one in shown], number
