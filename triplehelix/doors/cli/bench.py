"""`./run bench matching`: the matching measured beside what one would otherwise use. See docs/bench/matching.md."""

import argparse
import importlib
import sys
import time
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "bench" / "matching.md"
SIZES = "10000,100000,1000000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["matching"], help="量什么")
    parser.add_argument("--needs", required=True, type=Path, metavar="N", help="需求表")
    parser.add_argument("--achievements", required=True, type=Path, metavar="A", help="成果表")
    parser.add_argument(
        "--judgements", required=True, type=Path, metavar="J", help="判断：need_id, achievement_id, level 1–4"
    )
    parser.add_argument("--sizes", default=SIZES, help=f"合成文档的条数，逗号分隔（默认 {SIZES}；空着就不做）")
    parser.add_argument("--write", action="store_true", help=f"写入 {PAGE.relative_to(ROOT)}")


def sizes(text: str) -> list[int]:
    """Raises ValueError for what is no number of documents."""
    found = [int(part) for part in text.split(",") if part.strip()]
    if any(not 1_000 <= n <= 10_000_000 for n in found):
        raise ValueError("每个条数应在 1,000 到 10,000,000 之间")
    return found


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with one sentence on standard error."""
    missing = [str(path) for path in (args.needs, args.achievements, args.judgements) if not path.is_file()]
    if missing:
        print("没有这个文件：" + "、".join(missing), file=sys.stderr)
        return 2
    try:
        wanted = sizes(args.sizes)
    except ValueError as why:
        print(f"--sizes {args.sizes}：{why}", file=sys.stderr)
        return 2
    if not (ROOT / "bench" / "matching.py").exists():
        print("测量程序在代码仓库的 bench/ 里，安装包里没有；请在仓库里运行", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    with importlib.import_module("bench.scratch").scratch_database():
        django.setup()
        matching = importlib.import_module("bench.matching")
        start = time.monotonic()
        given = {"needs": args.needs, "achievements": args.achievements, "judgements": args.judgements}
        lines = matching.measure(**given, sizes=wanted)
        print(matching.table(lines))
        if args.write:
            names = " ".join(f"--{name} {path.name}" for name, path in given.items())
            command = f"./run bench matching {names} --sizes {args.sizes}"
            PAGE.parent.mkdir(parents=True, exist_ok=True)
            PAGE.write_text(matching.page(lines, command, time.monotonic() - start), encoding="utf-8")
            print(f"→ {PAGE.relative_to(ROOT)}")
    return 0
