"""The later half of the demo's sales: contract, registration, money, distribution, and what a landing opens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from triplehelix.doors.cli.city_papers import hand_in
from triplehelix.doors.cli.city_selling import Walk
from triplehelix.foundation.money import Fen
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.actions.amending import Ground, stands
from triplehelix.market.contracts.actions.settling import Contributor
from triplehelix.market.contracts.actions.written import Terms
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.openings import actions as openings
from triplehelix.records.parties.models import Person
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)
#: The last registration number of the demo's year.
FIRST_SERIAL = 800


def go(walk: Walk) -> None:
    """From a price to the state its row names."""
    state = walk.row["state"]
    _sign(walk)
    if state == "signed":
        return
    walk.on()
    actions.submit_registration(authority="MIIT", **walk.given(walk.seller))
    if state == "registering":
        return
    _register(walk)
    if trial := walk.row.get("trial"):
        _trial(walk, trial)
        if trial == "returned":
            return  # the contract has ended with it
    if why := walk.row.get("mistyped"):
        _mistyped(walk, why)
    for n, part in enumerate(walk.row.get("paid", [])):
        _pay(walk, part, 3 if n == 0 else 8)
    if why := walk.row.get("agreed_anew"):
        _agree_anew(walk, why)
    if why := walk.row.get("corrected"):
        _correct(walk, why)
    if back := walk.row.get("given_back"):
        _pay(walk, back, 6, way="out")
    if state in ("rewarding", "reward_objected", "following"):
        _share(walk)
    if state in ("following", "closed"):
        _follow(walk)
    elif state == "revoked":
        walk.on(5)
        actions.revoke_registration(reason=walk.row["why"], **walk.given(walk.city))
        openings.look_at(sale=walk.sale.pk, now=walk.at)
    elif state == "terminated":
        walk.on(10)
        walk.step("terminate", walk.city, walk.row["why"])
        _pay(walk, walk.row["refund"], 3, way="out")


def _sign(walk: Walk) -> None:
    walk.on()
    price = walk.sale.price_fen or walk.price
    structure = walk.row.get("structure", "fixed")
    by_structure: dict[str, dict[str, Any]] = {
        "fixed": {"pay_by": walk.today + 180 * DAY},
        "instalments": {"rows": _parts(walk, price)},
        "royalty": {"rows": [("入门费", price * 4 // 10, walk.today + 60 * DAY)], "royalty_ppm": 30_000,
                    "royalty_base": "含税销售额"},
        "trial": {"trigger": walk.row.get("trigger", ""), "trial_until": walk.today + 180 * DAY},
        "equity": {"equity_company": f"{walk.sale.buyer}成果转化子公司"[:60], "equity_bp": 2_500},
    }  # fmt: skip
    actions.sign_contract(
        terms=Terms(
            number=walk.number("合"), type=walk.row.get("type", "LICENSE"), structure=structure, price_fen=price,
            signed_on=walk.today, ends_on=walk.today + 365 * DAY, site=_site(walk), file=walk.paper("技术合同"),
            **by_structure.get(structure, {}),
        ),
        **walk.given(walk.seller),
    )  # fmt: skip


def _site(walk: Walk) -> str:
    buyer = walk.sale.buyer
    assert buyer is not None
    return buyer.region


def _parts(walk: Walk, price: int) -> list[tuple[str, int, Any]]:
    first, second = price * 3 // 10, price * 4 // 10
    return [
        ("签约后付首期", first, walk.today + 20 * DAY), ("中试验收后", second, walk.today + 40 * DAY),
        ("投产验收后", price - first - second, walk.today + 200 * DAY),
    ]  # fmt: skip


def _register(walk: Walk) -> None:
    walk.on(8)
    contract = walk.sale.contract
    said = actions.Certified(
        number=f"{walk.today.year}-371500-{FIRST_SERIAL + walk.sale.pk:06d}", type=contract.type,
        certified_fen=contract.price_fen, technical_fen=contract.price_fen * 9 // 10, decided_on=walk.today,
        file=walk.paper("登记证明", walk.city),
    )  # fmt: skip
    why = walk.row.get("registered_wrong")
    entered = replace(said, technical_fen=said.technical_fen // 10) if why else said
    actions.record_registration(said=entered, **walk.given(walk.city))
    if why:
        actions.correct_registration(said=replace(said, file=None), reason=why, **walk.given(walk.city))


def _trial(walk: Walk, until: str) -> None:
    walk.on(12)
    trial, buyer = walk.sale.contract.trial, walk.sale.buyer
    assert buyer is not None
    who = walk.member(buyer)
    for step, note in {
        "triggered": [("trigger", "三批样件检测合格，达到约定条件")],
        "due": [("trigger", "连续一个月达到约定指标"), ("fall_due", "")],
        "returned": [("give_back", "换了两种钢种都有起皮，不再使用")],
    }[until]:
        trial = actions.step_trial(
            trial=trial, step=step, actor=who, now=walk.at, seen_version=trial.version, note=note
        )


def _pay(walk: Walk, part: int, after: int, way: str = "in") -> None:
    """A part of the price in percent; what lands opens its support in its day, or waits when the round is over."""
    if walk.row.get("late") and way == "in":
        # Landed after the round has closed.
        walk.at = max(walk.at, walk.now - 5 * DAY)
    walk.on(after if not walk.row.get("late") else 1)
    contract = walk.sale.contract
    equity = contract.structure == "equity"
    actions.record_money(
        way=way, amount_fen=contract.price_fen * part // 100, on=walk.today,
        number=f"{'变更' if equity else '回单'}{walk.at:%Y%m%d}{walk.sale.pk:04d}",
        reason=walk.row.get("why", "") if way == "out" else "",
        file=walk.paper("股权变更登记证明" if equity else f"银行回单{part}"), **walk.given(walk.seller),
    )  # fmt: skip
    openings.look_at(sale=walk.sale.pk, now=walk.at)
    if walk.row.get("submitted"):
        _submit(walk)


def _agree_anew(walk: Walk, why: str) -> None:
    """A supplementary agreement puts the last instalment off by three months, and the end of the contract by six."""
    walk.on(2)
    held = stands(walk.sale.contract)
    *rows, (name, fen, due) = held.rows
    assert due is not None and held.ends_on is not None
    terms = replace(held, rows=[*rows, (name, fen, due + 90 * DAY)], ends_on=held.ends_on + 180 * DAY)
    ground = Ground("agreed", why, walk.today, walk.paper("补充协议"))
    actions.amend_contract(terms=terms, ground=ground, **walk.given(walk.seller))


def _correct(walk: Walk, why: str) -> None:
    """The contract runs for two years, and one was entered."""
    held = stands(walk.sale.contract)
    assert held.ends_on is not None
    terms = replace(held, ends_on=held.ends_on + 365 * DAY)
    actions.amend_contract(terms=terms, ground=Ground("entry", why), **walk.given(walk.seller))


def _mistyped(walk: Walk, why: str) -> None:
    """A slip entered wrongly, a hundredth of the price for what is paid next, and voided."""
    number = f"回单{walk.at:%Y%m%d}{walk.sale.pk:04d}"
    actions.record_money(
        way="in", amount_fen=walk.sale.contract.price_fen // 100, on=walk.today, number=number, reason="",
        file=walk.paper("银行回单"), **walk.given(walk.seller),
    )  # fmt: skip
    actions.void_receipt(number=number, reason=why, **walk.given(walk.seller))


def _submit(walk: Walk) -> None:
    """The firm completes and submits what opened by itself, and the clerk accepts it."""
    opening = walk.sale.openings.select_related("case", "organisation").first()
    if opening is None or opening.case is None or opening.case.state != "draft":
        return
    case, firm = opening.case, opening.organisation
    event = next(fact.key for fact in case.award.facts if fact.key not in case.facts)
    member = walk.member(firm)
    case = cases.write(case=case, facts=case.facts | {event: "科技合作名校直通车·秋季场"}, actor=member, now=walk.at,
                       seen_version=case.version)  # fmt: skip
    case = hand_in(case, member, walk.at)
    take(case=case, step="accept", actor=walk.city, now=walk.at, seen_version=case.version)


def _share(walk: Walk) -> None:
    walk.on(3)
    have = walk.sale.contract.price_fen * sum(walk.row["paid"]) // 100
    home = walk.achievement.organisation
    known = {person.name: person for person in (*walk.achievement.people.all(), *Person.objects.filter(home=home))}
    people = [Contributor(name, weight, part, known.get(name)) for name, part, weight in _people(walk)]
    sheet = actions.publish_reward(
        income_fen=have, costs=[("评估费、专利维持费", int(Fen.from_yuan("26000"))), ("税费", have // 50)],
        rule_bp=7_000, rule_document="科技成果转化收益分配办法", contributors=people, **walk.given(walk.seller),
    )  # fmt: skip
    if walk.row["state"] == "reward_objected":
        walk.on(3)
        walk.step("object_reward", walk.seller, walk.row["why"])
    elif walk.row["state"] == "following":
        walk.on((sheet.last - walk.today).days + 1)
        actions.end_due(now=walk.at)


def _people(walk: Walk) -> list[tuple[str, str, int]]:
    """The names of the row; the achievement's own people take the first places."""
    own = [person.name for person in walk.achievement.people.order_by("pk")]
    rows = walk.row["people"]
    return [(own[n] if n < len(own) else name, part, weight) for n, (name, part, weight) in enumerate(rows)]


def _follow(walk: Walk) -> None:
    walk.on(2)
    walk.step("follow", walk.seller)
    if walk.row["state"] == "closed":
        walk.on(20)
        actions.follow_up(
            year=walk.today.year, in_use=True, output_fen=int(Fen.from_unit("860", "万元")),
            text="产线改造已经完成，替代原有外购件，按季度统计新增产值。", **walk.given(walk.seller),
        )  # fmt: skip
        walk.step("close", walk.city)
