"""Files that pages and the API hand out, alike in both: papers that were kept, official letters, workbooks."""

from urllib.parse import quote

from django.http import HttpResponse

from triplehelix.procedure.letters.letter import Letter
from triplehelix.procedure.letters.word import docx
from triplehelix.records.evidence.models import File

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to keep, never shown in the page, its Chinese name intact in every browser."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def paper(file: File) -> HttpResponse:
    """A paper as it came. The caller has asked who may have it."""
    with file.open() as stream:
        return attachment(stream.read(), file.name, file.content_type)


def document(letter: Letter) -> HttpResponse:
    """An official letter as a Word file."""
    return attachment(docx(letter), f"{letter.title}.docx", WORD)
