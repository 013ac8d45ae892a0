"""`./run verify`: recompute the trail and the fund; compare lists, rounds, cases, decisions, scores, sales, finance,
notices, objections, settings, orders, offices, memberships and files with what it says; name what is not right."""

import argparse
import sys
import time

import django

SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seal",
        action="append",
        default=[],
        metavar="N:ROOT",
        help="另处记下的封存根（编号:十六进制），可写多次；用来发现整段被替换",
    )
    parser.add_argument("--skip-files", action="store_true", help="不读材料的内容，只核对登记；材料多时先快查一遍")
    parser.add_argument("--all", action="store_true", help=f"列出全部问题（默认前 {SHOWN} 条）")


def noted(given: list[str]) -> dict[int, str]:
    """`--seal 12:9f86…` as {12: "9f86…"}. Raises SystemExit (2) for anything else."""
    found = {}
    for one in given:
        number, _colon, root = one.partition(":")
        if not number.isdecimal() or len(root) != 64 or set(root.lower()) - set("0123456789abcdef"):
            print(f"--seal 应写作 编号:64 位十六进制，现在是 {one}", file=sys.stderr)
            raise SystemExit(2)
        found[int(number)] = root
    return found


def run(args: argparse.Namespace) -> int:
    """0: the trail is whole, and books, lists, cases, notices, settings, orders and files are as it tells; 1: they are
    not, each problem on a line of its own. On a trail that is not whole nothing else is compared."""
    expected = noted(args.seal)
    django.setup()
    # Imported after django.setup(): these are tables.
    from triplehelix.doors.cli.compared import bar, compared, whole
    from triplehelix.records.trail.models import Entry, Seal
    from triplehelix.records.trail.verify import verify

    started = time.monotonic()
    with bar("核验留痕") as progress:
        task = progress.add_task("verify", total=None)
        problems = verify(
            expected=expected, progress=lambda done, total: progress.update(task, completed=done, total=total)
        )
    if problems:
        return _wrong("留痕", [problem.message for problem in problems], args.all)
    if wrong := [(what, found) for what, found in compared(not args.skip_files) if found]:
        return max(_wrong(what, found, args.all) for what, found in wrong)
    last = Seal.objects.order_by("n").last()
    took = time.monotonic() - started
    print(f"留痕完整：{Entry.objects.count()} 行，{Seal.objects.count()} 次封存，用时 {took:.1f} 秒。")
    if last is not None:
        print(f"最近一次封存 {last.n}:{bytes(last.root).hex()}（{last.day}）。请把它记在别处，以后用 --seal 核对。")
    for line in whole(not args.skip_files):
        print(line)
    return 0


def _wrong(what: str, problems: list[str], every: bool) -> int:
    """Say what is wrong, the first ones or all."""
    shown = problems if every else problems[:SHOWN]
    print(f"{what}有 {len(problems)} 处不符；第一处：{problems[0]}")
    for problem in shown:
        print(f"  {problem}")
    if len(shown) < len(problems):
        print(f"  …另有 {len(problems) - len(shown)} 处，用 --all 全部列出")
    return 1
