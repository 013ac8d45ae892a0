"""What a file is, decided from its bytes. The name only tells csv from other text."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.docx_text import is_word

CFB = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of .xls and .doc, and of workbooks with a password
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
VBA = "_VBA_PROJECT".encode("utf-16-le")
#: Readers find the beginning of a PDF within so many bytes; before it some programs leave a blank line or a header.
PDF_WITHIN = 1024
PDF_HEAD, PDF_END = re.compile(rb"%PDF-\d\.\d"), b"startxref"
#: What else is a zip inside, by a part it must have: nobody can unpack it and hand in what is in it.
PACKED = {"OFD.xml": gettext_lazy("OFD 版式文件"), "ppt/presentation.xml": gettext_lazy("演示文稿（.pptx）")}
MACROS = ("xl/vbaProject.bin", "word/vbaProject.bin")
NAME_LENGTH = 120
#: Control characters no text has; a file with them is no text, whatever it decodes to.
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
OFFICE = "application/vnd.openxmlformats-officedocument."


class Unacceptable(ValueError):
    """A file that is not kept; the message says why and what to do. `code`: empty, too_large, password, old_format,
    macros, broken, kind."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Kind:
    content_type: str
    suffixes: tuple[str, ...]


PDF = Kind("application/pdf", (".pdf",))
PNG = Kind("image/png", (".png",))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"))
XLS = Kind("application/vnd.ms-excel", (".xls",))
XLSX = Kind(f"{OFFICE}spreadsheetml.sheet", (".xlsx",))
DOCX = Kind(f"{OFFICE}wordprocessingml.document", (".docx",))
#: How types of plain text begin; the charset follows.
TEXT = "text/plain; charset="
#: What is kept as plain text may keep these names; whoever reads it decides from the text.
PLAIN = (".txt", ".bib", ".json")
BY_MAGIC = {kind.content_type: kind for kind in (PDF, PNG, JPEG)}


def kind_of(content: bytes, name: str) -> Kind:
    """What these bytes are: pdf, docx, xlsx, xls, png, jpg, or text in UTF-8 or GB18030. Raises Unacceptable."""
    if not content:
        raise Unacceptable("empty", _("文件是空的"))
    if content.startswith(CFB):
        return _old_office(content)
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    guessed = filetype.guess_mime(content)
    if guessed in BY_MAGIC:
        return BY_MAGIC[guessed]
    if PDF_HEAD.search(content[:PDF_WITHIN]) and PDF_END in content:
        return PDF
    if guessed is None and (charset := _charset(content)):
        if name.lower().endswith(".csv"):
            return Kind(f"text/csv; charset={charset}", (".csv",))
        return Kind(f"{TEXT}{charset}", PLAIN)
    raise Unacceptable(
        "kind", _("不能接收这种文件；可以上传 pdf、docx、xlsx、png、jpg，以及 UTF-8 或 GB18030 编码的 csv、txt")
    )


def _old_office(content: bytes) -> Kind:
    """An .xls of before 2007 is taken, its companions are not, also where a workbook lies in them. Streams are known by
    their names in the container."""
    if ENCRYPTED in content:
        raise Unacceptable("password", _("文件有打开密码，读不到内容；请去掉密码后再上传"))
    if VBA in content:
        raise _macros()
    if _holds(content, "Workbook") and not any(_holds(content, one) for one in ("WordDocument", "PowerPoint Document")):
        return XLS
    raise Unacceptable("old_format", _("这是旧版 Office 格式；请另存为 .xlsx 或 .docx 后再上传"))


def _holds(content: bytes, name: str) -> bool:
    """Whether the container's directory has a stream of this name: an entry of 128 bytes at a multiple of 128, first
    the name, at 64 its length with its end, at 66 what it is (2: a stream). The same word in a text is none."""
    wanted = name.encode("utf-16-le") + b"\0\0"
    size, at = len(wanted).to_bytes(2, "little"), content.find(wanted)
    while at >= 0:
        if at % 128 == 0 and content[at + 64 : at + 67] == size + b"\x02":
            return True
        at = content.find(wanted, at + 1)
    return False


def _macros() -> Unacceptable:
    return Unacceptable("macros", _("文件带有宏；请另存为不带宏的 .xlsx 或 .docx 后再上传"))


def _office(content: bytes) -> Kind:
    """A zip is taken only when it is a workbook or a document. Nothing is unpacked."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as why:
        raise Unacceptable("broken", _("文件已损坏，打不开；请重新保存后再上传")) from why
    if names & set(MACROS):
        raise _macros()
    if "xl/workbook.xml" in names:
        return XLSX
    if is_word(names):
        return DOCX
    for part, what in PACKED.items():
        if part in names:
            raise Unacceptable("kind", _("不能接收%(what)s；请导出为 PDF 后再上传") % {"what": what})
    raise Unacceptable("kind", _("不能接收压缩包；请上传里面的文件"))


def _charset(content: bytes) -> str:
    """utf-8 or gb18030 when the bytes are text in it, else nothing."""
    for charset in ("utf-8", "gb18030"):
        try:
            text = content.decode(charset)
        except UnicodeDecodeError:
            continue
        return "" if NOT_TEXT.search(text) else charset
    return ""


def has_words(content_type: str) -> bool:
    """Whether its words can be read without showing the file: Word and plain text."""
    return content_type == DOCX.content_type or content_type.startswith(TEXT)


def safe_name(name: str, kind: Kind) -> str:
    """A name to show and to offer for saving: the last part of a path, no control or direction characters, no
    characters Windows forbids, not too long, ending as the kind of the file does."""
    name = PurePosixPath(name.replace("\\", "/")).name
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", name).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    if f".{suffix.lower()}" not in kind.suffixes or not dot:
        stem, suffix = name, kind.suffixes[0][1:]
    return f"{stem[:NAME_LENGTH].strip('. ') or '文件'}.{suffix}"
