"""Institutions, and the proofs of a year: entered, confirmed, voided."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance import access, rules
from triplehelix.market.finance.actions.filing import BY_FILING
from triplehelix.market.finance.actions.shared import checked, city_only, drop_claims, tell
from triplehelix.market.finance.finds import unproven_of
from triplehelix.market.finance.kept import of_proof
from triplehelix.market.finance.models import Application, Filing, Institution, Qualification
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import finds, letters
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept
from triplehelix.records.wording import as_recorded

TYPE = "金融机构"
#: The proof of a year in the trail.
PROOF = "finance.qualification"
#: Where a wish waits for the institution, or for the firm to let it look.
UNANSWERED = ("lead", "consented", "handling")


@transaction.atomic
def register_institution(
    *, organisation: Organisation, values: Mapping[str, Any], actor: Account | None, now: datetime
) -> Institution:
    """The city lists an organisation as bank, guarantor, insurer or fund. `values`: kind, licence, since.

    Raises Refused, Invalid at `uscc` (no financial institution, not checked yet, listed already), `kind`, `licence`.
    """
    today = city_only(actor, now)
    given, errors = checked(rules.INSTITUTION, values, today)
    if organisation.type != TYPE:
        errors["uscc"] = _("这个单位的类型不是“金融机构”")
    elif organisation.confirmed_at is None:
        errors["uscc"] = _("单位还没有经过核实，请先核实")
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Institution.objects.create(organisation=organisation, recorded_at=now, recorded_by=actor, **given)
    except IntegrityError as why:
        raise Invalid({"uscc": _("这家机构已经登记为这一类")}) from why
    data = {"organisation": organisation.pk, "kind": made.kind, "licence": made.licence}
    trail.record(kind="finance.institution", id=str(made.pk), verb="register", actor=actor, now=now, data=data)
    return made


@transaction.atomic
def end_institution(*, institution: Institution, actor: Account | None, now: datetime, why: str) -> Institution:
    """From tomorrow it takes no new wishes and its desk is closed. Its people get a letter, and the firms whose wishes
    it has not answered, which nobody will. Raises Refused, Invalid at `why`."""
    today = city_only(actor, now)
    held = Institution.objects.select_for_update(of=("self",)).get(pk=institution.pk)
    why = why.replace("\x00", "").strip()[:300]
    if not why:
        raise Invalid({"why": _("请写明原因")})
    if held.until is not None:
        raise Refused(_("已经停止合作"))
    held.until = max(today, held.since)
    held.save(update_fields=["until"])
    trail.record(kind="finance.institution", id=str(held.pk), verb="end", actor=actor, now=now, why=why)
    _tell_of_end(held, why, now)
    return held


def _tell_of_end(institution: Institution, why: str, now: datetime) -> None:
    said = {"institution": institution, "why": why}
    _write("finance.institution.end", institution.organisation, institution.pk, now, lambda: (
        _("%(institution)s停止合作") % said,
        _("自明天起不再接收新的融资需求，没有签约的不能再办。已签约的请继续登记还款。原因：%(why)s") % said,
    ))  # fmt: skip
    open_ones = institution.applications.filter(state__in=UNANSWERED).select_related("lead__organisation")
    for case in open_ones.order_by("pk"):
        tell(case, "institution_end", (access.FIRM,), partial(_no_answer, case, institution), now)


def _no_answer(case: Application, institution: Institution) -> tuple[str, str]:
    said = {"institution": institution, "case": case.number}
    body = _(
        "%(institution)s自明天起停止合作，%(case)s 在那里不会再有答复。请登录后撤回这一件，另选机构；授权随撤回结束。"
    )
    return _("%(institution)s停止合作，请另选机构：%(case)s") % said, body % said


def _write(kind: str, to: Organisation, cause: int, now: datetime, words: letters.Words) -> None:
    """A letter to each who acts for an organisation."""
    letters.write(
        finds.members_of(to, timezone.localdate(now)), words, kind=kind, cause_kind=kind.rpartition(".")[0],
        cause_id=cause, now=now, page=reverse("web:todo"),
    )  # fmt: skip


@transaction.atomic
def add_qualification(
    *, organisation: Organisation, values: Mapping[str, Any], actor: Account | None, now: datetime
) -> Qualification:
    """入库编号 or 科融信 of a year. Entered by the city it counts at once; by the firm, once the city confirms it.

    Raises Refused, Invalid at `kind`, `year`, `number` (used by another firm; this year's is there already).
    """
    today = timezone.localdate(now)
    own = organisation.pk in access.own_organisations(actor, today)
    # Of the own organisation an officer of the city is its member and no more: another one confirms it.
    by_city = actor is None or (access.is_city(actor, today) and not own)
    if not by_city and not own:
        raise Refused(_("只能登记本单位的资格"))
    given, errors = checked(rules.QUALIFICATION, values, today)
    if errors:
        raise Invalid(errors)
    parties.speak_of(organisations=[organisation], actor=actor, now=now)
    if Qualification.objects.filter(organisation=organisation, void_why="", **_same_year(given)).exists():
        raise Invalid({"number": _("这一年的资格已经登记过；有误的请先作废")})
    try:
        with transaction.atomic():
            made = Qualification.objects.create(
                organisation=organisation, recorded_at=now, recorded_by=actor, confirmed_at=now if by_city else None,
                confirmed_by=actor if by_city else None, **given,
            )  # fmt: skip
    except IntegrityError as why:
        raise Invalid({"number": _("编号 %(number)s 已经属于另一家企业") % given}) from why
    data = {"organisation": organisation.pk, **given, "confirmed": by_city, **kept.said(of_proof(made))}
    trail.record(kind=PROOF, id=str(made.pk), verb="add", actor=actor, now=now, data=data)
    return made


def _same_year(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": given["kind"], "year": given["year"]}


@transaction.atomic
def answer_qualification(
    *, qualification: Qualification, is_right: bool, actor: Account | None, now: datetime, why: str = ""
) -> Qualification:
    """The city has looked it up: it counts, or is void with the reason, which the firm is told, and with it what was
    computed of the filings it proved. Raises Refused (also of the own organisation, and where somebody has confirmed it
    already), Invalid at `why`."""
    today = city_only(actor, now)
    held = Qualification.objects.select_for_update(of=("self",)).get(pk=qualification.pk)
    if held.organisation_id in access.own_organisations(actor, today):
        raise Refused(_("这是您代表的单位：请另一位工作人员办理"))
    if held.void_why:
        raise Refused(_("已经作废"))
    if is_right and held.confirmed_at is not None:
        raise Refused(_("已经核实过"))
    why = why.replace("\x00", "").strip()[:200]
    if not is_right and not why:
        raise Invalid({"why": _("请写明原因")})
    if is_right:
        held.confirmed_at, held.confirmed_by = now, actor
    else:
        held.void_why = why
    held.save(update_fields=["confirmed_at", "confirmed_by", "void_why"])
    verb = "confirm" if is_right else "void"
    data = kept.said(of_proof(held))
    trail.record(kind=PROOF, id=str(held.pk), verb=verb, actor=actor, now=now, data=data, why=held.void_why)
    if held.void_why:
        _tell_of_void(held, now)
        if held.confirmed_at is not None:
            _drop_proven(held, actor, now)
    return held


def _drop_proven(proof: Qualification, actor: Account | None, now: datetime) -> None:
    """What was computed of the firm's filings of that year, where nothing else proves it: they stand until the year is
    over, and it is computed anew once they are proven."""
    filings = unproven_of(Filing.objects.filter(loan__borrower=proof.organisation_id, month__year=proof.year))
    rows = Application.objects.select_for_update(of=("self",)).filter(contract__filings__in=filings).order_by("pk")
    with as_recorded():
        why = _("%(year)d 年的资格 %(number)s 已作废（%(why)s），请在补上当年资格以后重新计算")
        why %= {"year": proof.year, "number": proof.number, "why": proof.void_why}
    # Claims are made under the lock of their case: whoever makes one after this finds no proof.
    for case in rows:
        before = case.version
        if drop_claims(case, BY_FILING, why, actor, now).version > before:
            tell(case, "proof_void", (access.FIRM, access.INSTITUTION), partial(_computed_anew, case, proof), now)


def _computed_anew(case: Application, proof: Qualification) -> tuple[str, str]:
    said = {"case": case.number, "year": proof.year, "number": proof.number, "why": proof.void_why}
    body = _(
        "%(year)d 年的资格 %(number)s 已作废：%(why)s。按这笔备案计算的贴息、风险补偿随之作废；"
        "补上当年的资格、核实以后，请重新计算。"
    )
    return _("补助要重新计算：%(case)s") % said, body % said


def _tell_of_void(proof: Qualification, now: datetime) -> None:
    said = {"year": proof.year, "kind": proof.get_kind_display(), "number": proof.number, "why": proof.void_why}
    _write(f"{PROOF}.void", proof.organisation, proof.pk, now, lambda: (
        _("%(year)d 年的%(kind)s已作废：%(number)s") % said,
        _("原因：%(why)s\n\n编号写错的，请登录后重新登记正确的编号。年底前没有当年资格的，贷款备案会被撤销。") % said,
    ))  # fmt: skip
