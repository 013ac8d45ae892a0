"""材料: the papers an application is handed in with: which its award asks for, who may see them, what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from triplehelix.policy.award import Award
from triplehelix.policy.facts import ALL, Fact
from triplehelix.procedure.cases import judge
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.records.evidence.kinds import has_words

#: Lanes in which the applicant hands papers in; for 免申即享 there are registers instead.
MUST_IN = ("ordinary", "quick")
ASKED_IN = (*MUST_IN, "by_decision")
#: Who sees papers under a name that is asked for no more: whether they were for everybody is not known.
FEWEST = frozenset({"applicant", "clerk", "auditor"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper by its name. `proves` are the facts it shows, `seen_by` the relations that may see it: those that may see
    every fact of the award. `blind`: experts read its words, so it is a file that can be read."""

    name: str
    must: bool
    proves: tuple[Fact, ...] = ()
    seen_by: frozenset[str] = frozenset(ALL)
    blind: bool = False

    @property
    def shows(self) -> str:
        """The facts it proves, by their labels."""
        return "、".join(fact.label for fact in self.proves)


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper asked for, and what is there of it."""

    asked: Asked
    rows: tuple[Paper, ...]

    @property
    def is_there(self) -> bool:
        return any(row.taken_back_at is None for row in self.rows)


def asked(award: Award, lane: str) -> tuple[Asked, ...]:
    """The papers of an application, in the order of the declaration: its own, its facts' proofs, what only some have.

    What a register or an office tells needs no paper of the applicant's.
    """
    if lane not in ASKED_IN:
        return ()
    told = [fact for fact in judge.asked(award) if fact.about.source == "asked"]
    proofs = [fact.about.evidence for fact in told if fact.about.evidence]
    names = dict.fromkeys((*award.materials, *proofs, *award.if_any))
    # Any paper may tell of a person, whatever it was asked for: a contract has the name of who signs it.
    seen_by = frozenset(ALL).intersection(*(fact.about.seen_by for fact in award.facts))
    return tuple(_asked(award, name, lane, seen_by) for name in names)


def _asked(award: Award, name: str, lane: str, seen_by: frozenset[str]) -> Asked:
    proves = tuple(fact for fact in award.facts if fact.about.evidence == name)
    optional = bool(proves) and all(fact.about.optional for fact in proves) and name not in award.materials
    must = lane in MUST_IN and name not in award.if_any and not optional
    return Asked(name, must, proves, seen_by, blind=lane == "ordinary" and name == award.anonymous)


def standing(case: Case) -> list[Paper]:
    """What is handed in and not taken back, in the order it came."""
    return [row for row in every(case) if row.taken_back_at is None]


def every(case: Case) -> list[Paper]:
    """Whatever was handed in, also what was taken back; nothing is looked for where no lane asks."""
    if case.lane not in ASKED_IN:
        return []
    return list(case.papers.select_related("file").order_by("pk"))


def missing(case: Case) -> list[str]:
    """The names of the papers that must be there and are not; one that experts read is there when it can be read."""
    rows = case.papers.filter(taken_back_at__isnull=True).values_list("name", "file__content_type")
    there = {name for name, _kind in rows}
    with_words = {name for name, kind in rows if kind and has_words(kind)}
    must = [one for one in asked(case.award, case.lane) if one.must]
    return [one.name for one in must if one.name not in (with_words if one.blind else there)]


def shown(case: Case, held: Iterable[str]) -> list[Shown]:
    """Each paper asked for, and any other that is there, with what is handed in; without those that nobody of these
    relations may see. Audit sees what was taken back, too."""
    rows = every(case) if "auditor" in held else standing(case)
    names = asked(case.award, case.lane)
    known = {one.name for one in names}
    others = dict.fromkeys(row.name for row in rows if row.name not in known)
    whole = (*names, *(Asked(name, must=False, seen_by=FEWEST) for name in others))
    relations = set(held)
    return [Shown(one, tuple(row for row in rows if row.name == one.name)) for one in whole if relations & one.seen_by]
