"""`./run manual`: write docs/measures/, one page a measure, from the declarations."""

import argparse
from datetime import date
from importlib import import_module
from pathlib import Path

from triplehelix.fund import terms
from triplehelix.policy.manual import index, page
from triplehelix.policy.registry import load

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "measures"
PACKAGE = "triplehelix.measures.liaocheng"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def pages(package: str, on: date) -> dict[str, str]:
    """The text of every page by file name."""
    pack, city = load(package), import_module(package)
    found = {f"{one.code}.md": page(one, city.EDITION, on, terms.uses()) for one in pack.measures}
    return {"README.md": index(pack.measures, city.EDITION)} | found


def run(args: argparse.Namespace) -> int:
    """Exit status 0. The pages say what is in force on the policy's first day, so they change with the law only."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = pages(PACKAGE, import_module(PACKAGE).FIRST_DAY)
    for old in FOLDER.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(found)} → {FOLDER.relative_to(ROOT)}")
    return 0
