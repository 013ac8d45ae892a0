"""The table of a measurement, and the page it is kept on."""

import os
import platform
import statistics as stats
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.utils import timezone

from bench.quality import Quality
from bench.synthetic import MEDIAN_WORDS
from bench.systems import one

WARM, ASKED, COMPARED = 20, 200, 50
#: PostgreSQL's full text ranks every document that holds any of the words: at a million, seconds for one question.
ASKED_SLOW = 20
SLOW_FROM = 500_000


@dataclass
class Line:
    """One row of the table; what does not apply stays empty."""

    documents: int
    system: str
    quality: Quality | None = None
    times: list[float] = field(default_factory=list)
    per_second: float = 0.0
    size: float = 0.0
    lexical: float | None = None
    dense: float | None = None


def table(lines: list[Line]) -> str:
    """Markdown, one row a system and size."""
    head = [
        "文档",
        "系统",
        "nDCG@10",
        "MRR@10",
        "R@50",
        "p50 ms",
        "p95 ms",
        "收入 条/秒",
        "字节/条",
        "词召回@10",
        "向量召回@10",
    ]
    rows = [head, ["---:" if i != 1 else "---" for i in range(len(head))]]
    for line in lines:
        found = line.quality
        rows.append(
            [
                f"{line.documents:,}", line.system,
                *([f"{found.ndcg10:.4f}", f"{found.mrr10:.4f}", f"{found.recall50:.4f}"] if found else ["–"] * 3),
                f"{stats.median(line.times) * 1e3:.1f}", f"{np.percentile(line.times, 95) * 1e3:.1f}",
                f"{line.per_second:,.0f}" if line.per_second else "–", f"{line.size:,.0f}",
                "–" if line.lexical is None else f"{line.lexical:.4f}",
                "–" if line.dense is None else f"{line.dense:.4f}",
            ]
        )  # fmt: skip
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def machine() -> str:
    """What it ran on, in one line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = found[0] if found else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    server = str(one("SHOW server_version")).split()[0]
    vector = one("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    return (
        f"{model}，{os.cpu_count()} 核，{memory:.0f} GiB；PostgreSQL {server}"
        f"（shared_buffers {one('SHOW shared_buffers')}），pgvector {vector}，Python {platform.python_version()}，"
        f"结束时系统负载 {os.getloadavg()[2]:.1f}"
    )


def page(lines: list[Line], command: str, took: float) -> str:
    """docs/bench/matching.md."""
    return f"""# 对接：并排测量

{timezone.localdate():%Y-%m-%d} · {machine()} · {took / 60:.0f} 分钟 · `{command}`

{table(lines)}

How to read it.

- One client; a question's time is the whole of it: cutting into words, encoding (nothing is encoded beforehand), both
  legs, scoring, near-duplicates, and the reasons for twenty hits. The other systems only rank, and of them only
  "只用向量" encodes. Each of them was asked by title alone and by title and text; the better is shown.
- The first four rows are the given files; quality as in `bench/quality.py`. A given need has a title and a page of
  text, which takes longer to encode than the sentence of 4 to 12 words that is asked of the synthetic collections.
- 收入 counts everything from text to a built index, except in the synthetic rows, whose documents come with their terms
  and vectors: there it is PostgreSQL's part alone.
- 字节/条 is table, indexes and statistics on disk (of "bm25s" its arrays in memory; of "只用向量" the vectors and their
  graph). The synthetic texts have about {MEDIAN_WORDS} words.
- Recall: how many of the exact first ten the leg finds, {COMPARED} questions, against a scan of every document.
- PostgreSQL's full text ranks every document that holds any word of the question; from {SLOW_FROM:,} documents it was
  asked only {ASKED_SLOW} questions.
"""
