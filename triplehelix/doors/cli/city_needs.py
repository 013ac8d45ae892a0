"""The demo city's needs before the desk: told in parts, brought by visits, diagnosed, confidential under agreements."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from triplehelix.foundation.money import Fen
from triplehelix.market.diagnosis import actions as diagnoses
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.market.listings import actions as listings
from triplehelix.market.nda import actions as nda
from triplehelix.market.nda import texts
from triplehelix.market.needs.models import Need
from triplehelix.market.visits import actions as visits
from triplehelix.market.visits.models import Ask
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import take
from triplehelix.records.trail.models import Entry

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Visits of the demo keep their numbers, whenever it is loaded.
NUMBERS = UUID("6b1d2c4e-5a57-4b5e-9d0a-3f9e1a7c0d11")
WORDS = ("title", "what", "present", "target", "tried", "rest", "field", "secrecy", "teaser")


@dataclass
class _Desk:
    """Who judges, and what is said: in turn, so that the demo is the same each time."""

    now: datetime
    managers: Iterator[Account]
    expert: Account
    officer: Account
    said: dict[str, Iterator[Any]]


def load(
    path: Path, organisations: Mapping[str, Organisation], clerks: Mapping[int, Account], *, now: datetime
) -> None:
    """Visits and needs in their days, then the desk's answers to everything that came before it."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    given = data["desk"]
    people = {one.email: one for one in Account.objects.filter(email__contains="@example.com")}
    said = {name: cycle(given[name]) for name in ("turns", "ready", "refine", "long_term", "refine_questions")}
    managers = cycle([people[email] for email in given["managers"]])
    desk = _Desk(
        now, managers, people[given["expert"]], people[given["officer"]], said | {"answers": cycle(given["answers"])}
    )
    for row in data["visit"]:
        _visit(row, organisations, people, now)
    told = {}
    for row in data["need"]:
        need = _need(row, organisations[row["firm"]], clerks, now)
        told[need.pk] = row
    _answer_all(desk, given, told, clerks)
    for row in data["need"]:
        if row.get("nda"):
            need = Need.objects.get(number=row["id"].upper())
            for one in row["nda"]:
                _agreement(one, need, organisations[one["by"]], clerks, now)


