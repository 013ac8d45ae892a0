"""The demo city's introductions that came to terms: how a sale began, told in short by the actions everybody uses."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import actions
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account

DAY = timedelta(days=1)
#: Days before the terms were agreed.
INVITED, ACCEPTED, TALKED, PROPOSED = 25, 23, 16, 4
RIGHTS = "成果归完成单位，企业在约定范围内实施；后续改进归改进方，双方可以互用"
DELIVERY = "签约后三个月内交付工艺文件，按需求里写明的指标验收"


class Sides(NamedTuple):
    """The two, and who acts for each."""

    need: Need
    achievement: Achievement
    firm: Account
    school: Account


def agreed(sides: Sides, *, price_fen: int, structure: str, at: datetime) -> Introduction:
    """Invited, accepted, talked about, and agreed at this price on this day."""
    made = actions.invite(
        need=sides.need, achievement=sides.achievement, side="need", actor=sides.firm, now=at - INVITED * DAY
    )
    made = actions.accept(**_given(made, sides.school, at - ACCEPTED * DAY))
    talked = at - TALKED * DAY
    actions.record_meeting(
        kind="talk", held_on=timezone.localdate(talked), place="企业会议室", people="企业：技术部；学校：课题组",
        notes="看了样件和检测报告，谈了价格和交付。", **_given(made, sides.firm, talked),
    )  # fmt: skip
    terms = actions.Terms(
        mode="许可",
        structure=structure,
        price_fen=price_fen,
        rights=RIGHTS,
        delivery=DELIVERY,
        **_money(structure, price_fen),
    )
    actions.propose(terms=terms, **_given(made, sides.school, at - PROPOSED * DAY))
    return actions.accept_terms(n=1, **_given(made, sides.firm, at))


def _money(structure: str, price_fen: int) -> dict[str, Any]:
    """What a structure asks for beside the price."""
    half = price_fen // 2
    halves = [("签约后", half, None), ("验收后", price_fen - half, None)]
    found: dict[str, dict[str, Any]] = {
        "instalments": {"rows": halves},
        "royalty": {"rows": [("签约后", half, None)], "royalty_ppm": 20_000, "royalty_base": "不含税销售额"},
        "equity": {"equity_bp": 1_500},
    }
    return found.get(structure, {})


def _given(introduction: Introduction, actor: Account, now: datetime) -> dict[str, Any]:
    introduction.refresh_from_db()
    return {"introduction": introduction, "actor": actor, "now": now, "seen_version": introduction.version}
