"""The demo city's introductions: one in every state, one with three versions of terms, some that are stuck; and what
people want to be told of."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from triplehelix.foundation.money import Fen
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import actions
from triplehelix.market.introductions.guards import TOOK_PLACE
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.saved import actions as saved
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)
MANAGER = "manager@example.com"
KINDS = {"needs": Need.kind, "achievements": Achievement.kind}
Row = Mapping[str, Any]


def load(path: Path, officer: Account, clerks: Mapping[int, Account], *, now: datetime) -> None:
    """Everything in the order of its days; at the end, what nobody answered in time is counted so."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    managers = {account.email: account for account in Account.objects.filter(email__endswith="@example.com")}
    for row in sorted(data["introduction"], key=lambda one: -one["days_ago"]):
        _walk(row, officer, clerks, managers, now)
    actions.expire_due(now=now)
    for row in data["saved"]:
        _keep(row, now)


def _keep(row: Row, now: datetime) -> None:
    models: dict[str, type[Listing]] = {"need": Need, "achievement": Achievement}
    listing = next((m._default_manager.get(number=row[name]) for name, m in models.items() if name in row), None)
    asked = {"listing": listing} if listing else {
        "text": row["text"], "what": KINDS[row["what"]], "narrowed": {"chain": row.get("chain", [])},
    }  # fmt: skip
    saved.keep(
        account=Account.objects.get(email=row["who"]), name=row["name"], every=row["every"],
        now=now - row["days_ago"] * DAY, **asked,
    )  # fmt: skip


def _walk(
    row: Row, officer: Account, clerks: Mapping[int, Account], managers: Mapping[str, Account], now: datetime
) -> None:
    need = Need.objects.select_related("organisation").get(number=row["need"])
    achievement = Achievement.objects.select_related("organisation").get(number=row["achievement"])
    people = {
        "need": clerks[need.organisation_id], "achievement": clerks[achievement.organisation_id], "officer": officer,
        "manager": managers[row.get("manager", MANAGER)],
    }  # fmt: skip
    made = actions.invite(
        need=need, achievement=achievement, side=row["by"], actor=people[row["by"]], words=row.get("words", ""),
        now=now - row["days_ago"] * DAY,
    )  # fmt: skip
    for step in row.get("act", ()):
        made.refresh_from_db()
        given = {"introduction": made, "actor": people[step["who"]], "now": now - step["days_ago"] * DAY}
        given["seen_version"] = made.version
        ACTS[step["what"]](step, given, managers)


def _decline(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    act = actions.decline if step["what"] == "decline" else actions.break_off
    act(reason_code=step["reason"], words=step.get("words", ""), **given)


def _take_back(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    take(case=given.pop("introduction"), step=step["what"], **given)


def _meet(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    said = {name: step[name] for name in ("place", "people", "notes")}
    actions.record_meeting(kind=step["what"], held_on=timezone.localdate(given["now"]), **said, **given)


def _void_meeting(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    last = given["introduction"].meetings.filter(TOOK_PLACE).latest("pk")
    actions.void_meeting(meeting=last, why=step["why"], **given)


def _plan(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    morning = timezone.localtime(given["now"] + (step["days_ago"] + step["in_days"]) * DAY)
    at = morning.replace(hour=9, minute=30, second=0, microsecond=0)
    actions.plan(kind=step["kind"], planned_at=at, place=step["place"], **given)


def _intent(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    content = f"%PDF-1.4\n% {step['number']}\n1 0 obj\n<<>>\nendobj\n%%EOF\n".encode()
    side: Introduction = given["introduction"]
    file = evidence.store(
        content=content, name=f"{step['number']}.pdf", actor=given["actor"], now=given["now"],
        owner=side.need.organisation,
    )  # fmt: skip
    actions.sign_intent(
        signed_on=timezone.localdate(given["now"]), number=step["number"], event=step["event"], about=step["about"],
        amount_fen=int(Fen.from_unit(step["amount_wan"], "万元")), file=file, **given,
    )  # fmt: skip


def _terms(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    texts = {name: step[name] for name in ("rights", "delivery", "why", "royalty_base") if name in step}
    rows = [(name, int(Fen.from_unit(wan, "万元")), None) for name, wan in step.get("rows", ())]
    terms = actions.Terms(
        mode=step["mode"], structure=step["structure"], price_fen=int(Fen.from_unit(step["price_wan"], "万元")),
        rows=rows, royalty_ppm=int(Decimal(step.get("royalty_percent", "0")) * 10_000), **texts,
    )  # fmt: skip
    actions.propose(terms=terms, **given)


def _say(step: Row, given: dict[str, Any], managers: Mapping[str, Account]) -> None:
    given.pop("seen_version")
    actions.say(text=step["text"], **given)


ACTS: dict[str, Callable[[Row, dict[str, Any], Mapping[str, Account]], object]] = {
    "accept": lambda step, given, managers: actions.accept(**given),
    "decline": _decline,
    "break_off": _decline,
    "take_back": _take_back,
    "assign": lambda step, given, managers: actions.assign(manager=managers[step["manager"]], **given),
    "agree_to_manage": lambda step, given, managers: actions.agree_to_manage(**given),
    "talk": _meet,
    "visit": _meet,
    "void_meeting": _void_meeting,
    "plan": _plan,
    "intent": _intent,
    "terms": _terms,
    "accept_terms": lambda step, given, managers: actions.accept_terms(n=step["n"], **given),
    "say": _say,
}
