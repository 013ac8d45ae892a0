"""The blind copy of an application, which is all that experts read of it: title, contents, and the words of its 活页.

The file itself reaches no expert: properties, revisions and pictures of a file may name people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from triplehelix.foundation.docx_text import Unreadable, text_of
from triplehelix.procedure.cases import judge
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.papers import asked, standing
from triplehelix.procedure.review import blind
from triplehelix.records.evidence.kinds import DOCX
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.reference import regions
from triplehelix.records.parties.rules import DUTIFUL

#: Characters of a 活页, several files together. The rules of real calls ask for a tenth of it.
MOST = 50_000
PLAIN = "text/plain; charset="


@dataclass(frozen=True, slots=True)
class Copy:
    """What experts read, every name blacked out. `leaks`: what in the originals gives the applicant away, by part."""

    title: str
    summary: str
    paper: str
    leaks: Mapping[str, tuple[blind.Leak, ...]]

    @property
    def leak_count(self) -> int:
        return sum(map(len, self.leaks.values()))


def copy(case: Case, identity: blind.Identity | None = None) -> Copy:
    """The blind copy. Raises Unreadable, FileNotFoundError when the store has lost a file that was read before."""
    who = identity or identities([case])[case.pk]
    said = {"title": case.title, "summary": case.summary, "paper": words(case)}
    found = {part: blind.redact(text, who) for part, text in said.items()}
    texts = {part: one.text for part, one in found.items()}
    return Copy(**texts, leaks={part: one.leaks for part, one in found.items() if one.leaks})


def leak_counts(cases: Sequence[Case]) -> dict[int, int]:
    """By case, how many places of the originals would give the applicant away."""
    who = identities(cases)
    return {case.pk: copy(case, who[case.pk]).leak_count for case in cases}


def may_read(case: Case, held: Iterable[str]) -> bool:
    """Whether these relations may see the copy before experts do: it has the words of a paper, so who may see that."""
    relations = set(held)
    return judge.has_panel(case) and all(relations & one.seen_by for one in asked(case.award, case.lane) if one.blind)


def words(case: Case) -> str:
    """What its 活页 says, as it was handed in; "" where none is asked for or there."""
    name = case.award.anonymous
    files = [row.file for row in standing(case) if row.name == name and row.file] if name else []
    return "\n".join(read(file) for file in files)


def read(file: File) -> str:
    """The words of a file experts may read: a Word document or plain text. Raises Unreadable."""
    return _read(str(file.path), file.content_type)


@lru_cache(maxsize=64)
def _read(path: str, content_type: str) -> str:
    """Kept, because a stored file never changes and each expert reads it several times."""
    content = Path(path).read_bytes()
    if content_type == DOCX.content_type:
        return text_of(content)
    if content_type.startswith(PLAIN):
        return content.decode(content_type.removeprefix(PLAIN)).strip()
    raise Unreadable


def unreadable(case: Case, file: File) -> str:
    """Why experts could not read this file as the 活页, or as a further part of it; "" when they can."""
    try:
        text = read(file)
    except Unreadable:
        return _("专家只读其中的文字：请交 Word（.docx）或 txt 文件，扫描件和 PDF 读不出来")
    if not text.strip():
        return _("文件里没有文字：专家只读其中的文字，请把图片里的内容写成文字")
    if (n := len(text) + len(words(case))) > MOST:
        return _("共 %(n)d 字，最多 %(most)d 字：请删减后再交") % {"n": n, "most": MOST}
    return ""


def identities(cases: Sequence[Case]) -> dict[int, blind.Identity]:
    """Who must not be recognised, by case: the applicant and its people, and any school or institute known here, since
    an application does not say which of them is its partner."""
    schools = Organisation.objects.filter(type__in=DUTIFUL, confirmed_at__isnull=False).order_by("pk")
    partners = tuple(schools.values_list("name", flat=True))
    places = tuple(entry.name for entry in regions())
    return {case.pk: _identity(case, partners, places) for case in cases}


def _identity(case: Case, partners: tuple[str, ...], places: tuple[str, ...]) -> blind.Identity:
    unit = case.organisation
    people = (unit.contact_name, *unit.people.order_by("pk").values_list("name", flat=True)[:200])
    leader = (case.leader.name,) if case.leader else ()
    return blind.Identity(
        units=(unit.name,), partners=partners, people=tuple(filter(None, dict.fromkeys((*leader, *people)))),
        phones=tuple(filter(None, [unit.contact_phone])), emails=tuple(filter(None, [unit.contact_email])),
        usccs=(unit.uscc,), project_numbers=(case.number,), places=places,
    )  # fmt: skip
