"""What a panel must be: the rules of composition, whether a pool can meet them, and which rule it cannot meet.

The rules (domain §2.3, proposals): an odd number of experts, at least 5 (network) or 7 (meeting), a finance expert
where a budget is reviewed, at most a third from one unit, at least half from outside the city where the measure
says so, and a pool of three candidates for each seat.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

NETWORK_LEAST, MEETING_LEAST = 5, 7


class NoPanel(ValueError):
    """No panel meets the rules. `rules` are the stable names of those that cannot be met, `message` is Chinese.

    Names: size, pool, seats, finance, outside, unit, kept, together.
    """

    def __init__(self, rules: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.rules = rules
        self.message = message


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert of the pool: `unit` is the employer, `outside` from outside the city, `finance` a finance expert.

    `discipline` is matched against the rules' disciplines; finance experts serve every discipline.
    """

    id: str
    unit: str
    outside: bool = False
    finance: bool = False
    discipline: str = ""


@dataclass(frozen=True, slots=True)
class PanelRules:
    """How a panel is made up. `outside_share` is zero where experts of the city may be the majority.

    `pool_factor` candidates must stand for each seat that is drawn. Raises NoPanel `size` for an even or small panel.
    """

    size: int = NETWORK_LEAST
    #: The smallest panel the city allows; 0: as the kind of the meeting says.
    least: int = 0
    meeting: bool = False
    finance_least: int = 0
    unit_share: Fraction = Fraction(1, 3)
    outside_share: Fraction = Fraction(0)
    pool_factor: int = 3
    disciplines: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        least, kind = (MEETING_LEAST, "会议评审") if self.meeting else (NETWORK_LEAST, "网络评审")
        least = self.least or least
        if self.size < least:
            raise NoPanel(("size",), f"{kind}的专家组不少于 {least} 人，现在是 {self.size} 人")
        if self.size % 2 == 0:
            raise NoPanel(("size",), f"专家组人数应为单数，现在是 {self.size} 人")

    @property
    def unit_most(self) -> int:
        """How many may come from one unit; at least one."""
        return max(1, floor(self.size * self.unit_share))

    @property
    def outside_least(self) -> int:
        """How many must come from outside the city."""
        return ceil(self.size * self.outside_share)

    def fits(self, candidate: Candidate) -> bool:
        """Whether the candidate's discipline is wanted."""
        return not self.disciplines or candidate.finance or candidate.discipline in self.disciplines


