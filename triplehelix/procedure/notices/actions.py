"""The only writers of notices and objections."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.procedure.cases import access, pay
from triplehelix.procedure.cases.days import answer_days, notice_days
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.notices.check import KIND, OBJECTION_KIND, groups
from triplehelix.procedure.notices.models import Notice, NoticeItem, Objection
from triplehelix.records import objections
from triplehelix.records.lines import as_number, one_line
from triplehelix.records.parties.known import remembered
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.reference import calendar
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

DAY = timedelta(days=1)
#: Characters of each text of a notice.
LONGEST = {"number": 60, "title": 120, "objections_to": 200}
MOST_DAYS = 30


def _clerk(actor: Account | None, now: datetime) -> None:
    if actor is not None and not access.is_clerk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以办理公示"))


def _clerk_of(case: Case, actor: Account | None, now: datetime) -> None:
    """Raises Refused for whoever is not the clerk of this case: who acts for its applicant is none."""
    if actor is not None and "clerk" not in case.relations_of(actor, now):
        raise Refused(_("只有市科技局工作人员可以办理；您代表申报单位的，请另一位工作人员办理"))


@transaction.atomic
def publish(
    *, cases: Iterable[Case], number: str, title: str, days: int, objections_to: str, actor: Account | None,
    now: datetime,
) -> Notice:  # fmt: skip
    """Make decided cases public for some working days; money is promised for each. All of them or none.

    Raises Refused with the case that cannot be public and why, Invalid at `number`, `title`, `objections_to`, `days`.
    """
    _clerk(actor, now)
    today = timezone.localdate(now)
    wanted = Case.objects.filter(pk__in=[case.pk for case in cases])
    chosen = list(wanted.select_related("round").order_by("pk"))
    texts = {"number": as_number(number), "title": one_line(title), "objections_to": one_line(objections_to)}
    if errors := _wrong(texts, days, chosen):
        raise Invalid(errors)
    try:
        last = calendar().notice_end(today, days)
    except MissingYear as why:
        raise Refused(why.message) from why
    try:
        with transaction.atomic():
            notice = Notice.objects.create(
                **texts, first=today, last=last, days=days, published_at=now, published_by=actor
            )
    except IntegrityError as why:
        raise Invalid({"number": _used(texts["number"])}) from why
    with remembered(), trail.written_together():
        for case in _put(notice, chosen):
            _take(case, notice.number, actor, now)
    data = {"number": notice.number, "last": str(last), "cases": [case.number for case in chosen]}
    told = groups(notice)
    data |= {"items": told["items"], **kept.said(told)}
    trail.record(kind=KIND, id=str(notice.pk), verb="publish", actor=actor, now=now, data=data)
    return notice


def _wrong(texts: Mapping[str, str], days: int, chosen: Sequence[Case]) -> dict[str, str]:
    """What is wrong with a notice, by field."""
    errors = {
        name: _("请填写，最多 %(most)d 个字") % {"most": most}
        for name, most in LONGEST.items()
        if not 0 < len(texts[name]) <= most
    }
    if "number" not in errors and Notice.objects.filter(number=texts["number"]).exists():
        errors["number"] = _used(texts["number"])
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = _("公示期应为 1 至 30 个工作日")
    elif days < (least := _least_days(chosen)):
        said = {"least": least}
        errors["days"] = _("公示不少于 %(least)d 个工作日：批次有规定的按批次，没有批次的（一事一议）按通行期限") % said
    if not chosen:
        errors["cases"] = _("请选择要公示的办件")
    return errors


def _used(number: str) -> str:
    return _("文号 %(number)s 已经用过") % {"number": number}


def _take(case: Case, number: str, actor: Account | None, now: datetime) -> None:
    try:
        take(case=case, step="publish_notice", actor=actor, now=now, seen_version=case.version, note=number)
    except Refused as why:
        raise Refused(f"{case.number}：{why}") from why


def _least_days(cases: Iterable[Case]) -> int:
    """What their rounds say; what is decided without a round is not public for a shorter time than others."""
    return max((case.round.notice_days if case.round is not None else notice_days() for case in cases), default=1)


def _put(notice: Notice, chosen: Iterable[Case]) -> list[Case]:
    """The cases onto the notice, as they are decided now; answers them, locked. Raises Refused."""
    # Two notices of one round wait for each other: both count what is left of its budget.
    rounds = Round.objects.filter(pk__in={case.round_id for case in chosen}).order_by("pk")
    list(rounds.select_for_update(of=("self",)))
    rows = Case.objects.select_for_update(of=("self",)).select_related("organisation")
    held = list(rows.filter(pk__in=[case.pk for case in chosen]).order_by("pk"))
    # Nobody else puts them onto another: whoever would waits for the cases.
    if on_one := NoticeItem.objects.filter(case__in=held, is_over=False).select_related("case").first():
        raise Refused(_("%(case)s 正在公示") % {"case": on_one.case})
    NoticeItem.objects.bulk_create(_item(notice, case) for case in held)
    pay.hold(held)
    return held


def _item(notice: Notice, case: Case) -> NoticeItem:
    award = case.award
    return NoticeItem(
        notice=notice, case=case, name=case.organisation.name, matter=f"{award.name}：{case.title}"[:200],
        amount_fen=case.granted_fen, basis="、".join(article.ref for article in award.articles),
    )  # fmt: skip


@transaction.atomic
def extend(
    *, notice: Notice, down_from: datetime, down_to: datetime, why: str, actor: Account, now: datetime
) -> Notice:
    """The site was down for more than a day: the notice is longer by as many working days. Raises Refused."""
    _clerk(actor, now)
    held = Notice.objects.select_for_update().get(pk=notice.pk)
    today = timezone.localdate(now)
    if not held.is_running(today):
        raise Refused(_("公示已经结束，不能延长；需要时重新公示"))
    begun = max(down_from, held.published_at)
    if down_to - begun <= DAY:
        raise Refused(_("停机不超过一天，公示期不变"))
    counted = [(datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["to"])) for one in held.extensions]
    if any(down_from < to and from_ < down_to for from_, to in counted):
        raise Refused(_("这段停机已经登记过"))
    if down_to > now or timezone.localdate(down_to) < held.first:
        raise Refused(_("停机时间应在公示期内、现在以前"))
    if not why.strip():
        raise Refused(_("请写明停机原因"))
    was = held.last
    try:
        held.last = calendar().add_working_days(was, ceil((down_to - begun) / DAY))
    except MissingYear as missing:
        raise Refused(missing.message) from missing
    said = {"from": down_from.isoformat(), "to": down_to.isoformat(), "why": why.strip()[:200], "was": str(was)}
    held.extensions = [*held.extensions, said | {"last": str(held.last), "by": str(actor), "at": now.isoformat()}]
    held.save()
    data = {**said, **kept.said(groups(held))}
    trail.record(kind=KIND, id=str(held.pk), verb="extend", actor=actor, now=now, data=data, why=why)
    return held


@transaction.atomic
def object_to(*, item: NoticeItem, name: str, phone: str, text: str, now: datetime) -> Objection:
    """Take an objection, to the last minute of the last day; it stops the notice of its case. Sent twice, it is one.

    Raises Refused (not public now), Invalid at `name`, `phone`, `text`.
    """
    texts = objections.words(name, phone, text)
    case = Case.objects.select_for_update(of=("self",)).get(pk=item.case_id)
    held = NoticeItem.objects.select_related("notice").get(pk=item.pk)
    today = timezone.localdate(now)
    if held.is_over or not held.notice.is_running(today) or case.state not in ("on_notice", "objected"):
        raise Refused(_("这一项的公示期已过，不再受理异议；可以依法申请行政复议或信访"))
    if (same := objections.sent_before(Objection.objects.filter(item=held), texts)) is not None:
        return same
    objections.require_few_open(case.objections.all())
    made = Objection.objects.create(item=held, case=case, received_at=now, due_on=_answer_by(today), **texts)
    objections.received(made, OBJECTION_KIND, now, notice=held.notice.number)
    if case.state == "on_notice":
        take(case=case, step="object", actor=None, now=now, seen_version=case.version, note=held.notice.number)
    return made


def _answer_by(today: date) -> date | None:
    """The last day for an answer; None until next year has its calendar: objecting does not wait."""
    try:
        return calendar().add_working_days(today, answer_days())
    except MissingYear:
        return None


def set_answer_days(*, now: datetime) -> int:
    """The last days for answers that could not be set when the objections came: next year's calendar was not there.
    Returns how many were set."""
    return objections.set_missing_days(Objection, OBJECTION_KIND, _answer_by, now)


@transaction.atomic
def answer(*, objection: Objection, is_upheld: bool, text: str, actor: Account, now: datetime) -> Objection:
    """Answer an objection; what becomes of the case is a step of its own. Raises Refused (not the clerk of the case, as
    who acts for its applicant is none), Invalid at `text`."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=objection.case_id)
    _clerk_of(case, actor, now)
    held = Objection.objects.get(pk=objection.pk)
    objections.answer(held, OBJECTION_KIND, is_upheld=is_upheld, text=text, actor=actor, now=now)
    return held


def end_due(*, now: datetime) -> int:
    """End every notice whose last day is over, case by case; those objected to wait. Answers how many cases went on."""
    today = timezone.localdate(now)
    waiting = NoticeItem.objects.filter(is_over=False, notice__last__lt=today, case__state="on_notice")
    done = 0
    with remembered():
        for item in waiting.select_related("case").order_by("pk"):
            try:
                take(case=item.case, step="end_notice", actor=None, now=now, seen_version=item.case.version)
            except Refused:
                continue  # an objection arrived in the last minute, or an officer was quicker
            done += 1
    return done
