"""备案: loans sent in month by month, outcomes read from the announcement's sheet, revoked where the year's proof
never came."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance import finds, sheets, terms
from triplehelix.market.finance.access import CITY, FIRM, INSTITUTION, may_read_all
from triplehelix.market.finance.actions.shared import (
    city_only,
    contract_of,
    drop_claims,
    go,
    locked,
    own_desk,
    remind_firm,
    saved,
    tell,
)
from triplehelix.market.finance.finds import proven, unproven_of
from triplehelix.market.finance.models import Application, Consent, Filing, Institution, Loan, first_of_month
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

#: States of a loan that was granted: whatever became of it, its filing may have to go, or come back.
WITH_FILING = {"filed", "overdue", "unfiled", "repaid", "compensated", "recovered"}
UNFILED_FROM = {"filed", "overdue"}
#: Claims that rest on the filing.
BY_FILING = ("interest", "loss")


@transaction.atomic
def submit(*, case: Application, actor: Account, now: datetime, seen_version: int) -> Filing:
    """Send a granted loan in with this month's. Raises Refused: no loan, sent in before, a use that is not allowed."""
    held = locked(case, actor, now, by={INSTITUTION, CITY}, seen=seen_version, states={"granted"})
    loan = contract_of(held)
    if loan.kind != "loan":
        raise Refused(_("只有贷款需要备案"))
    if loan.filing() is not None:
        raise Refused(_("已经提交备案，请等结果"))
    try:
        with transaction.atomic():
            made = Filing.objects.create(
                loan=loan, month=first_of_month(timezone.localdate(now)), filed_at=now, filed_by=actor
            )
    except IntegrityError as why:
        raise Refused(_("已经提交备案，请等结果")) from why
    saved(held, "submit_filing", actor, now, {"month": f"{made.month:%Y-%m}", "number": loan.number})
    return made


@transaction.atomic
def open_month(
    *, month: date, institutions: Collection[Institution] | None, actor: Account, now: datetime
) -> list[tuple[Filing, frozenset[str]]]:
    """A month's filings with what may be seen of each firm: all of it for the city and the auditor (`institutions`
    None); for banks what the firm agrees to today, each opening a row of the trail the firm sees. Raises Refused."""
    rows = list(finds.filings(month, institutions))
    if institutions is None:
        if not may_read_all(actor, timezone.localdate(now)):
            raise Refused(_("您无权办理这一步"))
        return [(row, sheets.OF_FIRM) for row in rows]
    for institution in institutions:
        own_desk(institution, actor, now)
    today = timezone.localdate(now)
    living = Consent.objects.living(today).filter(application__in=[row.loan.application_id for row in rows])
    consents = {one.application_id: one for one in living}
    found = []
    for row in rows:
        consent = consents.get(row.loan.application_id)
        seen = sheets.OF_FIRM & {*consent.fields} if consent is not None else frozenset[str]()
        if consent is not None and seen:
            data = {"consent": consent.pk, "fields": sorted(seen), "month": f"{month:%Y-%m}"}
            case = row.loan.application
            trail.record(kind=case.kind, id=str(case.pk), verb="open_sheet", actor=actor, now=now, data=data)
        found.append((row, seen))
    return found


@dataclass(frozen=True)
class Receipt:
    """What an import of outcomes came to."""

    accepted: int
    refused: int


@transaction.atomic
def land_outcomes(
    *, rows: Sequence[sheets.Outcome], document: str, sheet: File | None = None, actor: Account | None, now: datetime
) -> Receipt:
    """Write down every outcome of an announcement, or none. Only the city does: a filing opens what the bank itself is
    paid. `sheet` is the announcement as it was read.

    Raises Refused, and Invalid with one message a row (`row_<n>`), and at `document`.
    """
    city_only(actor, now)
    if not document.strip():
        raise Invalid({"document": _("请填写备案公告的文号")})
    found, errors = _matched(rows)
    if errors:
        raise Invalid(errors)
    done = Receipt(0, 0)
    for row, filing in found:
        accepted = row.outcome == "accepted"
        try:
            _decide(filing, row, document.strip()[:80], sheet, actor, now)
        except IntegrityError as why:
            raise Invalid({f"row_{row.number}": _("备案编号 %(n)s 已经属于另一笔贷款") % {"n": row.filing}}) from why
        except Refused as why:
            raise Invalid({f"row_{row.number}": str(why)}) from why
        done = Receipt(done.accepted + accepted, done.refused + (not accepted))
    return done


