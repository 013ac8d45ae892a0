"""`./run match`: two sheets in, one sheet of matches out."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from triplehelix.doors.cli.sheets import Refusal, add_encoder, bars, encoder_of, file_in_folder, reporter, sheet, told
from triplehelix.foundation.sheet import Sheet, write_csv, write_xlsx
from triplehelix.foundation.sheet.write import Written
from triplehelix.foundation.text import spans
from triplehelix.matching.files import Item, Match, Matcher

SUMMARY = 5
EXPLAINED = 10
COLUMNS = {"title": "title", "content": "text", "keywords": "keywords"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--needs", required=True, type=Path, metavar="N", help="需求表（csv、xlsx、xls）")
    parser.add_argument("--achievements", required=True, type=Path, metavar="A", help="成果表（csv、xlsx、xls）")
    parser.add_argument("--out", type=Path, metavar="M", help="结果（.csv 或 .xlsx）")
    parser.add_argument("--top", type=int, default=50, help="每条需求给出多少项成果（默认 50）")
    parser.add_argument("--explain", metavar="ID", help="在终端里细看一条需求的结果")
    parser.add_argument("--fields", default="", help="只用需求的这些列：title,content,keywords（默认有什么用什么）")
    add_encoder(parser)


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with one sentence on standard error."""
    return told(_run, args)


def _run(args: argparse.Namespace) -> None:
    if args.top < 1:
        raise Refusal("--top 至少为 1")
    if not args.out and not args.explain:
        raise Refusal("请用 --out 写明结果放在哪里（.csv 或 .xlsx），或用 --explain 编号 在终端里看")
    if args.out:
        file_in_folder(args.out, (".csv", ".xlsx"))
    needs = sheet(args.needs, _columns(args.fields))
    achievements = sheet(args.achievements)
    chosen = [need for need in needs if not args.explain or need.id == args.explain]
    if not chosen:
        raise Refusal(f"需求表里没有编号 {args.explain}")
    console = Console(stderr=True)
    with bars(console) as shown:
        encoder = encoder_of(args.encoder)
        if encoder is None:
            console.print("没有使用编码器：只按词对接，意思相近而用词不同的成果找不到。")
        matcher = Matcher(achievements, encoder, reporter(shown))
        found = list(_each(shown, needs, matcher.match(needs, min(args.top, len(achievements)))))
    if args.explain:
        by_id = dict(zip((need.id for need in needs), found, strict=True))
        _show(matcher, chosen[0], by_id[args.explain])
    if args.out:
        _write(args.out, matcher, needs, found)
        console.print(f"{len(needs)} 条需求 × {len(achievements)} 项成果 → {args.out}")


def _columns(given: str) -> tuple[str, ...]:
    names = [name.strip() for name in given.split(",") if name.strip()]
    if unknown := [name for name in names if name not in COLUMNS]:
        raise Refusal(f"--fields 不认识 {'、'.join(unknown)}；可写 title、content、keywords，用逗号隔开")
    return tuple(COLUMNS[name] for name in names)


def _each(shown: Progress, needs: list[Item], found: Iterator[list[Match]]) -> Iterator[list[Match]]:
    task = shown.add_task("对接", total=len(needs))
    for matches in found:
        shown.advance(task)
        yield matches


def _write(path: Path, matcher: Matcher, needs: list[Item], found: list[list[Match]]) -> None:
    if path.suffix.lower() == ".csv":
        headings = ("need_id", "achievement_id", "rank", "score", "why")
        path.write_bytes(write_csv(headings, _csv_rows(matcher, needs, found)))
    else:
        path.write_bytes(write_xlsx([_all_sheet(matcher, needs, found), _summary_sheet(matcher, needs, found)]))


def _csv_rows(matcher: Matcher, needs: list[Item], found: list[list[Match]]) -> Iterator[tuple[Written, ...]]:
    for need, matches in zip(needs, found, strict=True):
        for match in matches:
            why = matcher.explain(need, match).why
            yield need.id, matcher.achievements[match.row].id, match.rank, round(match.score, 4), why


def _extra(items: list[Item], what: str) -> list[str]:
    return [f"{what}·{name}" for name in (items[0].more if items else ())]


def _all_sheet(matcher: Matcher, needs: list[Item], found: list[list[Match]]) -> Sheet:
    def rows() -> Iterable[tuple[Written, ...]]:
        for need, matches in zip(needs, found, strict=True):
            twins = matcher.twins(matches[: 2 * SUMMARY])
            for match in matches:
                item, better = matcher.achievements[match.row], twins.get(match.row)
                same = matcher.achievements[better].id if better is not None else ""
                why = matcher.explain(need, match).why
                fixed = (need.id, need.title, match.rank, item.id, item.title, round(match.score, 3), why, same)
                yield (*fixed, *need.more.values(), *item.more.values())

    headings = ["需求编号", "需求", "名次", "成果编号", "成果", "得分", "理由", "与之相同"]
    headings += _extra(needs, "需求") + _extra(list(matcher.achievements), "成果")
    return Sheet("全部匹配", headings, rows(), wrap=("理由",))


def _summary_sheet(matcher: Matcher, needs: list[Item], found: list[list[Match]]) -> Sheet:
    """For printing: each need once, its five best different achievements below."""

    def rows() -> Iterable[tuple[Written, ...]]:
        for need, matches in zip(needs, found, strict=True):
            yield need.id, need.title, "", ""
            twins = matcher.twins(matches[: 3 * SUMMARY])
            for match in [m for m in matches if m.row not in twins][:SUMMARY]:
                item = matcher.achievements[match.row]
                yield f"  {match.rank}", item.title, item.id, matcher.explain(need, match).why

    headings = ["需求／名次", "需求／成果", "成果编号", "理由"]
    return Sheet("摘要", headings, rows(), widths=(12, 44, 14, 60), wrap=headings[1::2])


def _show(matcher: Matcher, need: Item, matches: list[Match]) -> None:
    """One need's hits in the terminal, shared words marked."""
    console = Console()
    console.rule(f"{need.id}  {need.title}")
    if need.text:
        console.print(need.text[:600])
    twins = matcher.twins(matches[:EXPLAINED])
    for match in matches[:EXPLAINED]:
        item, said = matcher.achievements[match.row], matcher.explain(need, match)
        title = Text(f"{match.rank:>3}  {match.score:6.2f}  {item.id}  ")
        title.append_text(_marked(item.title, said.terms))
        if match.row in twins:
            title.append(f"  （与 {matcher.achievements[twins[match.row]].id} 相同）", style="dim")
        console.print(title)
        console.print(Text(f"     {said.why}", style="dim"))


def _marked(text: str, terms: tuple[str, ...]) -> Text:
    marked = Text(text)
    for start, end in spans(text, terms):
        marked.stylize("bold reverse", start, end)
    return marked
