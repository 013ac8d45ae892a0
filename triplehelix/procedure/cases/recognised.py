"""Who must not be recognised in the blind copy of an application: its unit and whom it took over, under every name
known here, its people in characters and in letters, whom its facts name."""

import re
from collections.abc import Collection, Iterable, Mapping

from django.db.models import prefetch_related_objects

from triplehelix.market.experts.names import MARKS, parse
from triplehelix.policy.facts import ALL
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.review import blind
from triplehelix.procedure.review.names import TITLES, bare
from triplehelix.records.parties.models import Organisation, Person
from triplehelix.records.parties.reference import regions
from triplehelix.records.parties.rules import DUTIFUL

#: How 吕 is written; programs that compare names read all of them as one.
UMLAUT = ("lu", "lyu", "lv", "lü")
TITLED = re.compile(f"(..?)(?={'|'.join(TITLES)})")


def identities(said: Mapping[Case, Collection[str]]) -> dict[Case, blind.Identity]:
    """By case, with the texts that will be read: the applicant, its people and who acts for it, people its facts name,
    and any school or institute known here: an application does not say which is its partner."""
    prefetch_related_objects(
        list(said), "leader", "organisation__memberships__account", "organisation__aliases", "organisation__taken_over"
    )  # fmt: skip
    people: dict[int, list[str]] = {}
    rows = Person.objects.filter(home__in={case.organisation_id for case in said})
    for home, name in rows.values_list("home", "name"):
        people.setdefault(home, []).append(name)
    schools = Organisation.objects.filter(type__in=DUTIFUL, confirmed_at__isnull=False).order_by("pk")
    partners = tuple(schools.values_list("name", flat=True))
    places = tuple(entry.name for entry in regions())
    met = {case: _met(people.get(case.organisation_id, ()), bare(" ".join(texts))) for case, texts in said.items()}
    return {case: _identity(case, own, partners, places) for case, own in met.items()}


def _identity(case: Case, own: Iterable[str], partners: tuple[str, ...], places: tuple[str, ...]) -> blind.Identity:
    unit, members = case.organisation, [row.account for row in case.organisation.memberships.all()]
    said = [
        case.leader.name if case.leader else "", unit.contact_name, *_named(case), *(member.name for member in members),
        *own,
    ]  # fmt: skip
    people = [one for name in said for one in (name, *_several(name))]
    before = unit.taken_over.all()
    return blind.Identity(
        units=(unit.name, *(one.name for one in before)), partners=partners, phones=_each([unit.contact_phone]),
        people=_each([*people, *(form for name in people for form in _in_letters(name))]),
        emails=_each([unit.contact_email, *(member.email for member in members)]),
        usccs=(unit.uscc, *(one.uscc for one in before)), aliases=tuple(one.name for one in unit.aliases.all()),
        project_numbers=(case.number,), places=places,
    )  # fmt: skip


def _met(people: Iterable[str], text: str) -> Iterable[str]:
    """Of the people of a unit, of whom a university has thousands, those a text may name: all their characters are in
    it, or their family in letters, or before a title. `text` is bare."""
    signs = set(text)
    titled = {found[-n:] for found in TITLED.findall(text) for n in (1, 2)}
    for name in people:
        plain = bare(name)
        families = {spelled for form in parse(name).forms for spelled in _spelled(form.family, name)}
        if signs.issuperset(plain) or {plain[:1], plain[:2]} & titled or any(one in text for one in families):
            yield name


def _several(said: str) -> list[str]:
    """The Chinese names of a field that holds more than a name: 柳经办（主任）、何淬火."""
    parts = re.split(r"[、，,;；/]", MARKS.sub("", said))
    return [name for name in (parse(part).han for part in parts) if len(name) > 1]


def _in_letters(name: str) -> Iterable[str]:
    """A Chinese name as lists of papers have it: Zhang, Wei-Ming, in every way it may be read."""
    read = parse(name)
    for form in sorted({(one.family, one.given, one.initials) for one in read.forms}) if read.han else ():
        family, given, initials = form
        at = [0]
        for letter in initials[1:]:  # where the next syllable may begin: only its first letter is asked for
            at.append(max(given.find(letter, at[-1] + 1), at[-1]))
        syllables = [given[start:end] for start, end in zip(at, [*at[1:], len(given)], strict=True)]
        for spelled in _spelled(family, read.han):
            if given:
                yield f"{spelled}, {'-'.join(filter(None, syllables))}"


def _spelled(family: str, name: str) -> tuple[str, ...]:
    return UMLAUT if name.startswith("吕") else (family,)


def _named(case: Case) -> list[str]:
    """What the application says of people: the facts not everybody may see."""
    personal = [fact.key for fact in case.award.facts if set(fact.about.seen_by) != set(ALL)]
    return [said for key in personal if isinstance(said := case.facts.get(key), str)]


def _each(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, said)))
