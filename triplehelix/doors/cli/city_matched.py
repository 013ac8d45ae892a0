"""The demo's matching awards (M3.2): a first arrival matched and paid, the rest supplemented, a subsidy refused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from triplehelix.doors.cli import city_steps as go
from triplehelix.doors.cli.city_clerks import Desk
from triplehelix.doors.cli.city_papers import hand_in
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.notices import actions as notices

DAY = timedelta(days=1)


def load(desk: Desk, data: Mapping[str, Any]) -> None:
    """One round; its cases one after the other, for the second is decided by what the first was given."""
    opened = desk.now - 80 * DAY
    round = actions.open_round(
        award_code=data["award"], lane="quick", title=data["title"], year=timezone.localdate(desk.now).year,
        opens_on=timezone.localdate(opened), closes_on=timezone.localdate(desk.now + 40 * DAY), about=data["about"],
        contact="0635-8200000", actor=desk.clerk, now=opened,
    )  # fmt: skip
    for n, row in enumerate(data["case"]):
        # What ends with the bank was applied for long ago.
        at = desk.now - (70 if row["state"] == "closed" else 9 - n) * DAY
        _one(desk, _written(desk, round, row, at), row, at)


def _written(desk: Desk, round: Round, row: Mapping[str, Any], at: Any) -> Case:
    firm = desk.organisations[row["firm"]]
    member = desk.member(firm)
    case = actions.start(round=round, organisation=firm, title=row["title"], actor=member, now=at)
    facts = {
        "project_no": f"2024YFB37{firm.pk:05d}", "document_no": f"鲁财教指〔示〕{firm.pk}号", "award_for_project": True,
        "provincial_award_document_yuan": row["document"], "provincial_award_arrived_yuan": row["arrived"],
        "project_list": "national_key_rd", "registered_in_city": True, "kind": row["kind"],
    }  # fmt: skip
    actions.write(case=case, facts=facts, actor=member, now=at, seen_version=case.version)
    return go.account(desk, case, at)


def _one(desk: Desk, case: Case, row: Mapping[str, Any], at: Any) -> None:
    hand_in(case, desk.member(case.organisation), at)
    go.step(case, "accept", desk.clerk, at + DAY)
    go.checked(desk, case, at + 2 * DAY)
    if row["state"] == "rejected":
        go.step(case, "reject", desk.clerk, at + 3 * DAY, row["why"])
        return
    go.step(case, "decide", desk.clerk, at + 3 * DAY)
    number = "澄科公示〔示〕5号" if row["state"] == "closed" else "澄科公示〔示〕8号"
    go.publish(desk, [case], number, f"{case.award.name}拟支持名单公示", at + 4 * DAY)
    if row["state"] == "closed":
        notices.end_due(now=at + 24 * DAY)
        go.step(case, "order", desk.finance, at + 26 * DAY)
        go.bank(desk, [case], at + 30 * DAY, {})