def _matched(rows: Sequence[sheets.Outcome]) -> tuple[list[tuple[sheets.Outcome, Filing]], dict[str, str]]:
    """Each row with the filing it speaks of; a message for each row that speaks of none, or of one twice."""
    waiting = Filing.objects.select_for_update(of=("self",)).filter(outcome="", revoked_on=None)
    by_number: dict[tuple[str, str], Filing] = {}
    for filing in waiting.select_related("loan__application", "loan__institution__organisation"):
        by_number[filing.loan.institution.organisation.uscc, filing.loan.number] = filing
    found, errors, taken = [], dict[str, str](), set[int]()
    for row in rows:
        meant = by_number.get((row.uscc, row.loan))
        if meant is None:
            errors[f"row_{row.number}"] = _("没有等待结果的备案：%(loan)s") % {"loan": row.loan}
        elif meant.pk in taken:
            errors[f"row_{row.number}"] = _("合同号 %(loan)s 出现了两次") % {"loan": row.loan}
        elif row.outcome == "accepted" and row.early is None and meant.loan.early_stage:
            told = _("银行把合同 %(loan)s 申报为早期研发信用贷款：请补上“核定早期研发信用贷款”一列，写明是或否")
            errors[f"row_{row.number}"] = told % {"loan": row.loan}
        else:
            taken.add(meant.pk)
            found.append((row, meant))
    return found, errors


def _decide(
    filing: Filing, row: sheets.Outcome, document: str, sheet: File | None, actor: Account | None, now: datetime
) -> None:
    filing.outcome, filing.document, filing.decided_on = row.outcome, document, timezone.localdate(now)
    filing.number, filing.reason, filing.decided_by = row.filing, row.reason, actor
    filing.save()
    held = Application.objects.select_for_update(of=("self",)).get(pk=filing.loan.application_id)
    data: dict[str, Any] = {"outcome": row.outcome, "number": row.filing, "document": document}
    note = row.filing
    if row.outcome == "accepted" and filing.loan.early_stage != bool(row.early):
        note = _not_early(filing.loan, row)
    data |= {"early_stage": bool(row.early)} if row.outcome == "accepted" else {}
    data |= {"sheet": sheet.pk, "sha256": sheet.sha256} if sheet is not None else {}
    held = saved(held, "filing_outcome", actor, now, data, row.reason)
    # A loan that was repaid while its filing waited stays settled; the filing stands all the same.
    if row.outcome == "accepted" and held.state == "granted":
        go(held, "file", actor, now, note)
    elif row.outcome == "refused":
        said = {"case": held.number, "why": row.reason}

        def words() -> tuple[str, str]:
            return _("备案被退回：%(case)s") % said, _("退回原因：%(why)s。改好以后可以再次提交。") % said

        tell(held, "filing_refused", (INSTITUTION,), words, now)


def _not_early(loan: Loan, row: sheets.Outcome) -> str:
    """What the bank reported as 早期研发信用贷款 and the city has not confirmed is an ordinary loan. Returns what to
    say of it; raises Refused where the bank has reported no such thing."""
    if row.early:
        raise Refused(_("银行没有把合同 %(loan)s 申报为早期研发信用贷款，不能核定") % {"loan": loan.number})
    loan.early_stage = False
    loan.save(update_fields=["early_stage"])
    return _("%(number)s；没有核定为早期研发信用贷款，按一般贷款分担损失") % {"number": row.filing}


@transaction.atomic
def revoke(*, case: Application, why: str, actor: Account | None, now: datetime, seen_version: int) -> Application:
    """撤销备案: no interest subsidy and no shared loss any more; firm and institution are told.

    Also of a loan that has been repaid or compensated by now: it stays where it is, and loses what the filing gave.
    Raises Refused, Invalid at `why`.
    """
    held = locked(case, actor, now, by={CITY, "system"}, seen=seen_version, states=WITH_FILING)
    if not why.strip():
        raise Invalid({"why": _("请写明原因")})
    filing = contract_of(held).standing_filing()
    if filing is None:
        raise Refused(_("没有可以撤销的备案"))
    filing.revoked_on, filing.revoked_why = timezone.localdate(now), why.strip()[:300]
    filing.save(update_fields=["revoked_on", "revoked_why"])
    held = saved(held, "revoke_filing", actor, now, {"filing": filing.number}, why.strip()[:300])
    held = drop_claims(held, BY_FILING, _("备案已撤销"), actor, now)
    if held.state in UNFILED_FROM:
        return go(held, "unfile", actor, now, why.strip()[:300])
    _tell_revoked(held, filing, now)
    return held


