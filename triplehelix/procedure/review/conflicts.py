"""回避: every reason why an expert may not judge a case, computed from records, each with its words and its evidence.

Any blocking reason bars the expert; `same_field` only warns. Windows are three years, first and last day included,
counted back from the day of the review (domain §2.3; how long an interest in a unit lasts on is proposed: as long).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from triplehelix.procedure.review.relations import (
    INTERESTS,
    KINSHIP,
    SUPERVISION,
    WORKS,
    Case,
    Control,
    Expert,
    Relations,
)

WINDOW_YEARS = 3


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason. `code` is stable, `reason` is the Chinese sentence, `evidence` the records it rests on.

    Codes: same_unit, affiliated_unit, participant, competing, kinship, supervision, joint_work, consultancy,
    shareholding, directorship, avoided, dispute, declared; and same_field, which only warns.
    """

    code: str
    reason: str
    evidence: tuple[str, ...]
    blocks: bool = True


def window_start(on: date, years: int = WINDOW_YEARS) -> date:
    """The first day of the window that ends on `on`: the same day so many years before (29 February: 28 February)."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def conflicts(expert: Expert, case: Case, relations: Relations, on: date) -> tuple[Conflict, ...]:
    """Every reason between this expert and this case on this day, blocking ones first; empty when there is none."""
    found = [one for predicate in PREDICATES for one in predicate(expert, case, relations, on)]
    return tuple(dict.fromkeys(sorted(found, key=lambda one: not one.blocks)))


def _units(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    """Same legal entity, or parent, subsidiary or affiliate of one, now or within the window."""
    first = window_start(on)
    past = [a for a in known.affiliations.get(expert.id, []) if a.period.meets(first, on)]
    for unit in dict.fromkeys(case.units) if past else ():
        group = known.group(unit, first, on)
        for held in past:
            if held.unit not in group:
                continue
            post = _evidence(f"任职：{known.name(held.unit)}，{held.period}", held.source)
            when = "现在" if held.period.meets(on, on) else "近三年内曾"
            if held.unit == unit:
                said = f"专家{when}在申报单位“{known.name(unit)}”任职"
                yield Conflict("same_unit", said, (post,))
            else:
                links = tuple(_control(link, known) for link in group[held.unit])
                said = (
                    f"专家{when}任职的“{known.name(held.unit)}”是申报单位“{known.name(unit)}”的母公司、子公司或关联单位"
                )
                yield Conflict("affiliated_unit", said, (post, *links))


def _control(link: Control, known: Relations) -> str:
    return _evidence(f"控制关系：{known.name(link.parent)} → {known.name(link.subsidiary)}，{link.period}", link.source)


def _participation(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    if expert.id in case.people:
        yield Conflict("participant", "专家是本项目的参加人员", (f"项目人员名单：{known.name(expert.id)}",))
    for other in known.cases.get(expert.id, []):
        if other.id != case.id and other.call == case.call:
            said = "专家参加了同一批次的竞争项目"
            yield Conflict("competing", said, (f"竞争项目：{other.title or other.id}",))


def _kinship(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    for kin in known.kinships.get(expert.id, []):
        other = kin.other if kin.one == expert.id else kin.one
        if other in case.persons:
            said = f"专家与“{known.name(other)}”有亲属关系（{KINSHIP[kin.kind]}）"
            yield Conflict("kinship", said, (_evidence(f"亲属：{KINSHIP[kin.kind]}", kin.source),))


def _supervision(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    for taught in known.supervisions.get(expert.id, []):
        other = taught.student if taught.supervisor == expert.id else taught.supervisor
        if other in case.persons:
            said = f"专家与“{known.name(other)}”是师生关系（{SUPERVISION[taught.kind]}）"
            pair = f"{known.name(taught.supervisor)} → {known.name(taught.student)}"
            yield Conflict("supervision", said, (_evidence(f"指导：{pair}", taught.source),))


def _joint_work(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    """Works that end after the day count too: a paper in print or a running project is no older tie."""
    first = window_start(on)
    for work in known.works.get(expert.id, []):
        if work.period.until is not None and work.period.until < first:
            continue
        for other in case.persons:
            if other in work.people and other != expert.id:
                said = f"专家与“{known.name(other)}”近三年内{WORKS[work.kind]}"
                yield Conflict(
                    "joint_work", said, (_evidence(f"{WORKS[work.kind]}：{work.title}，{work.period}", work.source),)
                )


def _interests(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    """Paid consultancy, any share, any directorship in a unit of the case, on the day or within the window."""
    first = window_start(on)
    for held in known.interests.get(expert.id, []):
        counts = held.kind != "consultancy" or held.paid
        if counts and held.unit in case.units and held.period.meets(first, on):
            when = "现在" if held.period.meets(on, on) else "近三年内曾"
            said = f"专家{when}在申报单位“{known.name(held.unit)}”{INTERESTS[held.kind]}"
            yield Conflict(held.kind, said, (_evidence(f"{INTERESTS[held.kind]}：{held.period}", held.source),))


def _avoided(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    for asked in case.avoid:
        if asked.expert == expert.id:
            yield Conflict("avoided", "申报单位申请该专家回避", (f"理由：{asked.reason}",))


def _dispute(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    for quarrel in known.disputes.get(expert.id, []):
        other = quarrel.other if quarrel.one == expert.id else quarrel.one
        if other in case.persons or other in case.units:
            said = f"专家与“{known.name(other)}”有个人纠纷"
            yield Conflict("dispute", said, (_evidence(f"纠纷：{quarrel.about}", quarrel.source),))


def _declared(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    for word in known.declarations.get(expert.id, []):
        if word.case == case.id:
            yield Conflict("declared", "专家本人声明回避", (f"声明：{word.reason}",))


def _same_field(expert: Expert, case: Case, known: Relations, on: date) -> Iterator[Conflict]:
    same = expert.city and expert.city == case.city and expert.subdiscipline == case.subdiscipline
    if same and expert.subdiscipline:
        said = "专家与申报单位在同一城市、同一二级学科，请注意（不强制回避）"
        yield Conflict("same_field", said, (f"{expert.city}，{expert.subdiscipline}",), blocks=False)


def _evidence(text: str, source: str) -> str:
    return f"{text}（来源：{source}）" if source else text


PREDICATES: tuple[Callable[[Expert, Case, Relations, date], Iterator[Conflict]], ...] = (
    _units,
    _participation,
    _kinship,
    _supervision,
    _joint_work,
    _interests,
    _avoided,
    _dispute,
    _declared,
    _same_field,
)
