"""`./run bench WHAT`: measured beside what one would otherwise use, in one run. The tables are in docs/bench/."""

import argparse
import importlib
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "bench"
PAGE = PAGES / "matching.md"
SIZES = "10000,100000,1000000"
FIRMS = 1_000_000
MANY, USERS, SECONDS = 100_000, 50, 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=sorted(BENCHES), help="量什么")
    parser.add_argument("--needs", type=Path, metavar="N", help="matching、learning：需求表")
    parser.add_argument("--achievements", type=Path, metavar="A", help="matching、learning：成果表")
    parser.add_argument(
        "--judgements", type=Path, metavar="J", help="matching、learning：判断：need_id, achievement_id, level 1–4"
    )
    parser.add_argument(
        "--sizes", default=SIZES, help=f"matching、learning：合成文档的条数，逗号分隔（默认 {SIZES}；空着就不做）"
    )
    parser.add_argument("--firms", type=int, default=FIRMS, help=f"policy：企业数（默认 {FIRMS:,}）")
    parser.add_argument("--many", type=int, default=MANY, help=f"load：成果数（默认 {MANY:,}）")
    parser.add_argument("--users", type=int, default=USERS, help=f"load：同时有几个用户（默认 {USERS}）")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"load：多久（默认 {SECONDS} 秒）")
    parser.add_argument("--write", action="store_true", help=f"写入 {PAGES.relative_to(ROOT)}/")


def sizes(text: str) -> list[int]:
    """Raises ValueError for what is no number of documents."""
    found = [int(part) for part in text.split(",") if part.strip()]
    if any(not 1_000 <= n <= 10_000_000 for n in found):
        raise ValueError("每个条数应在 1,000 到 10,000,000 之间")
    return found


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with one sentence on standard error."""
    if not (ROOT / "bench" / "matching.py").exists():
        print("测量程序在代码仓库的 bench/ 里，安装包里没有；请在仓库里运行", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    return BENCHES[args.what](args)


def matching(args: argparse.Namespace) -> int:
    """The main job: quality and speed, and how they grow."""
    files = {"--needs": args.needs, "--achievements": args.achievements, "--judgements": args.judgements}
    if missing := [f"{name} {path or ''}".strip() for name, path in files.items() if not (path and path.is_file())]:
        print("没有给出，或没有这个文件：" + "、".join(missing), file=sys.stderr)
        return 2
    try:
        wanted = sizes(args.sizes)
    except ValueError as why:
        print(f"--sizes {args.sizes}：{why}", file=sys.stderr)
        return 2
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


def policy(args: argparse.Namespace) -> int:
    """One rule for many firms, beside OpenFisca-Core."""
    bench = importlib.import_module("bench.policy")
    text = bench.table(bench.measure(args.firms), args.firms)
    print(text)
    if args.write:
        head = f"{date.today()}，{platform.machine()}，Python {platform.python_version()}，{args.firms:,} 家企业"  # noqa: DTZ011
        command = f"./run bench policy --firms {args.firms} --write"
        (PAGES / "policy.md").write_text(
            f"# ./run bench policy\n\n{head}。命令：`{command}`。\n\n{bench.__doc__}\n{text}\n", "utf-8"
        )
    return 0


def fund(args: argparse.Namespace) -> int:
    """Payments a second, beside django-hordak."""
    bench = importlib.import_module("bench.fund")
    try:
        lines = bench.measure()
    except subprocess.CalledProcessError as why:
        print(f"django-hordak 装不上（{why}）；比较需要能访问软件源", file=sys.stderr)
        return 2
    print(bench.table(lines))
    if args.write:
        (PAGES / "fund.md").write_text(bench.page(lines), "utf-8")
    return 0


def load(args: argparse.Namespace) -> int:
    """Clerks at work, all at once."""
    said = {"achievements": args.many, "users": args.users, "seconds": args.seconds}
    with importlib.import_module("bench.scratch").scratch_database():
        django.setup()
        bench = importlib.import_module("bench.load")
        try:
            rows = bench.measure(**said)
        except subprocess.CalledProcessError as why:
            print(f"locust 装不上，或没有跑完（{why}）；需要能访问软件源", file=sys.stderr)
            return 2
    print(bench.table(rows))
    if args.write:
        command = f"./run bench load --many {args.many} --users {args.users} --seconds {args.seconds} --write"
        (PAGES / "load.md").write_text(bench.page(rows, command, **said), "utf-8")
    return 0


def learning(args: argparse.Namespace) -> int:
    """What judgements teach, and what it costs a search."""
    files = {"--needs": args.needs, "--achievements": args.achievements, "--judgements": args.judgements}
    if missing := [name for name, path in files.items() if not (path and path.is_file())]:
        print("没有给出，或没有这个文件：" + "、".join(missing), file=sys.stderr)
        return 2
    given = {"needs": args.needs, "achievements": args.achievements, "judged": args.judgements}
    with importlib.import_module("bench.scratch").scratch_database():
        django.setup()
        bench = importlib.import_module("bench.learning")
        report = bench.measure(**given, sizes=sizes(args.sizes))
        print(bench.table(report))
        if args.write:
            names = " ".join(f"{name} {path.name}" for name, path in files.items())
            command = f"./run bench learning {names} --sizes {args.sizes} --write"
            (PAGES / "learning.md").write_text(bench.page(report, command), "utf-8")
    return 0


def procedure(args: argparse.Namespace) -> int:
    """The pages of officers in a city of five years."""
    with importlib.import_module("bench.scratch").scratch_database():
        django.setup()
        bench = importlib.import_module("bench.procedure")
        small, big, said = bench.measure()
    print(bench.table(small, big))
    print("\n".join([*said, bench.summary(big)]))
    if args.write:
        page = bench.page(small, big, said, "./run bench procedure --write")
        (PAGES / "procedure.md").write_text(page, "utf-8")
    return 0


BENCHES: dict[str, Callable[[argparse.Namespace], int]] = {
    "fund": fund, "learning": learning, "load": load, "matching": matching, "policy": policy,
    "procedure": procedure,
}  # fmt: skip