def _tell_revoked(case: Application, filing: Filing, now: datetime) -> None:
    """The step tells of itself; where none is taken, the same people are told here."""
    said = {"case": case.number, "number": filing.number, "why": filing.revoked_why}

    def words() -> tuple[str, str]:
        return _("备案已撤销：%(case)s") % said, _("备案 %(number)s 已撤销：%(why)s。不再贴息和分担风险。") % said

    tell(case, "unfile", (FIRM, INSTITUTION, CITY), words, now)


@transaction.atomic
def restore(*, case: Application, why: str, actor: Account, now: datetime, seen_version: int) -> Application:
    """The proof was there after all: the filing stands again. Raises Refused (no confirmed proof), Invalid at `why`."""
    held = locked(case, actor, now, by={CITY}, seen=seen_version, states=WITH_FILING)
    city_only(actor, now)
    if not why.strip():
        raise Invalid({"why": _("请写明原因")})
    filing = contract_of(held).revoked_filing()
    if filing is None:
        raise Refused(_("没有撤销的备案"))
    if not proven(filing.loan.borrower_id, filing.year):
        raise Refused(_("%(year)d 年没有已核实的入库编号或科融信，不能恢复") % {"year": filing.year})
    filing.revoked_on, filing.revoked_why = None, ""
    filing.save(update_fields=["revoked_on", "revoked_why"])
    held = saved(held, "restore_filing", actor, now, {"filing": filing.number}, why.strip()[:300])
    return go(held, "refile", actor, now, why.strip()[:300]) if held.state == "unfiled" else held


def unproven(before: date) -> Iterable[Filing]:
    """Filings that stand, of years before this day's, whose firm has no confirmed proof of that year."""
    rows = unproven_of(Filing.objects.filter(month__year__lt=before.year))
    return rows.select_related("loan__application").order_by("pk")[:5000]


def check_filings(*, now: datetime) -> int:
    """When a year is over, what was filed in it without 入库编号 or 科融信 is revoked. Returns how many were."""
    return sum(_revoke_unproven(filing, now) for filing in unproven(timezone.localdate(now)))


@transaction.atomic
def _revoke_unproven(filing: Filing, now: datetime) -> bool:
    """As it stands when its turn comes: it may have been proven, or handled, since the list was made."""
    case = Application.objects.select_for_update(of=("self",)).get(pk=filing.loan.application_id)
    if not unproven_of(Filing.objects.filter(pk=filing.pk)).exists():
        return False
    why = _("%(year)d 年没有已核实的科技型中小企业入库编号或科融信") % {"year": filing.year}
    revoke(case=case, why=why, actor=None, now=now, seen_version=case.version)
    return True


def remind_unproven(*, now: datetime) -> int:
    """Late in the year, firms whose filing of this year still lacks its proof are told once. Returns how many."""
    today = timezone.localdate(now)
    if today.month < terms.value("remind_from_month", today).days:
        return 0
    rows = unproven_of(Filing.objects.filter(month__year=today.year))
    return sum(_remind(row, now) for row in rows.select_related("loan__application__lead__organisation"))


def _remind(filing: Filing, now: datetime) -> bool:
    case = filing.loan.application
    said: dict[str, Any] = {"case": case.number, "year": filing.year, "number": filing.number}

    def words() -> tuple[str, str]:
        body = _(
            "备案 %(number)s 还没有 %(year)d 年的入库编号或科融信结果；年底仍没有的，备案将被撤销，"
            "不再贴息和分担风险。请登录后登记。"
        )
        return _("请补登记当年资格：%(case)s") % said, body % said

    return remind_firm(case, "prove", words, since=filing.filed_at, now=now)
