"""The demo city's cases, walked through the same actions everybody uses to every state a case can be in."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from triplehelix.doors.cli import city_matched, city_panels
from triplehelix.doors.cli import city_steps as go
from triplehelix.doors.cli.city_clerks import Desk
from triplehelix.foundation.calendar import MissingYear
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import write_csv
from triplehelix.market.imports import actions as imports
from triplehelix.procedure.candidates.columns import schema_of
from triplehelix.procedure.candidates.landing import KIND, about
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels.ties import record_tie, void_tie
from triplehelix.procedure.terms import actions as terms
from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Organisation, Person
from triplehelix.records.parties.reference import calendar
from triplehelix.records.steps.actions import take

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Long enough for five working days, whatever holidays lie between.


#: What every sound joint project answers.
SOUND = {"registered_in_city": True, "has_firm_and_school": True, "leader_running_projects": 0}


def load(path: Path, organisations: Mapping[str, Organisation], expert: Person | None, *, now: datetime) -> bool:
    """Every round and case of the file; False when the year's working days are not known yet: notices need them."""
    try:
        # The first and the last notice of the file.
        calendar().add_working_days(timezone.localdate(now - 90 * DAY), 5)
        calendar().add_working_days(timezone.localdate(now), 5)
    except MissingYear:
        return False
    data = tomllib.loads(path.read_text())
    blind = tomllib.loads((path.parent / "blind.toml").read_text())["paper"]
    today = timezone.localdate(now)
    clerk, finance = finds.city_officers(today).order_by("pk").first(), finds.finance_officers(today).first()
    assert clerk is not None and finance is not None
    desk = Desk(clerk, finance, organisations, now, blind)
    first = timezone.localdate(now - 120 * DAY)  # in spring, of the year before
    terms.settle(
        code="city_grant_most", value=data["terms"]["city_grant_most"], since=date(first.year, 1, 1),
        document=data["terms"]["document"], actor=clerk, now=now - 120 * DAY,
    )  # fmt: skip
    for row in data["tie"]:
        _tie(desk, row)
    for row in data["barred"]:
        said = {"who": row["who"], "reason": row["reason"], "document": row["document"]}
        begun, ends = (timezone.localdate(now + row[when] * DAY) for when in ("from", "to"))
        held = actions.bar(since=begun, until=ends, actor=clerk, now=now + row["from"] * DAY, **said)
        if "lifted" in row:
            actions.lift_bar(barred=held, why=row["why"], actor=clerk, now=now + row["lifted"] * DAY)
    # Earlier ones first, as far as whole rounds go: movements and lists for the bank are numbered as they come.
    agreed = _past(desk, data["past"])
    go.by_decision(desk, data["decision"])
    city_matched.load(desk, data["matched"])
    go.finished(desk, agreed, desk.now - 35 * DAY)
    _entitled(desk, data["entitled"])
    _open(desk, data["open"], expert)
    return True


def _tie(desk: Desk, row: Mapping[str, str]) -> None:
    until = date.fromisoformat(row["until"]) if "until" in row else None
    made = record_tie(
        kind=row["kind"], one=row["one"], other=row["other"], since=date.fromisoformat(row["since"]), until=until,
        about=row["about"], source=row["source"], actor=desk.clerk, now=desk.now - 200 * DAY,
    )  # fmt: skip
    if "void" in row:
        void_tie(tie=made, why=row["void"], actor=desk.clerk, now=desk.now - 199 * DAY)


def _round(desk: Desk, row: Mapping[str, Any], lane: str, opened: int, closes: int, **more: Any) -> Round:
    at = desk.now - opened * DAY
    return actions.open_round(
        award_code=row["award"], lane=lane, title=row["title"], year=timezone.localdate(desk.now).year,
        opens_on=timezone.localdate(at), closes_on=timezone.localdate(desk.now + closes * DAY), about=row["about"],
        contact="0635-8200000", actor=desk.clerk, now=at, **more,
    )  # fmt: skip


