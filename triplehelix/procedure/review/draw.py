"""The draw of a panel: by lot, from a stored seed, so that anybody can draw it again from the log.

Every candidate gets a lot number, sha-256 of seed and id, which depends neither on the pool's order nor on who else is
in it and can be checked with any tool. The lots are opened in order; a candidate is taken unless the seats left could
then no longer be filled lawfully. That test is exact, so a draw fails only when no lawful panel exists.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triplehelix.procedure.review.panel import Candidate, NoPanel, PanelRules, Wanted, breaches, possible, why_not

#: What the log says about one lot.
TAKEN, KEPT, SKIPPED, BARRED = "taken", "kept", "skipped", "barred"


@dataclass(frozen=True, slots=True)
class Lot:
    """One line of the log, in the order the lots were opened: what happened to the candidate, and why."""

    number: int
    expert: str
    lot: str
    outcome: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Draw:
    """A drawn panel with all that is needed to draw it again. `panel` holds kept experts first, then by lot."""

    panel: tuple[str, ...]
    seed: str
    pool_digest: str
    log: tuple[Lot, ...] = field(repr=False)

    def as_data(self) -> dict[str, Any]:
        """Plain data (JSON) to store and show."""
        lines = [{name: getattr(lot, name) for name in Lot.__slots__} for lot in self.log]
        return {"panel": list(self.panel), "seed": self.seed, "pool_digest": self.pool_digest, "log": lines}


def new_seed() -> str:
    """A seed nobody can foresee: 128 bits as hexadecimal digits. Store it before the draw."""
    return secrets.token_hex(16)


def lot_number(seed: str, expert: str) -> str:
    """The expert's lot: sha-256 of seed, line break and id (UTF-8) in hexadecimal digits; the smallest is first."""
    return hashlib.sha256(f"{seed}\n{expert}".encode()).hexdigest()


def draw(
    pool: Iterable[Candidate],
    rules: PanelRules,
    seed: str,
    *,
    barred: Mapping[str, str] | None = None,
    keep: Sequence[Candidate] = (),
) -> Draw:
    """Draw a panel. `barred` are experts who may not serve, with the reason (回避, credit); they stay in the log.

    `keep` are members who stay while the other seats are drawn anew: a replacement is a new draw with a new seed.
    The same seed, pool and rules give the same panel, in whatever order the pool comes. Raises NoPanel.
    """
    everyone = _pool(pool, keep)
    reasons = dict(barred or {})
    _may_stay(keep, reasons)
    log = [Lot(n, one.id, "", KEPT, "保留") for n, one in enumerate(keep, start=1)]
    free: list[Candidate] = []
    for one in everyone:
        if one.id not in reasons and not rules.fits(one):
            reasons[one.id] = "不属于评审学科"
        if one.id not in reasons:
            free.append(one)
    _big_enough(free, rules.size - len(keep), rules)
    if not possible(keep, free, rules):
        raise why_not(keep, free, rules)
    panel = list(keep)
    waiting = {one.id: one for one in free}
    for number, one in _lots(seed, everyone):
        if len(panel) == rules.size:
            break
        why, outcome = reasons.get(one.id, ""), BARRED
        if not why:
            del waiting[one.id]
            why = _why_skipped([*panel, one], list(waiting.values()), rules)
            outcome = SKIPPED if why else TAKEN
            if not why:
                panel.append(one)
        log.append(Lot(len(log) + 1, one.id, number, outcome, why))
    return Draw(tuple(one.id for one in panel), seed, digest(everyone, rules, reasons, keep), tuple(log))


def digest(
    pool: Iterable[Candidate], rules: PanelRules, barred: Mapping[str, str], keep: Sequence[Candidate] = ()
) -> str:
    """sha-256 over pool, rules, barred and kept experts: proves that a second draw had the same things before it."""
    facts = {
        "pool": sorted([c.id, c.unit, c.outside, c.finance, c.discipline] for c in pool),
        "rules": {name: _plain(getattr(rules, name)) for name in PanelRules.__slots__},
        "barred": sorted(barred.items()),
        "keep": [c.id for c in keep],
    }
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value if isinstance(value, int) else str(value)


def _pool(pool: Iterable[Candidate], keep: Sequence[Candidate]) -> list[Candidate]:
    """The pool without the kept experts, by id. Raises NoPanel when an id stands for two different candidates."""
    everyone: dict[str, Candidate] = {}
    for one in (*keep, *pool):
        if everyone.setdefault(one.id, one) != one:
            raise NoPanel(("pool",), f"专家库里有两条不同的“{one.id}”，请先核对")
    kept = {one.id for one in keep}
    return [everyone[id] for id in sorted(everyone) if id not in kept]


def _may_stay(keep: Sequence[Candidate], barred: Mapping[str, str]) -> None:
    if refused := [one.id for one in keep if one.id in barred]:
        raise NoPanel(("kept",), f"保留的专家须回避，不能保留：{'、'.join(refused)}")
    if len({one.id for one in keep}) != len(keep):
        raise NoPanel(("kept",), "保留的专家有重复")


def _big_enough(free: Sequence[Candidate], seats: int, rules: PanelRules) -> None:
    wanted = seats * rules.pool_factor
    if len(free) < wanted:
        said = f"抽取 {seats} 名专家，备选应不少于 {wanted} 名（每席 {rules.pool_factor} 名）"
        raise NoPanel(("pool",), f"专家库不够大：{said}，扣除回避后只有 {len(free)} 名")


def _lots(seed: str, everyone: Sequence[Candidate]) -> list[tuple[str, Candidate]]:
    return sorted(((lot_number(seed, one.id), one) for one in everyone), key=lambda drawn: (drawn[0], drawn[1].id))


def _why_skipped(panel: Sequence[Candidate], rest: Sequence[Candidate], rules: PanelRules) -> str:
    """Why the last of the panel cannot be taken; empty when it can."""
    if possible(panel, rest, rules):
        return ""
    last = panel[-1]
    if sum(one.unit == last.unit for one in panel) > rules.unit_most:
        return f"“{last.unit}”已有 {rules.unit_most} 名，达到同一单位上限"
    want = Wanted.after(panel, rules)
    short = []
    if want.finance and not last.finance:
        short.append(f"财务专家 {want.finance} 名")
    if want.outside and not last.outside:
        short.append(f"市外专家 {want.outside} 名")
    return f"余下的席位须留给{'、'.join(short)}" if short else "若抽取，余下的席位无法按规则配齐"


__all__ = ["Candidate", "Draw", "Lot", "NoPanel", "PanelRules", "breaches", "draw", "lot_number", "new_seed"]
