"""`./run learn`: what judgements teach the ranking, told beside the ranking without them."""

import argparse
import time
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table as Shown

from triplehelix.doors.cli.sheets import (
    add_encoder,
    bars,
    encoder_of,
    file_in_folder,
    judgements,
    reporter,
    sheet,
    told,
)
from triplehelix.matching.learn import model
from triplehelix.matching.learn.metrics import Quality
from triplehelix.matching.learn.rank import Trained
from triplehelix.matching.learn.train import Sheets, enough, train, train_ranking


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judgements", required=True, type=Path, metavar="J", help="评判：need_id、achievement_id、level"
    )
    parser.add_argument("--needs", required=True, type=Path, metavar="N", help="需求表（csv、xlsx、xls）")
    parser.add_argument("--achievements", required=True, type=Path, metavar="A", help="成果表（csv、xlsx、xls）")
    parser.add_argument("--out", type=Path, metavar="MODEL", help="学出的模型放在哪里")
    add_encoder(parser)


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with one sentence on standard error."""
    return told(_run, args)


def _run(args: argparse.Namespace) -> None:
    if args.out:
        file_in_folder(args.out)
    begun = time.monotonic()
    needs, achievements = sheet(args.needs), sheet(args.achievements)
    judged = judgements(args.judgements, needs, achievements)
    console = Console(stderr=True)
    with bars(console) as shown:
        sheets = Sheets.of(needs, achievements, encoder_of(args.encoder), reporter(shown))
    trained = train_ranking(sheets, judged)
    _show(trained)
    if args.out:
        model.write(args.out, train(sheets, judged, trained))
        levels = "含等级" if enough(judged.levels) else "评判太少，不含等级"
        console.print(f"{len(judged.levels)} 条评判 → {args.out}（{levels}），{time.monotonic() - begun:.0f} 秒")


def _show(trained: Trained) -> None:
    shown = Shown(title="按需求五折：每条需求都由没见过它的模型排序，在全部成果中")
    shown.add_column("折")
    for heading in ("需求", "nDCG@10 零样本", "学习后", "MRR@10 零样本", "学习后", "R@50 零样本", "学习后"):
        shown.add_column(heading, justify="right")
    for number, (plain, learned) in enumerate(trained.folds, 1):
        shown.add_row(str(number), *_cells(plain, learned))
    if trained.folds:
        shown.add_row("合计", *_cells(*trained.total), style="bold")
    console = Console(width=110)
    if trained.folds:
        console.print(shown)
        plain, learned = trained.total
        if plain.ndcg:
            said = f"{trained.better} 条需求变好，{trained.worse} 条变差"
            console.print(f"nDCG@10 为零样本的 {learned.ndcg / plain.ndcg:.3f} 倍；{said}")
            ratios = "、".join(f"{ratio:.3f}" for ratio in trained.ratios)
            console.print(f"换 {len(trained.ratios)} 种分折，平均 {fmean(trained.ratios):.3f} 倍：{ratios}")
    if trained.ranker.thin:
        console.print(f"保留零样本的排序：{trained.ranker.thin}")


def _cells(plain: Quality, learned: Quality) -> list[str]:
    pairs = ((plain.ndcg, learned.ndcg), (plain.mrr, learned.mrr), (plain.recall, learned.recall))
    return [str(plain.needs), *(f"{value:.4f}" for pair in pairs for value in pair)]