def _entitled(desk: Desk, data: Mapping[str, Any]) -> None:
    round = _round(desk, data, "entitled", 60, 60, budget_fen=int(Fen.from_yuan(data["budget"])))
    at = desk.now - 58 * DAY
    headings = [column.heading for column in schema_of(round.award, timezone.localdate(at)).columns]
    rows = [_row(headings, desk.organisations[row["firm"]], row) for row in data["row"]]
    case = imports.upload(
        content=write_csv(headings, rows), name="规上企业研发费用.csv", what=KIND.what, publish=False,
        account=desk.clerk, organisation=None, now=at, about=about(round),
    )  # fmt: skip
    case = imports.check(pk=case.pk, now=at)
    take(case=case, step="land", actor=desk.clerk, now=at, seen_version=case.version)
    imports.land(pk=case.pk, now=at)
    cases = {one.organisation_id: one for one in round.cases.all()}
    listed = [(row, cases[desk.organisations[row["firm"]].pk]) for row in data["row"]]
    go.entitled(desk, listed)


def _row(headings: list[str], firm: Organisation, row: Mapping[str, Any]) -> list[str]:
    said = {
        "统一社会信用代码": firm.uscc, "单位名称": firm.name, "当年在规上企业名录": "是", "研发费用填报准确": "是",
        "本年度研发费用": row["now"], "上年度研发费用": row["before"],
        "以前年度填报过研发费用": "是" if row["before"] else "否", "金额单位": "元",
    }  # fmt: skip
    return [said[heading] for heading in headings]


def _started(desk: Desk, round: Round, row: Mapping[str, Any], at: datetime) -> Case:
    firm = desk.organisations[row["firm"]]
    member = desk.member(firm)
    case = actions.start(round=round, organisation=firm, title=row["title"], actor=member, now=at)
    case = actions.write(
        case=case, facts=SOUND | {"agreement_no": f"联合协议〔{round.year}〕（{row['leader']}）"},
        summary=row["summary"], leader=row["leader"], actor=member, now=at, seen_version=case.version,
    )  # fmt: skip
    return go.account(desk, case, at)


def _past(desk: Desk, data: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Case]]:
    """A round that has been through the panel, some months ago; its cases, each with its row."""
    round = _round(desk, data, "ordinary", 110, -80)
    cases = [(row, _started(desk, round, row, desk.now - 105 * DAY)) for row in data["case"]]
    for _said, case in cases:
        go.to_review(desk, case, desk.now - 100 * DAY)
    panel = city_panels.drawn(desk, round, desk.now - 95 * DAY, None)
    city_panels.replaced(desk, panel, data["withdrawn"], desk.now - 93 * DAY)
    for row, case in cases:
        city_panels.scored(case, row["scores"], desk.now - 90 * DAY, None, row.get("credit", {}).get("blame", ""))
    panels.settle(panel=panel, actor=desk.clerk, now=desk.now - 88 * DAY)
    for row, case in cases:
        if said := row.get("credit"):
            city_panels.looked_at(desk, case, said, desk.now - 86 * DAY)
    go.decided(desk, cases, desk.now - 85 * DAY)
    return cases


def _open(desk: Desk, data: Mapping[str, Any], expert: Person | None) -> None:
    """The round that is open now: applications on their way, some before the panel."""
    later = data["extended"]
    round = _round(desk, data, "ordinary", 40, 25 - later["days"], quota=data["quota"], places=data["places"])
    late = [row for row in data["case"] if row.get("late")]
    for row in (row for row in data["case"] if row not in late):
        # Early enough for the period of a correction to be over.
        begun = desk.now - (40 if row.get("overdue") else 15) * DAY
        go.on_the_way(desk, _started(desk, round, row, begun), row, begun + 5 * DAY)
    round = actions.change_round(
        round=round, told={"closes_on": round.closes_on + later["days"] * DAY}, why=later["why"], actor=desk.clerk,
        now=desk.now - 6 * DAY,
    )  # fmt: skip
    city_panels.drawn(desk, round, desk.now - 2 * DAY, expert)
    for row in data["case"]:
        if scores := row.get("scores"):
            city_panels.scored(round.cases.get(title=row["title"]), scores, desk.now - DAY, spare=expert)
    city_panels.changed(desk, round, data["changed"], spare=expert)
    for row in late:
        # Checked this morning, two days after the lots were drawn.
        go.on_the_way(desk, _started(desk, round, row, desk.now - 15 * DAY), row, desk.now - 5 * DAY - HOUR)
