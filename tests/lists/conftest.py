"""People of the market, and a market with something to put into a list."""

from datetime import timedelta

import pytest

from tests.market.conftest import NOW, account, member
from tests.market.sheets import code
from tests.market.test_flow import VALUES
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions as listings
from triplehelix.market.lists import actions, prepare, rules
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)
TODAY = NOW.date()
TEXTS = (
    "开关柜用铜排镀锡后三个月表面发黑，接触电阻由 8 微欧升到 21 微欧，希望 240 小时盐雾不变色。",
    "轴承套圈磨削后残余应力不稳，成品存放半年椭圆度超差，要求存放一年内圆度变化不超过 1 微米。",
    "花生分选线漏检霉变粒，现有色选机检出率九成二，要求检出率不低于九成九，误剔率低于千分之三。",
    "废盐水蒸发结晶得到的杂盐含有机物，不能作为副产品销售，希望把总有机碳降到 50 毫克每千克以下。",
    "电磁线漆膜在发卡弯折后开裂，局部放电起始电压下降两成，要求弯折后不低于 1200 伏。",
)


def put(clerk, firm, model=Need, days_ago=0, text=0, **more):
    """A listing published by its owner that many days before NOW."""
    at = NOW - days_ago * DAY
    values = VALUES | {"title": f"第 {text} 项难题", "text": TEXTS[text]} | more
    made = listings.create(model=model, organisation=firm, values=values, actor=clerk, now=at)
    return take(case=made, step="publish", actor=clerk, now=at, seen_version=made.version)


def wanted(kind="needs", scope="city", place="", period="2026Q4", on=TODAY):
    return rules.wanted({"kind": kind, "scope": scope, "place": place, "period": period}, on)


def published(officer, want=None, now=NOW, **more):
    """What an officer does: look, then publish what was seen."""
    want = want or wanted()
    look = {key: more[key] for key in ("leave_out", "replaces") if key in more}
    seen = prepare.preview(wanted=want, now=now, **look).seen
    return actions.publish(wanted=want, seen=seen, actor=officer, now=now, **more)


@pytest.fixture
def school(db):
    made = parties.register_organisation(
        uscc=code(9050), name="示例理工大学", type="高等学校", region="371502", unit="371502", actor=None, now=NOW
    )
    return parties.confirm_organisation(organisation=made, actor=None, now=NOW)


@pytest.fixture
def teacher(school):
    return member(account("teacher"), school)


@pytest.fixture
def achievement(teacher, school):
    return put(teacher, school, Achievement, text=1, trl=6, ip=[{"type": "发明专利", "number": "ZL209910000001.1"}])
