"""`./run relate`: pairs in, a level 1 unrelated … 4 strong for each and how likely each level is, out."""

import argparse
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Shown

from triplehelix.doors.cli.sheets import (
    Refusal,
    add_encoder,
    bars,
    encoder_of,
    file_in_folder,
    judgements,
    pairs,
    reporter,
    sheet,
    told,
)
from triplehelix.foundation.sheet import Sheet, write_csv, write_xlsx
from triplehelix.matching.encode import Cached
from triplehelix.matching.learn import model
from triplehelix.matching.learn.judged import Pairs
from triplehelix.matching.learn.levels import Floats, decide
from triplehelix.matching.learn.rank import NAMES, Ranker
from triplehelix.matching.learn.rank import Trained as Ranking
from triplehelix.matching.learn.sides import Progress
from triplehelix.matching.learn.train import FOLDS, Sheets, chances, evaluate, train, zero_shot

HEADINGS = ("need_id", "achievement_id", "level", "p1", "p2", "p3", "p4")
SAID = {"by_need": f"按需求 {FOLDS} 折", "plain": f"按等级分层 {FOLDS} 折"}
METHODS = {"constant": "恒定等级", "zero_shot": "零样本", "learned": "学习后"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    need = "need_id、need_title、need_content、achievement_id、achievement_title，可有 achievement_content"
    parser.add_argument("--pairs", type=Path, metavar="P", help=f"要判断的对子：{need}（csv、xlsx、xls）")
    parser.add_argument("--out", type=Path, metavar="O", help="结果（.csv 或 .xlsx）")
    parser.add_argument("--model", type=Path, metavar="MODEL", help="./run learn 学出的模型")
    parser.add_argument("--judgements", type=Path, metavar="J", help="评判：现学现用")
    parser.add_argument("--needs", type=Path, metavar="N", help="评判所说的需求表")
    parser.add_argument("--achievements", type=Path, metavar="A", help="评判所说的成果表")
    parser.add_argument("--evaluate", action="store_true", help="用评判量一量有多准：1/(1+平均绝对误差)")
    add_encoder(parser)


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with one sentence on standard error."""
    return told(_run, args)


def _run(args: argparse.Namespace) -> None:
    _check(args)
    console = Console(stderr=True)
    given = pairs(args.pairs) if args.pairs else None
    with bars(console) as shown:
        encoder, report = encoder_of(args.encoder), reporter(shown)
        if args.evaluate:
            _show(*_sheets(args, encoder, report), console)
        if given is None:
            return
        found = _chances(args, given, encoder, report)
    if args.out:
        _write(args.out, given, found)
        console.print(f"{len(given.rows)} 对 → {args.out}（{_how(args)}）")


def _check(args: argparse.Namespace) -> None:
    sheets = [name for name in ("judgements", "needs", "achievements") if getattr(args, name)]
    if sheets and len(sheets) < 3:
        raise Refusal("评判要与它的需求表、成果表一起给：--judgements、--needs、--achievements")
    if args.evaluate and not sheets:
        raise Refusal("--evaluate 需要 --judgements、--needs、--achievements")
    if args.model and sheets and not args.evaluate:
        raise Refusal("--model 与 --judgements 只给一样：用学好的，或现学")
    if not args.evaluate and not (args.pairs and args.out):
        raise Refusal("请给 --pairs 和 --out，或用 --evaluate")
    if bool(args.pairs) != bool(args.out):
        raise Refusal("--pairs 与 --out 要一起给")
    if args.out:
        file_in_folder(args.out, (".csv", ".xlsx"))


def _how(args: argparse.Namespace) -> str:
    if args.model:
        return f"模型 {args.model.name}"
    return "由评判学出" if args.judgements else "零样本，没有评判"


def _sheets(args: argparse.Namespace, encoder: Cached | None, report: Progress) -> tuple[Sheets, Pairs]:
    needs, achievements = sheet(args.needs), sheet(args.achievements)
    judged = judgements(args.judgements, needs, achievements)
    return Sheets.of(needs, achievements, encoder, report), judged


def _chances(args: argparse.Namespace, given: Pairs, encoder: Cached | None, report: Progress) -> Floats:
    if args.model:
        name = encoder.name if encoder else "none"
        return chances(model.read(args.model, name), given, encoder, report)
    if args.judgements:
        sheets, judged = _sheets(args, encoder, report)
        learned = train(sheets, judged, Ranking(Ranker(NAMES, np.zeros(len(NAMES)), "只学等级")))
        return chances(learned, given, encoder, report)
    own = Sheets.of(given.needs, given.achievements, encoder, report)
    return zero_shot(own.ground, own.asked, own.offered, given.rows)


def _write(path: Path, given: Pairs, found: Floats) -> None:
    ids = [(given.needs[one].id, given.achievements[other].id) for one, other in given.rows]
    rows = [
        (*both, int(level), *(round(float(p), 4) for p in own))
        for both, level, own in zip(ids, decide(found), found, strict=True)
    ]
    if path.suffix.lower() == ".csv":
        path.write_bytes(write_csv(HEADINGS, rows))
    else:
        path.write_bytes(write_xlsx([Sheet("关联度", list(HEADINGS), rows)]))


def _show(sheets: Sheets, judged: Pairs, console: Console) -> None:
    begun = time.monotonic()
    found = evaluate(sheets, judged)
    shown = Shown(title="1/(1+平均绝对误差)，都在没学过的对子上")
    shown.add_column("")
    for heading in METHODS.values():
        shown.add_column(heading, justify="right")
    for name, values in found.items():
        shown.add_row(SAID[name], *(f"{values[method]:.4f}" for method in METHODS))
    Console(width=100).print(shown)
    console.print(f"{len(judged.levels)} 条评判，{2 * FOLDS} 次学习，{time.monotonic() - begun:.0f} 秒")
