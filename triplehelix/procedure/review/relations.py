"""What is known about people and units that may stand between an expert and a case: plain records, indexed once.

Ids are strings of the caller's choosing (a person's, a unit's 统一社会信用代码). `source` of a record says where it was
found and is shown as evidence. A period is [since, until], both days included; `until=None` is open.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from triplehelix.foundation.coded import Coded

#: The applicant may name so many experts to be avoided (domain §2.3).
AVOID_MOST = 3
KINSHIP = {"spouse": "配偶", "lineal": "直系血亲", "collateral": "三代以内旁系血亲", "in_law": "近姻亲"}
SUPERVISION = {"doctoral": "博士导师与学生", "postdoc": "博士后合作导师与博士后"}
INTERESTS = {"consultancy": "受聘有偿顾问", "shareholding": "持有股份", "directorship": "担任董事、监事或高级管理人员"}
WORKS = {"paper": "合著论文", "patent": "共同发明", "project": "共同主持项目"}


class RelationError(Coded, ValueError):
    """A record that cannot be right. `code` is stable: period, kind, avoid, reason."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included."""

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise RelationError("period", f"起止日期颠倒：{self.since} 至 {self.until}")

    def meets(self, first: date, last: date) -> bool:
        """Whether any day of [first, last] is in the period."""
        return self.since <= last and (self.until is None or self.until >= first)

    def __str__(self) -> str:
        return f"{self.since} 至 {self.until or '今'}"


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A person works (or worked) for a unit."""

    person: str
    unit: str
    period: Period
    source: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """A unit controls another: parent and subsidiary. Not for authorities above universities: that is no control."""

    parent: str
    subsidiary: str
    period: Period
    source: str = ""


@dataclass(frozen=True, slots=True)
class Kinship:
    """Two persons are spouse, lineal kin, collateral kin to the third generation, or near in-laws."""

    one: str
    other: str
    kind: str
    source: str = ""

    def __post_init__(self) -> None:
        _known(self.kind, KINSHIP, "亲属关系")


@dataclass(frozen=True, slots=True)
class Supervision:
    """Doctoral or post-doctoral supervision, for good: it does not expire."""

    supervisor: str
    student: str
    kind: str = "doctoral"
    source: str = ""

    def __post_init__(self) -> None:
        _known(self.kind, SUPERVISION, "师生关系")


@dataclass(frozen=True, slots=True)
class JointWork:
    """A paper, patent or led project with the people who made it; `period.until` of a finished work is its last day."""

    kind: str
    title: str
    people: frozenset[str]
    period: Period
    source: str = ""

    def __post_init__(self) -> None:
        _known(self.kind, WORKS, "合作成果")


@dataclass(frozen=True, slots=True)
class Interest:
    """A person's interest in a unit: consultancy (only a paid one blocks), shareholding (any) or directorship."""

    kind: str
    person: str
    unit: str
    period: Period
    paid: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        _known(self.kind, INTERESTS, "利益关系")


@dataclass(frozen=True, slots=True)
class Dispute:
    """A personal dispute between an expert and a person or unit of the case."""

    one: str
    other: str
    about: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """The expert's own word that he or she cannot judge this case."""

    expert: str
    case: str
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise RelationError("reason", "专家声明回避须写明原因")


@dataclass(frozen=True, slots=True)
class Avoidance:
    """An expert the applicant asks to be avoided, and why."""

    expert: str
    reason: str


def avoidance_faults(asked: Iterable[Avoidance]) -> list[str]:
    """What is wrong with an applicant's list, in Chinese: over three experts, one twice, one without a reason."""
    listed = list(asked)
    faults = []
    if len(listed) > AVOID_MOST:
        faults.append(f"申请回避的专家最多 {AVOID_MOST} 名，现有 {len(listed)} 名")
    if len({one.expert for one in listed}) != len(listed):
        faults.append("申请回避的专家有重复")
    return faults + [f"申请回避的专家“{one.expert}”没有写明理由" for one in listed if not one.reason.strip()]


@dataclass(frozen=True, slots=True)
class Expert:
    """Who may judge: `city` and `subdiscipline` (secondary discipline) serve the warning only."""

    id: str
    name: str = ""
    city: str = ""
    subdiscipline: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: the units applying together, the people of the project, and who leads those units.

    `call` is the round's call: another case of the same call competes. Raises RelationError `avoid` for an applicant's
    list that `avoidance_faults` would refuse.
    """

    id: str
    call: str
    units: tuple[str, ...]
    people: tuple[str, ...]
    officers: tuple[str, ...] = ()
    avoid: tuple[Avoidance, ...] = ()
    city: str = ""
    subdiscipline: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        if faults := avoidance_faults(self.avoid):
            raise RelationError("avoid", "；".join(faults))

    @property
    def persons(self) -> tuple[str, ...]:
        """People of the project and leaders of its units, once each."""
        return tuple(dict.fromkeys((*self.people, *self.officers)))


T = TypeVar("T")


class Relations:
    """All records of a round, found by person. `names` gives what to call an id in a reason."""

    def __init__(
        self,
        *,
        affiliations: Iterable[Affiliation] = (),
        controls: Iterable[Control] = (),
        kinships: Iterable[Kinship] = (),
        supervisions: Iterable[Supervision] = (),
        works: Iterable[JointWork] = (),
        interests: Iterable[Interest] = (),
        disputes: Iterable[Dispute] = (),
        declarations: Iterable[Declaration] = (),
        cases: Iterable[Case] = (),
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.affiliations = _by(affiliations, lambda r: (r.person,))
        self.controls = _by(controls, lambda r: (r.parent, r.subsidiary))
        self.kinships = _by(kinships, lambda r: (r.one, r.other))
        self.supervisions = _by(supervisions, lambda r: (r.supervisor, r.student))
        self.works = _by(works, lambda r: r.people)
        self.interests = _by(interests, lambda r: (r.person,))
        self.disputes = _by(disputes, lambda r: (r.one, r.other))
        self.declarations = _by(declarations, lambda r: (r.expert,))
        self.cases = _by(cases, lambda r: r.people)
        self.names = dict(names or {})

    def name(self, id: str) -> str:
        """What to call an id; the id itself when no name is known."""
        return self.names.get(id, id)

    def group(self, unit: str, first: date, last: date) -> dict[str, tuple[Control, ...]]:
        """Every unit tied to this one by control on some day of [first, last], with the links that lead there.

        Parent, subsidiary, and those that share a parent (affiliates), to any depth; the unit itself with no link.
        """
        found: dict[str, tuple[Control, ...]] = {unit: ()}
        waiting = [unit]
        while waiting:
            here = waiting.pop(0)
            for link in self.controls.get(here, []):
                there = link.subsidiary if link.parent == here else link.parent
                if there not in found and link.period.meets(first, last):
                    found[there] = (*found[here], link)
                    waiting.append(there)
        return found


def _by(records: Iterable[T], keys: Callable[[T], Iterable[str]]) -> dict[str, list[T]]:
    index: dict[str, list[T]] = {}
    for record in records:
        for key in dict.fromkeys(keys(record)):
            index.setdefault(key, []).append(record)
    return index


def _known(kind: str, kinds: Mapping[str, str], what: str) -> None:
    if kind not in kinds:
        raise RelationError("kind", f"不认识的{what}“{kind}”，可用：{'、'.join(kinds)}")
