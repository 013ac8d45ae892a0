"""Translations: Chinese is in the source; locale/en holds English. Collected and compiled without system tools."""

import ast
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from triplehelix.config.paths import PACKAGE

Marked = tuple[str | tuple[str, ...], str | None]

ENGLISH = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
CALL = re.compile(r"(?<!\w)(n?p?gettext|_)\(")
TEXT = re.compile(r"""\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,?""")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: What the API's document says of a call or a field (doors.api.refusals translates it).
DOCUMENTED = frozenset({"summary", "description"})
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def compiled(var: Path, po: Path = ENGLISH) -> Path:
    """The .mo under VAR/locale (LOCALE_PATHS), made when it is not of this .po: nothing is written beside the code,
    which may belong to somebody else than runs it."""
    mo = var / "locale" / "en" / "LC_MESSAGES" / "django.mo"
    if not mo.exists() or mo.stat().st_mtime_ns != po.stat().st_mtime_ns:
        mo.parent.mkdir(parents=True, exist_ok=True)
        with po.open("rb") as file:
            catalog = read_po(file, locale="en")
        # A name of its own: two programs may start in the same moment, and neither may take the other's from under it.
        part = mo.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            write_mo(file, catalog)
        at = po.stat().st_mtime_ns
        os.utime(part, ns=(at, at))
        part.replace(mo)
    return mo


def in_python(path: Path) -> Iterator[Marked]:
    """Texts marked in a module, with their context."""
    for _line, message, _comments, context in extract("python", io.BytesIO(path.read_bytes()), KEYWORDS):
        yield message, context


def in_document(path: Path) -> Iterator[Marked]:
    """Texts of a module of the API that go into its document, where there is Chinese in them: what calls and fields are
    said to be, and docstrings of shapes and calls. Ninja and pydantic take plain strings, so they bear no mark."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        text: object = None
        if isinstance(node, ast.keyword) and node.arg in DOCUMENTED and isinstance(node.value, ast.Constant):
            text = node.value.value
        elif isinstance(node, ast.ClassDef) or (isinstance(node, ast.FunctionDef) and node.decorator_list):
            text = ast.get_docstring(node)
        if isinstance(text, str) and CHINESE.search(text):
            yield text, None


def in_template(path: Path) -> Iterator[Marked]:
    """Texts marked in a template. Django turns it into calls of gettext with the rest blotted out, which is no valid
    Python: the calls are read one by one."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in CALL.finditer(source):
        texts, at = [], call.end()
        while found := TEXT.match(source, at):
            texts.append(ast.literal_eval(found[1]))
            at = found.end()
        context = texts.pop(0) if "p" in call[1].removesuffix("gettext") else None
        if texts:
            yield (tuple(texts[:2]) if call[1].startswith("n") else texts[0]), context


def collected() -> Catalog:
    """All texts the code marks for translation."""
    catalog = Catalog(locale="en", project="triplehelix", charset="utf-8")
    modules = [p for p in sorted(PACKAGE.rglob("*.py")) if "migrations" not in p.parts]
    documented = [p for p in modules if "api" in p.parts]
    templates = [p for p in sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]) if "templates" in p.parts]
    for read, paths in ((in_python, modules), (in_document, documented), (in_template, templates)):
        for path in paths:
            where = path.relative_to(PACKAGE.parent).as_posix()
            for message, context in read(path):
                catalog.add(message, locations=[(where, 0)], context=context)
    return catalog


def merged() -> Catalog:
    """The stored catalogue brought up to the code: new texts added untranslated, dead ones dropped."""
    stored = Catalog(locale="en", charset="utf-8")
    if ENGLISH.exists():
        with ENGLISH.open("rb") as file:
            stored = read_po(file, locale="en")
    stored.update(collected(), no_fuzzy_matching=True)
    stored.obsolete.clear()
    return stored


def write(catalog: Catalog) -> None:
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(
            file, catalog, width=110, omit_header=False, sort_by_file=True, include_lineno=False, ignore_obsolete=True
        )


def untranslated(catalog: Catalog) -> list[str]:
    """Texts English readers would see in Chinese."""
    return [str(m.id) for m in catalog if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)]