def breaches(panel: Sequence[Candidate], rules: PanelRules) -> list[tuple[str, str]]:
    """Which rules a panel breaks, as (name, Chinese sentence); empty for a lawful one. The pool is not looked at."""
    found = []
    if len({one.id for one in panel}) != len(panel) or len(panel) != rules.size:
        found.append(("seats", f"应有 {rules.size} 名不同的专家，现有 {len({one.id for one in panel})} 名"))
    if (finance := sum(one.finance for one in panel)) < rules.finance_least:
        found.append(("finance", f"财务专家不少于 {rules.finance_least} 名，现有 {finance} 名"))
    if (outside := sum(one.outside for one in panel)) < rules.outside_least:
        found.append(("outside", f"市外专家不少于 {rules.outside_least} 名，现有 {outside} 名"))
    for unit, count in sorted(Counter(one.unit for one in panel).items()):
        if count > rules.unit_most:
            found.append(("unit", f"同一单位的专家不超过 {rules.unit_most} 名，“{unit}”有 {count} 名"))
    if strangers := [one.id for one in panel if not rules.fits(one)]:
        found.append(("discipline", f"专家不属于评审学科：{'、'.join(strangers)}"))
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is still wanted when some seats are taken."""

    seats: int
    finance: int
    outside: int

    @classmethod
    def after(cls, taken: Sequence[Candidate], rules: PanelRules) -> "Wanted":
        """What the rules want beyond these."""
        return cls(
            seats=rules.size - len(taken),
            finance=max(0, rules.finance_least - sum(one.finance for one in taken)),
            outside=max(0, rules.outside_least - sum(one.outside for one in taken)),
        )


def possible(taken: Sequence[Candidate], rest: Iterable[Candidate], rules: PanelRules) -> bool:
    """Whether the seats left can be filled from the rest so that every rule of composition holds. Exact.

    Unit by unit: for every (seats filled, finance experts) the most experts from outside that can be had. Units alike
    (as many of each kind) are interchangeable, so no more of them are looked at than there are seats.
    """
    want = Wanted.after(taken, rules)
    held = Counter(one.unit for one in taken)
    if want.seats < 0 or any(count > rules.unit_most for count in held.values()):
        return False
    kinds: dict[str, Counter[tuple[bool, bool]]] = {}
    for one in rest:
        kinds.setdefault(one.unit, Counter())[(one.finance, one.outside)] += 1
    alike = Counter(_profile(counts, min(want.seats, rules.unit_most - held[unit])) for unit, counts in kinds.items())
    best: dict[tuple[int, int], int] = {(0, 0): 0}
    for (room, profile), many in sorted(alike.items()):
        picks = _picks(room, profile)
        for _ in range(min(many, want.seats)):
            best = _with_unit(best, picks, want)
    return best.get((want.seats, want.finance), -1) >= want.outside


Profile = tuple[int, tuple[int, int, int, int]]


def _profile(counts: Counter[tuple[bool, bool]], room: int) -> Profile:
    """How many may be taken from a unit, and how many of each kind that can matter."""
    kinds = ((True, True), (True, False), (False, True), (False, False))
    a, b, c, d = (min(room, counts[kind]) for kind in kinds)
    return room, (a, b, c, d)


def _picks(room: int, profile: tuple[int, int, int, int]) -> list[tuple[int, int, int]]:
    """Every (people, finance, outside) that can be taken from one unit."""
    both, money, away, plain = profile
    found = set()
    for a in range(min(both, room) + 1):
        for b in range(min(money, room - a) + 1):
            for c in range(min(away, room - a - b) + 1):
                for d in range(min(plain, room - a - b - c) + 1):
                    found.add((a + b + c + d, a + b, a + c))
    return sorted(found)


def _with_unit(
    best: dict[tuple[int, int], int], picks: list[tuple[int, int, int]], want: Wanted
) -> dict[tuple[int, int], int]:
    reached: dict[tuple[int, int], int] = {}
    for (seats, finance), outside in best.items():
        for people, money, away in picks:
            if seats + people > want.seats:
                continue
            at = (seats + people, min(want.finance, finance + money))
            reached[at] = max(reached.get(at, -1), outside + away)
    return reached


def why_not(taken: Sequence[Candidate], rest: Sequence[Candidate], rules: PanelRules) -> NoPanel:
    """The refusal for a pool from which no panel can be made: the rules that cannot be met, each with its numbers."""
    want = Wanted.after(taken, rules)
    over = [said for name, said in breaches(taken, rules) if name == "unit"]
    if over or want.seats < 0:
        said = over[0] if over else f"保留 {len(taken)} 名，超过应有的 {rules.size} 名"
        return NoPanel(("kept",), f"保留的专家已不符合组成规则：{said}")
    found: list[tuple[str, str]] = []
    if len(rest) < want.seats:
        found.append(("seats", f"还需 {want.seats} 名专家，可抽取的只有 {len(rest)} 名"))
    if (finance := sum(one.finance for one in rest)) < want.finance:
        found.append(("finance", f"需要财务专家 {want.finance} 名，可抽取的只有 {finance} 名"))
    if (outside := sum(one.outside for one in rest)) < want.outside:
        found.append(("outside", f"需要市外专家 {want.outside} 名，可抽取的只有 {outside} 名"))
    held = Counter(one.unit for one in taken)
    many = Counter(one.unit for one in rest)
    most = sum(min(count, rules.unit_most - held[unit]) for unit, count in many.items())
    if len(rest) >= want.seats > most:
        said = f"同一单位不超过 {rules.unit_most} 名，{len(many)} 个单位最多只能出 {most} 名，还需 {want.seats} 名"
        found.append(("unit", said))
    if found:
        return NoPanel(
            tuple(name for name, _ in found), "抽不出符合规则的专家组：" + "；".join(said for _, said in found)
        )
    return NoPanel(*_together(taken, rest, rules))


def _together(taken: Sequence[Candidate], rest: Sequence[Candidate], rules: PanelRules) -> tuple[tuple[str, ...], str]:
    """Each rule can be met alone, not all at once: name those without which a panel could be made."""
    eased = {
        "finance": ("财务专家人数", replace(rules, finance_least=0)),
        "outside": ("市外专家比例", replace(rules, outside_share=Fraction(0))),
        "unit": ("同一单位比例", replace(rules, unit_share=Fraction(1))),
    }
    names = [name for name, (_, easier) in eased.items() if possible(taken, rest, easier)]
    said = "、".join(eased[name][0] for name in names or eased)
    return (
        "together",
        *(names or eased),
    ), f"抽不出符合规则的专家组：每条规则单独都能满足，但{said}不能同时满足，请扩充专家库"
