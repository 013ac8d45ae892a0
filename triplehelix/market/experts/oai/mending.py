"""Answers that are almost XML: one bad sign in one abstract is no reason to lose a page of records, and with it all the
pages behind it.

Looked at only where an answer cannot be read as it came.
"""

import re
from html.entities import html5

#: Signs XML forbids.
FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BLANKS = b"\xef\xbb\xbf \t\r\n"
DECLARATION = re.compile(rb"<\?xml[^>]{0,200}\?>")
DECLARED = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
#: Names of the charset of which gb18030 holds all; what is declared as one of them is often written in another.
CHINESE = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "cp936"})
REFERENCE = re.compile(r"&(?:#(x[0-9a-fA-F]{1,8}|[0-9]{1,8});|([A-Za-z][A-Za-z0-9]{1,31});)?")
#: What XML itself names.
OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
#: Stands where a sign could not be read.
LOST = "\ufffd"


def mended(content: bytes) -> bytes:
    """The answer in UTF-8, without declaration, blanks before it, forbidden signs and references to them; names of HTML
    (&nbsp;) are what they stand for, and a bare & is itself. Bytes that are no signs of its charset become LOST."""
    content = FORBIDDEN.sub(b"", content).lstrip(BLANKS)
    head = DECLARATION.match(content)
    declared = DECLARED.search(head.group()) if head else None
    charset = declared.group(1).decode().lower() if declared else "utf-8"
    body = content[head.end() :] if head else content
    text = body.decode("gb18030" if charset in CHINESE else "utf-8", "replace")
    return REFERENCE.sub(_meant, text).encode()


def _meant(found: re.Match[str]) -> str:
    number, name = found.groups()
    if number:
        sign = int(number[1:], 16) if number.startswith("x") else int(number)
        return found.group() if _may_stand(sign) else ""
    if name in OWN:
        return found.group()
    if name and (signs := html5.get(f"{name};")):
        return "".join(f"&#{ord(sign)};" for sign in signs)
    return f"&amp;{found.group()[1:]}"


def _may_stand(sign: int) -> bool:
    """Whether XML 1.0 allows it (§2.2)."""
    return sign in (9, 10, 13) or 0x20 <= sign <= 0xD7FF or 0xE000 <= sign <= 0xFFFD or 0x10000 <= sign <= 0x10FFFF
