"""Pages as one looks for elements in them."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from lxml import html


def flat(page: str) -> str:
    """Without the whitespace between elements: how a template breaks its lines is nobody's matter."""
    return re.sub(r">\s+<", "><", page)


def faults(page: str) -> list[str]:
    """What hinders who does not see a page, or has no mouse, that its text alone tells: headings out of order, what has
    no name, references to nothing. axe looks at some pages in a browser; this at the answer of any address."""
    root = html.document_fromstring(page)
    return [*_headings(root), *_references(root), *_nameless(root), *_tables(root)]


def _headings(root: Any) -> Iterator[str]:
    levels = [
        (int(one.tag[1]), one) for one in root.iter("h1", "h2", "h3", "h4", "h5", "h6") if not _inside(one, "dialog")
    ]
    if [level for level, _one in levels].count(1) != 1:
        yield "not one h1"
    for (before, _one), (level, one) in pairwise(levels):
        if level > before + 1:
            yield f"h{level} after h{before}: {_text(one)}"


def _references(root: Any) -> Iterator[str]:
    ids = Counter(root.xpath("//@id"))
    yield from (f"two of id {one}" for one, n in ids.items() if n > 1)
    wanted = [name[1:] for name in root.xpath("//a/@href") if name.startswith("#")]
    for attribute in ("for", "form", "list", "aria-describedby", "aria-labelledby", "aria-controls", "data-counts"):
        wanted += [name for names in root.xpath(f"//@{attribute}") for name in names.split()]
    yield from (f"nothing has the id {name!r}" for name in wanted if name not in ids)


def _nameless(root: Any) -> Iterator[str]:
    labelled = set(root.xpath("//label/@for"))
    for one in root.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        if not (
            one.get("id") in labelled or one.get("aria-label") or one.get("aria-labelledby") or _inside(one, "label")
        ):
            yield f"no label: {one.tag} {one.get('name')}"
    for one in root.xpath("//a[@href] | //button | //summary | //legend | //fieldset[not(legend)]"):
        if not (_text(one) or one.get("aria-label") or one.xpath(".//*[@aria-label or @alt]")) or one.tag == "fieldset":
            yield f"no name: {one.tag} {dict(one.attrib)}"
    yield from (f"no alt: {one.get('src')}" for one in root.xpath("//img[not(@alt)]"))


def _tables(root: Any) -> Iterator[str]:
    tables = root.xpath("//table")
    for one in tables:
        yield from (f"a head of no direction: {_text(head)}" for head in one.iter("th") if not head.get("scope"))
        named = one.xpath("caption") or one.get("aria-label") or one.get("aria-labelledby")
        if len(tables) > 1 and not named:
            yield f"one of several tables has no name: {_text(one)[:60]}"


def _inside(one: Any, tag: str) -> bool:
    return next(one.iterancestors(tag), None) is not None


def _text(one: Any) -> str:
    return " ".join(one.text_content().split())
