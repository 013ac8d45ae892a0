"""`./run bench fund`: payments from the promise to the bank's answer, ours beside django-hordak, in one run.

Each side is a process with a database of its own on the same PostgreSQL; rounds take turns. A payment is promised,
ordered, and paid by a bank file of 50. django-hordak keeps double entry alone: once as its manual shows it, once with
the account locked and its balance asked before every transfer, which is what keeps it from overspending. Ours besides
keeps the keys that pay once, counters, accounts of payees, batches, and the hashed trail. All money goes through one
purse.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

import psycopg

from bench.apart import database, environment
from triplehelix.config.database import from_url

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, COUNT = 7, 200
#: Clients at once, and how many payments are made beforehand, so that the ledger is long.
STAGES = ((1, 0), (4, 0), (1, 5_000))
OURS = "三螺旋 Triple Helix"
PLAIN, CHECKED = "django-hordak，只记账", "django-hordak，锁住账户、核对余额"
WANTED = ("django-hordak==2.0.0", "psycopg[binary]")


@dataclass(frozen=True)
class Line:
    """One row: what a system did with so many clients, a figure for each round."""

    system: str
    clients: int
    made: int
    speeds: list[float]
    statements: float
    bytes: float


class Side:
    """One process that pays when told."""

    def __init__(self, system: str, command: list[str], env: Mapping[str, str]) -> None:
        self.system, self.first = system, 0
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer()

    def pay(self, clients: int, count: int = COUNT) -> dict[str, float]:
        said = {"first": self.first, "count": count, "clients": clients}
        self.first += count
        _pipe(self.process.stdin).write(json.dumps(said) + "\n")
        _pipe(self.process.stdin).flush()
        return self._answer()

    def _answer(self) -> dict[str, float]:
        line = _pipe(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self.system} ended with {self.process.wait()}")
        return dict(json.loads(line))

    def end(self) -> None:
        _pipe(self.process.stdin).close()
        self.process.wait()
        _pipe(self.process.stdout).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _sides(stack: ExitStack, folder: Path) -> list[Side]:
    env = os.environ | {"DATABASE_URL": stack.enter_context(database("ours"))}
    sides = [Side(OURS, [sys.executable, "-m", "bench.fund_ours"], env)]
    stack.callback(sides[0].end)
    python = environment(folder, WANTED)
    for system, checks in ((PLAIN, "0"), (CHECKED, "1")):
        setting = from_url(stack.enter_context(database(f"hordak{checks}")))
        env = {"PATH": os.environ["PATH"], "HORDAK_DATABASE": json.dumps(setting), "HORDAK_CHECKS": checks}
        sides.append(Side(system, [str(python), "-m", "bench.fund_hordak"], env))
        stack.callback(sides[-1].end)
    return sides


def measure() -> list[Line]:
    """All sides in turn, stage by stage: a round to warm up, then the rounds that count."""
    found = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sides = _sides(stack, Path(folder))
        for clients, more in STAGES:
            for side in sides:
                side.pay(1, COUNT + more)
            made = sides[0].first
            rounds = [[side.pay(clients) for side in sides] for _ in range(ROUNDS)]
            found += [
                _line(side.system, clients, made, list(answers))
                for side, answers in zip(sides, zip(*rounds, strict=True), strict=True)
            ]
    return found


def _line(system: str, clients: int, made: int, answers: list[dict[str, float]]) -> Line:
    return Line(
        system,
        clients,
        made,
        [COUNT / one["seconds"] for one in answers],
        statistics.median(one["statements"] for one in answers) / COUNT,
        sum(one["bytes"] for one in answers) / COUNT / len(answers),
    )


def table(lines: list[Line]) -> str:
    """Markdown: medians of the rounds."""
    heads = ("账上已有", "同时办理", "系统", "笔/秒，中位数", "最慢–最快", "语句/笔", "KB/笔")
    shown = [f"| {' | '.join(heads)} |", "| ---: | ---: | --- " + "| ---: " * 4 + "|"]
    for one in lines:
        cells = (
            f"{one.made:,}", str(one.clients), one.system, f"{statistics.median(one.speeds):,.0f}",
            f"{min(one.speeds):,.0f}–{max(one.speeds):,.0f}",
            f"{one.statements:.1f}" if one.clients == 1 else "–", f"{one.bytes / 1024:.1f}",
        )  # fmt: skip
        shown.append(f"| {' | '.join(cells)} |")
    return "\n".join(shown)


def page(lines: list[Line]) -> str:
    """The table with its day and machine."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        version = server.info.server_version // 10_000
    machine = f"{platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}，PostgreSQL {version}"
    head = f"{date.today()}，{machine}，每轮 {COUNT} 笔，{ROUNDS} 轮，测完时五分钟平均负载 {os.getloadavg()[1]:.1f}"  # noqa: DTZ011
    return f"# ./run bench fund\n\n{head}。命令：`./run bench fund --write`。\n\n{__doc__}\n{table(lines)}\n"
