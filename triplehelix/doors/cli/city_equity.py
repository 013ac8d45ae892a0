"""The demo city's projects, deals and roadshows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from triplehelix.doors.cli.city_lending import Desk
from triplehelix.foundation.money import Fen
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.equity import actions
from triplehelix.market.equity.models import Project
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)


def load(data: Mapping[str, Any], desk: Desk) -> None:
    """Projects first: roadshows show them."""
    projects = [made for row in data["project"] if (made := _project(desk, row)) is not None]
    for row in data["deal"]:
        _deal(desk, row)
    for row in data["event"]:
        _event(desk, row, projects if row.get("projects") else [])


def fen_of(wan: Any) -> int | None:
    """The fen of an amount in 万元; None where none is said."""
    return None if wan in (None, "") else int(Fen.from_unit(str(wan), "万元"))


def _project(desk: Desk, row: Mapping[str, Any]) -> Project | None:
    listing = Achievement.objects.filter(number=row["achievement"], state="published").first()
    if listing is None:
        return None
    at = desk.now - row["days_ago"] * DAY
    values = {"teaser": row["teaser"], "amount_fen": fen_of(row["amount"]), "round": row["round"],
              "on_stage": row["on_stage"]}  # fmt: skip
    made = actions.open_project(listing=listing, values=values, actor=desk.clerks[listing.organisation_id], now=at)
    if "interest" in row:
        actions.say_interest(
            project=made, fund=desk.institutions["fund"], values={"text": row["interest"]}, actor=desk.clerk("fund"),
            now=at + 3 * DAY,
        )  # fmt: skip
    return made


def _deal(desk: Desk, row: Mapping[str, Any]) -> None:
    at = desk.now - row["days_ago"] * DAY
    day, fund, firm = timezone.localdate(at), desk.clerk("fund"), desk.clerk(row["firm"])
    convert_by = day + row["convert_in_days"] * DAY if "convert_in_days" in row else None
    values = {
        "mode": row["mode"], "round": row["round"], "ticket_fen": fen_of(row["ticket"]),
        "pre_fen": fen_of(row.get("pre")), "post_fen": fen_of(row.get("post")),
        "conversion": row.get("conversion", ""), "convert_by": convert_by,
        "number": row["number"], "signed_on": day,
    }  # fmt: skip
    deal = actions.propose(
        fund=desk.institutions["fund"], firm=desk.organisations[row["firm"]], values=values, actor=fund, now=at
    )
    if row["state"] == "proposed":
        return
    deal = take(case=deal, step="agree", actor=firm, now=at + DAY, seen_version=deal.version)
    given: dict[str, Any] = {"actor": fund, "now": min(at + 120 * DAY, desk.now)}
    today = timezone.localdate(given["now"])
    if "converted" in row:
        pre, post = (fen_of(one) for one in row["converted"])
        figures = {"pre_fen": pre, "post_fen": post, "converted_on": today}
        actions.convert(deal=deal, values=figures, seen_version=deal.version, **given)
    elif "exit" in row:
        end = {"exit_kind": "buyback", "exit_on": today, "exit_fen": fen_of(row["exit"])}
        actions.exit_deal(deal=deal, values=end, seen_version=deal.version, **given)
    elif row["state"] == "lapsed":
        take(case=deal, step="lapse", seen_version=deal.version, note=row["note"], **given)


def _event(desk: Desk, row: Mapping[str, Any], projects: list[Project]) -> None:
    announced = desk.now - row["announced_days_ago"] * DAY
    day = timezone.localtime(desk.now) + row["in_days"] * DAY
    starts = day.replace(hour=row["hour"], minute=0, second=0, microsecond=0)
    moved = row.get("moved", {})
    values = {
        "title": row["title"], "about": row["about"], "place": moved.get("from", row["place"]),
        "online": row.get("online", ""),
        "starts_at": starts, "ends_at": starts + timedelta(hours=2), "capacity": row["capacity"],
        "contact": "科技大市场 冉守拙，0635-8400012",
    }  # fmt: skip
    event = actions.announce(values=values, projects=projects, actor=desk.officer, now=announced)
    made = {}
    for name, people in row["coming"]:
        made[name] = actions.register(
            event=event, organisation=desk.organisations[name], values={"people": people}, actor=desk.clerk(name),
            now=announced + DAY,
        )  # fmt: skip
    if moved:
        event = actions.change(
            event=event, values=values | {"place": row["place"]}, projects=projects, actor=desk.officer,
            now=desk.now - moved["days_ago"] * DAY, seen_version=event.version, why=moved["why"],
        )  # fmt: skip
    after = starts + timedelta(hours=3)
    if row.get("state") == "done":
        actions.attend(
            event=event, came=[made[name].pk for name in row["came"]], actor=desk.officer, now=after,
            seen_version=event.version,
        )  # fmt: skip
        event.refresh_from_db()  # what was written down made another version
        take(case=event, step="hold", actor=desk.officer, now=after, seen_version=event.version)
    elif row.get("state") == "cancelled":
        when = starts - 2 * DAY
        take(case=event, step="cancel", actor=desk.officer, now=when, seen_version=event.version, note="场地检修")