def _values(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {name: row[name] for name in WORDS if name in row}
    if "budget_wan" in row:
        values["price_fen"] = int(Fen.from_unit(str(row["budget_wan"]), "万元"))
    if "needed_in" in row:
        values["needed_by"] = timezone.localdate(now + row["needed_in"] * DAY)
    return values


def _need(row: Mapping[str, Any], firm: Organisation, clerks: Mapping[int, Account], now: datetime) -> Need:
    at, clerk = now - row["days_ago"] * DAY, clerks[firm.pk]
    chain = firm.chains.first()
    common = {
        "number": row["id"].upper(), "chain": chain.chain if chain else "", "region": firm.region,
        "contact_name": firm.contact_name, "contact_phone": firm.contact_phone, "contact_email": firm.contact_email,
    }  # fmt: skip
    values = common | _values(row, now)
    made = listings.create(model=Need, organisation=firm, values=values, actor=clerk, now=at)
    return take(case=made, step="publish", actor=clerk, now=at, seen_version=made.version)


def _visit(
    row: Mapping[str, Any], organisations: Mapping[str, Organisation], people: Mapping[str, Account], now: datetime
) -> None:
    at, who = now - row["days_ago"] * DAY, people[row["by"]]
    finance = dict(row["finance"]) if "finance" in row else None
    if finance and "amount_wan" in finance:
        finance["amount_fen"] = int(Fen.from_unit(str(finance.pop("amount_wan")), "万元"))
    wish = dict(finance.pop("taken_up")) if finance and "taken_up" in finance else None
    told = [dict(row["talent"]) if "talent" in row else None, finance]
    later = [{name: one.pop(name, "") for name in ("passed_on", "answered")} if one else {} for one in told]
    given = visits.Given(
        organisation=organisations[row["firm"]], visited_on=timezone.localdate(at), met_name=row.get("met_name", ""),
        about=row.get("about", ""), need=_values(row["need"], now) if "need" in row else None, talent=told[0],
        finance=told[1], hand_in=row.get("hand_in", False),
    )  # fmt: skip
    uuid = uuid5(NUMBERS, f"{row['firm']} {row['days_ago']}")
    visit = visits.record(uuid=uuid, given=given, actor=who, now=at + 8 * HOUR).visit
    for what, done in zip((Ask.TALENT, Ask.FINANCE), later, strict=True):
        ask = visit.asks.filter(what=what).first()
        for step, note in (("pass_on", done.get("passed_on")), ("answer", done.get("answered"))):
            if ask is not None and note:
                at += DAY
                ask = take(case=ask, step=step, actor=who, now=at, seen_version=ask.version, note=note)
    if wish is not None and finance is not None:
        values = wish | {"amount_fen": finance["amount_fen"], "about": finance["text"]}
        visits.take_up(ask=visit.asks.get(what=Ask.FINANCE), values=values, actor=who, now=at + DAY)
    if "void" in row:
        visits.void(visit=visit, why=row["void"], actor=who, now=at + 9 * HOUR)


def _answer_all(
    desk: _Desk, given: Mapping[str, Any], told: Mapping[int, Mapping[str, Any]], clerks: Mapping[int, Account]
) -> None:
    """Every need before the desk gets the answer its row tells, or the next in turn, within the term or late."""
    live = Need.objects.filter(state__in=("submitted", "published")).select_related("organisation").order_by("pk")
    come = Entry.objects.filter(subject_kind=Need.kind, verb__in=("submit", "publish")).order_by("-n")
    since = {int(row.subject_id): row.at for row in come}
    for need in live:
        start = since[need.pk]
        case = diagnoses.follow(need_id=need.pk, now=start)
        if case is None or need.number in given["overdue"]:
            continue
        if need.number in given["with_expert"]:
            diagnoses.assign(diagnosis=case, to=desk.expert, actor=desk.officer, now=start, seen_version=case.version)
            continue
        row = told.get(need.pk, {})
        at = case.started_at + (5 * DAY if need.number in given["late"] else 20 * HOUR)
        if at < desk.now and (need.pk not in told or "outcome" in row):
            _judge(desk, case, row, at, clerks)


def _judge(desk: _Desk, case: Diagnosis, row: Mapping[str, Any], at: datetime, clerks: Mapping[int, Account]) -> None:
    manager = next(desk.managers)
    outcome = row.get("outcome") or next(desk.said["turns"])
    questions = row.get("questions") or (next(desk.said["refine_questions"]) if outcome == "refine" else [])
    case = take(case=case, step="take_up", actor=manager, now=at - 2 * HOUR, seen_version=case.version)
    reason = row.get("reason") or next(desk.said[outcome])
    if "mistaken" in row:
        case = _recalled(case, row, manager, at)
    case = diagnoses.judge(
        diagnosis=case, outcome=outcome, reason=reason, actor=manager, now=at, seen_version=case.version,
        questions=questions, not_alike=True,
    )  # fmt: skip
    goes_on = "then" in row or ("outcome" not in row and outcome == "refine" and case.pk % 3)
    if not goes_on or at + 4 * DAY > desk.now:
        return
    said = dict(enumerate(row.get("answers") or [next(desk.said["answers"])] * len(questions), start=1))
    clerk = clerks[case.need.organisation_id]
    case = diagnoses.answer(diagnosis=case, answers=said, actor=clerk, now=at + 2 * DAY, seen_version=case.version)
    diagnoses.judge(
        diagnosis=case, outcome=row.get("then", "ready"), reason=row.get("then_reason") or next(desk.said["ready"]),
        actor=manager, now=at + 3 * DAY, seen_version=case.version, not_alike=True,
    )  # fmt: skip


def _recalled(case: Diagnosis, row: Mapping[str, Any], manager: Account, at: datetime) -> Diagnosis:
    """Questions meant for another firm, sent and taken back."""
    case = diagnoses.judge(
        diagnosis=case, outcome="refine", reason=row["reason"], actor=manager, now=at - HOUR,
        seen_version=case.version, questions=row["mistaken"],
    )  # fmt: skip
    return take(
        case=case, step="recall", actor=manager, now=at - HOUR / 2, seen_version=case.version, note=row["recall"]
    )


def _agreement(
    row: Mapping[str, Any], need: Need, party: Organisation, clerks: Mapping[int, Account], now: datetime
) -> None:
    at, asker = now - row["days_ago"] * DAY, clerks[party.pk]
    version = texts.current(timezone.localdate(at)).version
    made = nda.ask(need=need, organisation=party, purpose=row["purpose"], text_version=version, actor=asker, now=at)
    owner = clerks[need.organisation_id]
    for n, step in enumerate(row["way"]):
        if step == "revoke":
            nda.open_words(need=need, actor=asker, now=at + DAY)
        made = take(
            case=made, step=step, actor=owner, now=at + (n * 2 * DAY or 6 * HOUR), seen_version=made.version,
            note=row.get("note", ""),
        )  # fmt: skip
    for days in row.get("opened", []):
        nda.open_words(need=need, actor=asker, now=now - days * DAY)
