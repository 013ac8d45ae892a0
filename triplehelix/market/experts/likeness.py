"""How much speaks for two experts being one person: evidence in points, each with its reason. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass

from triplehelix.market.experts.names import INITIALS, SAME_HAN, SAME_LETTERS, agree
from triplehelix.market.experts.reasons import Reason, reason
from triplehelix.market.experts.wholes import Whole

MOST_COUNTED = 3
FAR_YEARS = 40
Weighed = tuple[int, Reason]


@dataclass(frozen=True)
class Evidence:
    score: int
    reasons: list[Reason]
    certain: bool = False


def names_agree(one: Whole, other: Whole) -> str:
    """The best agreement of any of their names; "" as soon as Chinese names contradict each other."""
    if (a := {n.han for n in one.parsed if n.han}) and (b := {n.han for n in other.parsed if n.han}):
        return SAME_HAN if a & b else ""
    found = {agree(a, b) for a in one.parsed for b in other.parsed}
    return next((how for how in (SAME_HAN, SAME_LETTERS, INITIALS) if how in found), "")


def evidence(one: Whole, other: Whole, points: Mapping[str, int]) -> Evidence | None:
    """What speaks for the two being one; None when they cannot be: names that contradict, one work by both of them,
    both in the register, a work the person has refused. The same ORCID makes it certain where it is the same hands'
    word, or the desk's and its repositories': else whoever writes it into a sheet would move another's works."""
    how = names_agree(one, other)
    if not how or one.works & other.works or (one.root.person_id and other.root.person_id):
        return None
    if one.refused & other.works or other.refused & one.works:
        return None
    found: list[Weighed] = [(points[how], reason(how))]
    if one.vouched & other.vouched:
        return Evidence(100, [*(why for _n, why in found), reason("orcid")], certain=True)
    if one.orcids & other.orcids:
        found.append((points["orcid_told"], reason("orcid_told")))
    elif one.orcids and other.orcids:
        return None
    found += _by_place(one, other, points)
    shared = list(dict.fromkeys(one.coauthors[key] for key in sorted(one.coauthors.keys() & other.coauthors.keys())))
    if shared:
        counted = min(len(shared), MOST_COUNTED)
        found.append((points["coauthor"] * counted, reason("coauthor", names=shared[:MOST_COUNTED])))
    if one.source_people & other.source_people:
        found.append((points["source"], reason("source")))
    found += _by_subject(one, other, points)
    if one.years and other.years and min(abs(a - b) for a in one.years for b in other.years) >= FAR_YEARS:
        found.append((-points["years"], reason("years")))
    total = sum(n for n, _why in found)
    return Evidence(max(0, min(99, total)), [why for _n, why in found])


def _by_place(one: Whole, other: Whole, points: Mapping[str, int]) -> list[Weighed]:
    if shared := one.organisations & other.organisations:
        name = one.places.get(min(shared), "")
        return [(points["organisation"], reason("organisation", name=name))]
    if one.organisations and other.organisations:
        return [(-points["elsewhere"], reason("elsewhere"))]
    return []


def _by_subject(one: Whole, other: Whole, points: Mapping[str, int]) -> list[Weighed]:
    """How much of the smaller one's words the other shares."""
    shared = one.words & other.words
    least = min(len(one.words), len(other.words))
    if least < 3 or not shared:
        return []
    counted = round(points["subject"] * min(1.0, 2 * len(shared) / least))
    words = sorted(shared, key=lambda word: (-len(word), word))[:3]
    return [(counted, reason("subject", words=words))] if counted >= 3 else []
