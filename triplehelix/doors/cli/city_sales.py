"""The demo city's sales: every state and every way to a price, walked through the actions everybody uses."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from triplehelix.doors.cli import city_contracts as late
from triplehelix.doors.cli.city_selling import Later, Walk
from triplehelix.foundation.calendar import MissingYear
from triplehelix.foundation.money import Fen
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.actions.opening import OwnerGiven
from triplehelix.market.contracts.guards import current
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases.eligibility import SALE_LANDED
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.reference import calendar

DAY = timedelta(days=1)
#: Where a sale that has been priced goes on to: the later half of the way (city_contracts).
AFTER = ("signed", "registering", "registered", "rewarding", "reward_objected", "following", "closed", "revoked",
         "terminated")  # fmt: skip


def load(path: Path, organisations: Mapping[str, Organisation], city: Account, *, now: datetime) -> bool:
    """Every sale of the file; False when the year's working days are not known yet: notices need them."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    try:
        calendar().add_working_days(timezone.localdate(now - max(row["start"] for row in data["sale"]) * DAY), 20)
        calendar().add_working_days(timezone.localdate(now), 20)
    except MissingYear:
        return False
    _round(data["round"], now)
    for row in data["sale"]:
        walk = Walk(row, organisations, city, now)
        try:
            _go(walk)
        except Later:
            continue
    return True


def _round(row: Mapping[str, Any], now: datetime) -> None:
    """A round of every award that a landed sale opens: it was open for a while, and what lands now waits."""
    opened, closed = now - row["opened"] * DAY, timezone.localdate(now - row["closed"] * DAY)
    for award in pack().awards:
        if award.opened_by is not None and award.opened_by.event == SALE_LANDED:
            cases.open_round(
                award_code=award.code, lane="quick", title=row["title"], year=opened.year,
                opens_on=timezone.localdate(opened), closes_on=closed, about=row["about"], contact="0635-8200000",
                actor=None, now=opened,
            )  # fmt: skip


def _go(walk: Walk) -> None:
    state = walk.row["state"]
    _rights(walk)
    if state == "checking":
        return
    walk.on()
    walk.step("pass_rights", walk.city)
    if walk.sale.price_fen != walk.price:
        actions.set_price(price_fen=walk.price, why=walk.row.get("about", ""), **walk.given(walk.seller))
    if state == "pricing" and not walk.row.get("proposed"):
        return
    _propose(walk)
    if state == "pricing":
        return
    walk.on()
    {"agreed": _agreed, "listing": _listed}.get(walk.row["way"], _announced)(walk)
    if walk.sale.state == "priced" and state in AFTER:
        late.go(walk)


def _rights(walk: Walk) -> None:
    seller, other = walk.achievement.organisation, walk.firm("shared")
    owners = [OwnerGiven(seller.name, seller.uscc, 7_000 if other else 10_000)]
    owners += [OwnerGiven(other.name, other.uscc, 3_000)] if other else []
    actions.record_rights(
        owners=owners, encumbrance="", encumbrance_note="", secrecy="open", secrecy_document=walk.number("密审"),
        export="home", export_document="", **walk.given(walk.seller),
    )  # fmt: skip


def _propose(walk: Walk) -> None:
    agreed = walk.row["way"] == "agreed"
    actions.propose(
        method=walk.row["way"], basis=walk.row["about"], document=walk.number("决"),
        objections_to=f"{walk.achievement.organisation.name}成果转化处，0635-8100000" if agreed else "",
        unit_first=walk.today if agreed else None, unit_proof=walk.paper("本单位公示截图") if agreed else None,
        days=None, **walk.given(walk.seller),
    )  # fmt: skip


def _end(walk: Walk) -> None:
    """The first morning after the last day of what is public. Raises Later."""
    public = current(walk.sale)
    assert public is not None
    walk.on((public.last - walk.today).days + 1)
    actions.end_due(now=walk.at)
    walk.sale.refresh_from_db()


def _agreed(walk: Walk) -> None:
    held = walk.sale.proposal
    public = actions.publish_price(
        basis=held.basis, document=held.document, objections_to=held.objections_to, unit_first=walk.today,
        unit_proof=held.unit_proof, **walk.given(walk.city),
    )  # fmt: skip
    state = walk.row["state"]
    if state in ("suspended", "withdrawn"):
        walk.on(4)
        walk.step({"suspended": "suspend", "withdrawn": "withdraw"}[state], walk.city, walk.row["why"])
    elif state == "objected":
        walk.on(3)
        actions.object_to(
            publication=public, name="侯实言", phone="0635-8111111", text=walk.row["objection"], now=walk.at
        )
    elif state != "noticing":
        _end(walk)


def _listed(walk: Walk) -> None:
    held = walk.sale.proposal
    public = actions.put_on_list(basis=held.basis, document=held.document, **walk.given(walk.city))
    for n, name in enumerate(walk.row.get("bidders", [])):
        firm = Organisation.objects.get(pk=walk.firms[name].pk)
        made = actions.bid(
            publication=public, organisation=firm, contact_name=firm.contact_name or "经办人",
            contact_phone=firm.contact_phone or "13900000000", deposit_fen=walk.price // 10 if n == 0 else 0,
            deposit_at="省技术产权交易中心结算专户" if n == 0 else "", actor=walk.member(firm), now=walk.at + n * DAY,
        )  # fmt: skip
        if name in walk.row.get("taken_back", []):
            actions.take_back_bid(bid=made, actor=walk.member(firm), now=walk.at + (n + 1) * DAY)
    if walk.row["state"] != "listed":
        _end(walk)
    if walk.sale.state == "bidding" and "won" in walk.row:
        _result(walk)


def _announced(walk: Walk) -> None:
    held = walk.sale.proposal
    actions.announce(method=walk.row["way"], basis=held.basis, document=held.document, **walk.given(walk.city))
    if walk.row["state"] == "announced":
        return
    public = current(walk.sale)
    assert public is not None
    walk.on((public.last - walk.today).days + 1)
    if "won" in walk.row:
        _result(walk)
    else:
        walk.step("fail", walk.city, walk.row["why"])


def _result(walk: Walk) -> None:
    walk.on(2)
    said = actions.Result(
        exchange="省技术产权交易中心", document=walk.number("成交"), held_on=walk.today, winner=walk.firm("winner"),
        price_fen=int(Fen.from_unit(walk.row["won"], "万元")), file=walk.paper("成交确认书", walk.city),
    )  # fmt: skip
    why = walk.row.get("result_wrong")
    entered = replace(said, price_fen=said.price_fen + int(Fen.from_unit("3", "万元"))) if why else said
    actions.record_result(said=entered, **walk.given(walk.city))
    if why:
        actions.correct_result(said=replace(said, file=None), reason=why, **walk.given(walk.city))
    walk.sale.refresh_from_db()
