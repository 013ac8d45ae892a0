"""The blind copy of an application, which is all that experts read of it: title, contents, and the words of its 活页.

The file itself reaches no expert: properties, revisions and pictures of a file may name people.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from triplehelix.foundation.docx_text import Unreadable, text_of
from triplehelix.market.experts.names import MARKS, parse
from triplehelix.policy.facts import ALL
from triplehelix.procedure.cases import judge
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.procedure.cases.papers import asked
from triplehelix.procedure.review import blind
from triplehelix.records.evidence import disk
from triplehelix.records.evidence.kinds import DOCX, TEXT, has_words
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.reference import regions
from triplehelix.records.parties.rules import DUTIFUL

#: Characters of a 活页, several files together. The rules of real calls ask for a tenth of it.
MOST = 50_000
#: How 吕 is written; programs that compare names read all of them as one.
UMLAUT = ("lu", "lyu", "lv", "lü")
#: People of a unit that are looked for, beside who leads the project and who acts for the unit.
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Copy:
    """What experts read, every name blacked out. `leaks`: what in the originals gives the applicant away, by part."""

    title: str
    summary: str
    paper: str
    leaks: Mapping[str, tuple[blind.Leak, ...]]


def copy(case: Case) -> Copy:
    """The blind copy. A file that cannot be read any more is said to be so in its place."""
    who = _identities([case])[case.pk]
    found = {part: blind.redact(text, who) for part, text in _said(case, _sheets([case])).items()}
    texts = {part: one.text for part, one in found.items()}
    return Copy(**texts, leaks={part: one.leaks for part, one in found.items() if one.leaks})


def leak_counts(cases: Sequence[Case]) -> dict[int, int]:
    """By case, how many places of the originals would give the applicant away."""
    who, sheets = _identities(cases), _sheets(cases)
    return {
        case.pk: sum(len(blind.leaks(text, who[case.pk])) for text in _said(case, sheets).values()) for case in cases
    }


def may_read(case: Case, held: Iterable[str]) -> bool:
    """Whether these relations may see the copy before experts do: it has the words of a paper, so who may see that."""
    if not judge.has_panel(case):
        return False
    relations = set(held)
    return all(relations & one.seen_by for one in asked(case.award, case.lane) if one.blind)


def unreadable(case: Case, file: File) -> str:
    """Why experts could not read this file as the 活页, or as a further part of it; "" when they can."""
    try:
        text = read(file)
    except (Unreadable, OSError):
        return _("专家只读其中的文字：请交 Word（.docx）或 txt 文件，扫描件和 PDF 读不出来")
    if not text.strip():
        return _("文件里没有文字：专家只读其中的文字，请把图片里的内容写成文字")
    if len(text) + len(words(case)) > MOST:
        return _("超过 %(most)d 字：请删减后再交") % {"most": MOST}
    return ""


def words(case: Case) -> str:
    """What its 活页 says, as it was handed in; "" where none is asked for or there."""
    return _said(case, _sheets([case]))["paper"]


def read(file: File) -> str:
    """The words of a file experts may read, cut off beyond MOST. Raises Unreadable, and OSError when it is lost."""
    if not has_words(file.content_type):
        raise Unreadable
    return _read(str(file.path), file.content_type)


@lru_cache(maxsize=64)
def _read(path: str, content_type: str) -> str:
    """Kept, because a stored file never changes and each expert reads it several times."""
    content = disk.read(Path(path))
    if content_type == DOCX.content_type:
        return text_of(content, MOST + 1)
    charset = content_type.removeprefix(TEXT)
    return content.decode("utf-8-sig" if charset == "utf-8" else charset)[: MOST + 1].strip()


def _sheets(cases: Sequence[Case]) -> list[Paper]:
    """The files handed in as 活页 for these, oldest first."""
    names = {case.award.anonymous for case in cases} - {""}
    rows = Paper.objects.filter(case__in=cases, name__in=names, file__isnull=False, taken_back_at__isnull=True)
    return list(rows.select_related("file").order_by("pk"))


def _said(case: Case, sheets: Iterable[Paper]) -> dict[str, str]:
    """What the originals say, by part."""
    own = (row.file for row in sheets if row.case_id == case.pk and row.name == case.award.anonymous and row.file)
    return {"title": case.title, "summary": case.summary, "paper": "\n".join(map(_words, own))}


def _words(file: File) -> str:
    try:
        return read(file)
    except (Unreadable, OSError):
        return _("（有一份活页读不出来，请与市科技局联系。）")


def _identities(cases: Sequence[Case]) -> dict[int, blind.Identity]:
    """Who must not be recognised, by case: the applicant, its people and who acts for it, people its facts name, and
    any school or institute known here: an application does not say which is its partner."""
    prefetch_related_objects(
        cases, "leader", "organisation__people", "organisation__memberships__account", "organisation__aliases",
        "organisation__taken_over",
    )  # fmt: skip
    schools = Organisation.objects.filter(type__in=DUTIFUL, confirmed_at__isnull=False).order_by("pk")
    partners = tuple(schools.values_list("name", flat=True))
    places = tuple(entry.name for entry in regions())
    return {case.pk: _identity(case, partners, places) for case in cases}


def _identity(case: Case, partners: tuple[str, ...], places: tuple[str, ...]) -> blind.Identity:
    unit, members = case.organisation, [row.account for row in case.organisation.memberships.all()]
    said = [
        case.leader.name if case.leader else "", unit.contact_name, *_named(case), *(member.name for member in members),
        *(one.name for one in unit.people.all()[:MOST_PEOPLE]),
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
        for spelled in UMLAUT if read.han.startswith("吕") else (family,):
            if given:
                yield f"{spelled}, {'-'.join(filter(None, syllables))}"


def _named(case: Case) -> list[str]:
    """What the application says of people: the facts not everybody may see."""
    personal = [fact.key for fact in case.award.facts if set(fact.about.seen_by) != set(ALL)]
    return [said for key in personal if isinstance(said := case.facts.get(key), str)]


def _each(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, said)))
