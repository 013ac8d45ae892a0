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
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.procedure.cases.papers import asked
from triplehelix.procedure.cases.recognised import identities
from triplehelix.procedure.review import blind
from triplehelix.records.evidence import disk
from triplehelix.records.evidence.kinds import DOCX, TEXT, has_words
from triplehelix.records.evidence.models import File

#: Characters of a 活页, several files together. The rules of real calls ask for a tenth of it.
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Copy:
    """What experts read, every name blacked out. `leaks`: what in the originals gives the applicant away, by part."""

    title: str
    summary: str
    paper: str
    leaks: Mapping[str, tuple[blind.Leak, ...]]


def copy(case: Case) -> Copy:
    """The blind copy. A file that cannot be read any more is said to be so in its place."""
    said = _said(case, _sheets([case]))
    who = identities({case: said.values()})[case]
    found = {part: blind.redact(text, who) for part, text in said.items()}
    texts = {part: one.text for part, one in found.items()}
    return Copy(**texts, leaks={part: one.leaks for part, one in found.items() if one.leaks})


def leak_counts(cases: Sequence[Case]) -> dict[int, int]:
    """By case, how many places of the originals would give the applicant away."""
    sheets = _sheets(cases)
    said = {case: list(_said(case, sheets).values()) for case in cases}
    who = identities(said)
    return {case.pk: sum(len(blind.leaks(text, who[case])) for text in said[case]) for case in cases}


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
