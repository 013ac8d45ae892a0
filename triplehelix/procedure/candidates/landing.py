"""A list of candidates lands: one case for each row, screened at once. Held, invited, or told why not."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.dated import NotInForce
from triplehelix.foundation.sheet import RowError, Schema
from triplehelix.market.imports import tasks
from triplehelix.market.imports.kinds import Kind, Rows
from triplehelix.market.imports.models import Import
from triplehelix.market.imports.organisations import misnamed, namesakes, registered
from triplehelix.policy.decision import must_be_in_force
from triplehelix.policy.facts import read_facts
from triplehelix.procedure.candidates import columns, units
from triplehelix.procedure.cases import applicant, earlier, eligibility, guards, judge, law
from triplehelix.procedure.cases.access import is_clerk
from triplehelix.procedure.cases.matter import matter_of
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.cases.numbers import next_numbers
from triplehelix.records.parties.known import remembered
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail

BATCH = 500
PREFIX = "round:"


def about(round: Round) -> str:
    """How an import names the round its rows belong to."""
    return f"{PREFIX}{round.pk}"


def round_of(about: str) -> Round:
    """The round an import names. Raises Round.DoesNotExist."""
    return Round.objects.get(pk=int(about.removeprefix(PREFIX)), lane="entitled")


def title_of(round: Round, facts: Mapping[str, Any]) -> str:
    """What a case of the list is called. A firm may stand in the list with several matters where the award tells them
    apart (a certificate, a contract)."""
    matter = matter_of(round.award, facts, public=True)
    return f"{round.title}：{matter}"[:120] if matter else round.title[:120]


def _matter(round: Round, facts: Mapping[str, Any]) -> str:
    return matter_of(round.award, facts)[:200]


def _schema(on: Any, about: str) -> Schema:
    return columns.schema_of(round_of(about).award, on)


def _check(case: Import, rows: Rows, now: datetime) -> Iterable[RowError]:
    round = round_of(case.about)
    try:
        must_be_in_force(round.award, timezone.localdate(now))
    except NotInForce as why:
        yield RowError(0, "", str(why), "not_in_force")
    yield from misnamed(rows)
    seen: dict[tuple[str, str, str], int] = {}
    listed = Case.objects.filter(award_code=round.award_code, lane="entitled", year=round.year)
    codes = [values["uscc"] for _row, values in rows if values.get("uscc")]
    taken = set(listed.filter(organisation__uscc__in=codes).values_list("organisation__uscc", "title", "matter"))
    for row, values in rows:
        facts, errors = columns.facts_of(round.award, values)
        key = (values.get("uscc") or "", title_of(round, facts), _matter(round, facts))
        if key[0] and (first := seen.setdefault(key, row)) != row:
            yield RowError(row, "统一社会信用代码", _("与第 %(row)d 行是同一单位的同一事项") % {"row": first}, "twice")
        if key in taken:
            yield RowError(row, "统一社会信用代码", _("这一单位的这一事项已经在本批名单里"), "stored")
        for label, message in errors.items():
            yield RowError(row, label, message, "amount")


def _write(case: Import, rows: Rows, now: datetime) -> dict[str, Any]:
    """The cases of the rows, all in the state they come out of screening in."""
    round = round_of(case.about)
    firms = registered([values for _row, values in rows], case.account, now)
    numbers = next_numbers(round.award_code, round.year, len(rows))
    made = [
        _case(round, firms[values["uscc"]], number, columns.facts_of(round.award, values)[0], case, now)
        for (_row, values), number in zip(rows, numbers, strict=True)
    ]
    Case.objects.bulk_create(made, batch_size=BATCH)
    trail.record_many(
        kind=Case.kind, ids=[str(one.pk) for one in made], verb="candidate", actor=case.account, now=now,
        data={"import": case.pk, "round": round.pk},
    )  # fmt: skip
    counted: dict[str, int] = {}
    earlier.hold(*made)
    with remembered():
        for one in made:
            state = screen(one, now).state
            counted[state] = counted.get(state, 0) + 1
    return {"states": counted, "round": round.pk}


def _case(round: Round, firm: Organisation, number: str, facts: dict[str, Any], by: Import, now: datetime) -> Case:
    return Case(
        number=number, round=round, award_code=round.award_code, lane="entitled", year=round.year, organisation=firm,
        title=title_of(round, facts), matter=_matter(round, facts), facts=facts, state="screening",
        judged_on=timezone.localdate(now), created_at=now, changed_at=now, created_by=by.account,
        **law.of(round.award),
    )  # fmt: skip


def screen(case: Case, now: datetime) -> Case:
    """Hold what looks like another unit or needs a clerk's look, invite who qualifies, tell the others why not."""
    award = case.award
    values, _errors = read_facts(award.facts, judge.given(case))
    strange = units.findings(award.facts, values)
    found = judge.judged(case, timezone.localdate(now))
    if strange:
        return _take(case, "hold", now, "；".join(strange))
    if found.is_held:
        return _take(case, "hold", now, "；".join(check.refusal for check in found.refused))
    if found.refused:
        why = "；".join(check.refusal for check in found.refused)
        before = next(eligibility.given_before(case, public=True), None)
        return _take(case, "not_entitled", now, before.message if before else why)
    if found.open:
        return _take(case, "hold", now, _("标准待定：") + "；".join(one.question for one in found.open))
    if found.unknown:
        return _take(case, "hold", now, guards.without(found.unknown))
    try:
        return _take(case, "invite", now, "")
    except Refused as why:
        return _not_invited(case, str(why), now)


def _not_invited(case: Case, why: str, now: datetime) -> Case:
    """Given before, or nothing to give: told why not, without a number that not all may see who read the decision.
    Barred: held, since a bar ends one day and a clerk looks at its document before the list is without the unit."""
    if before := next(eligibility.given_before(case, public=True), None):
        return _take(case, "not_entitled", now, before.message)
    if barred := list(applicant.barred(case, timezone.localdate(now))):
        return _take(case, "hold", now, "；".join(one.message for one in barred))
    return _take(case, "not_entitled", now, why)


def _take(case: Case, step: str, now: datetime, note: str) -> Case:
    return take(case=case, step=step, actor=None, now=now, seen_version=case.version, note=note[:1000])


def _still_may(case: Import, on: date) -> bool:
    """Lists of candidates are landed by who runs rounds."""
    return is_clerk(case.account, on)


def upload(*, round: Round, content: bytes, name: str, account: Account, now: datetime) -> Import:
    """A list of candidates of the round: checked first, landed when confirmed, as every import. Raises Unacceptable."""
    return tasks.upload(
        content=content, name=name, what=KIND.what, publish=False, account=account, organisation=None, now=now,
        about=about(round),
    )  # fmt: skip


KIND = Kind(
    "procedure.candidates", gettext_lazy("候选名单"), _schema, _check, _write, still_may=_still_may, notes=namesakes
)
