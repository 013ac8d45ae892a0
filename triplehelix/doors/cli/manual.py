"""`./run manual`: one page a measure, from the declarations, in docs/measures/; `--to` those of the configured pack."""

import argparse
import os
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
    parser.add_argument("--to", metavar="FOLDER", help="写所配置的政策包（TRIPLEHELIX_MEASURES）的手册到这个文件夹")


def pages(package: str, on: date) -> dict[str, str]:
    """The text of every page by file name."""
    pack, city = load(package), import_module(package)
    found = {f"{one.code}.md": page(one, city.EDITION, on, terms.uses()) for one in pack.measures}
    return {"README.md": index(pack.measures, city.EDITION)} | found


def run(args: argparse.Namespace) -> int:
    """Exit status 0. The pages say what is in force on the policy's first day, so they change with the law only. In a
    folder of somebody's own nothing is removed."""
    folder = Path(args.to) if args.to else FOLDER
    package = (os.environ.get("TRIPLEHELIX_MEASURES") if args.to else None) or PACKAGE
    folder.mkdir(parents=True, exist_ok=True)
    found = pages(package, import_module(package).FIRST_DAY)
    for old in [] if args.to else folder.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"{len(found)} → {args.to or FOLDER.relative_to(ROOT)}")
    return 0
