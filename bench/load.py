"""`./run bench load`: clerks at work on a site with many achievements, all on this machine.

The demo city, grown to N achievements with made-up texts; the site as `./run serve` starts it, its worker beside it;
locust's users in a process of their own, on the same cores. Everybody signs in, then reads, searches and posts with
pauses between the clicks; figures begin when all have signed in. A question of a user is never prepared: the encoder
works for each new one.
"""

import asyncio
import csv
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from bench.apart import environment
from bench.synthetic import Collection
from bench.systems import MEMORY
from triplehelix.config.processes import demo
from triplehelix.config.processes.children import Children
from triplehelix.config.processes.serve import prepare, taken_port, web_command
from triplehelix.doors.cli import city
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.matching import current
from triplehelix.matching.index import rebuild, schema, statistics, vectors, write
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation
from triplehelix.records.trail import followers

ROOT = Path(__file__).resolve().parents[1]
WANTED = ("locust==2.47.0",)
PASSWORD = "load-2026-clerk"
PAUSE = (1.0, 5.0)
FIELD = "先进制造"
BATCH = 5_000


@dataclass(frozen=True)
class Row:
    """One kind of page, as locust counted it; times in milliseconds."""

    name: str
    asked: int
    failed: int
    p50: float
    p95: float
    p99: float
    most: float
    per_second: float


def measure(*, achievements: int, users: int, seconds: int) -> list[Row]:
    """Inside a scratch database, before Django is set up by anybody else. Raises CalledProcessError without locust."""
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder), WANTED)
        os.environ["TRIPLEHELIX_CITY"] = str(demo.CITY / "city.toml")
        prepare()
        given = _site(achievements, users)
        file = Path(folder) / "load.json"
        file.write_text(json.dumps(given, ensure_ascii=False), "utf-8")
        connection.close()
        with taken_port("127.0.0.1", 0) as held, Children() as children:
            port = held.getsockname()[1]
            children.start("worker", [sys.executable, "-m", "triplehelix", "worker"], os.environ, comes_after=True)
            children.start("web", web_command("127.0.0.1", port, 2), os.environ)
            url = f"http://127.0.0.1:{port}"
            if not demo.wait_for(url, children):
                raise RuntimeError("the site did not start")
            return _asked(python, url, file, users=users, seconds=seconds)


def _site(achievements: int, users: int) -> dict[str, Any]:
    """The city and its growth; what the users need to know of it."""
    now = timezone.now()
    city.load(demo.CITY, now=now, progress=say)
    while followers.drain_all():
        pass
    asyncio.run(_worked_off())
    rebuild.catch_up(now=now)
    texts = list(Achievement.objects.values_list("text", flat=True)) + list(Need.objects.values_list("text", flat=True))
    numbers = _grow(texts, achievements - Achievement.objects.count())
    needs = Need.objects.filter(state="published")
    return {
        "accounts": _accounts(users, now),
        "questions": [quote(question) for question in _questions(needs)],
        "texts": [text[:400] for text in texts],
        "needs": list(needs.values_list("pk", flat=True)),
        "achievements": random.Random(7).sample(numbers, min(2_000, len(numbers))),
        "field": FIELD,
        "pause": PAUSE,
        "seed": 7,
    }


async def _worked_off() -> None:
    """What the city leaves to the worker is done before it grows: saying to every peer 100,000 listings that came past
    the actions, all in the minutes of the measure, is no part of a day's work."""
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        async with working.open_async():
            await working.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="successful")


def say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", file=sys.stderr, flush=True)


def _questions(needs: Iterable[Need]) -> list[str]:
    """Titles and first clauses of needs: what somebody would type."""
    found = []
    for need in needs:
        found.append(need.title)
        found += [part.strip() for part in need.text.replace("；", "，").replace("。", "，").split("，")[:6] if part]
    return [question for question in found if 6 <= len(question) <= 60]


def _grow(texts: list[str], more: int) -> list[int]:
    """So many published achievements of the institutes, in the tables and in the index. Returns their numbers."""
    encoder = current.encoder()
    assert encoder is not None
    collection = Collection(texts, more)
    holders = list(Organisation.objects.exclude(type="政府部门").filter(ending="").order_by("pk"))
    made: list[int] = []
    with schema.built_after(Achievement.kind, memory=MEMORY):
        for some in _batches(collection.documents(encoder.name)):
            rows = Achievement.objects.bulk_create([_listing(one, holders) for one in some])
            made += [row.pk for row in rows]
            placed = (_placed(one, row) for one, row in zip(some, rows, strict=True))
            write.copy(placed, collection.average, timezone.now())
            say(f"{len(made):,} / {more:,} 项成果")
    statistics.recount(Achievement.kind)
    vectors.survey(Achievement.kind, encoder.name, encoder.dim, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return made


def _batches(documents: Iterator[write.Made]) -> Iterator[list[write.Made]]:
    batch: list[write.Made] = []
    for one in documents:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _listing(one: write.Made, holders: list[Organisation]) -> Achievement:
    content, now = one.content, timezone.now()
    holder = holders[content.subject_id % len(holders)]
    at = now - timedelta(minutes=content.subject_id % 200_000)
    return Achievement(
        organisation=holder, title=content.title[:120], text=content.text or content.title, field=FIELD,
        chain=content.chain, region=holder.region, state="published", published_at=at,
        valid_until=now + timedelta(days=180), created_at=at, changed_at=at,
    )  # fmt: skip


def _placed(one: write.Made, row: Achievement) -> write.Made:
    content = replace(
        one.content,
        subject_id=row.pk,
        holder=row.organisation.name,
        organisation=row.organisation_id,
        region=row.region,
    )
    return replace(one, content=content)


def _accounts(users: int, now: Any) -> list[tuple[str, str]]:
    firms = list(Organisation.objects.filter(type="企业", ending="").order_by("pk"))
    found = []
    for n in range(users):
        email = f"load{n}@example.com"
        account = parties.create_account(email=email, name=f"办事员{n}", password=PASSWORD, actor=None, now=now)
        parties.add_member(
            account=account, organisation=firms[n % len(firms)], role="admin",
            since=(now - timedelta(days=9)).date(), actor=None, now=now,
        )  # fmt: skip
        found.append((email, PASSWORD))
    return found


def _asked(python: Path, url: str, file: Path, *, users: int, seconds: int) -> list[Row]:
    """Locust's own figures, after everybody has signed in."""
    out = file.with_name("locust")
    rate = 0.45  # a second: one address may try to sign in thirty times a minute
    command = [
        str(python), "-m", "locust", "--headless", "-f", str(ROOT / "bench" / "load_users.py"), "-H", url,
        "-u", str(users), "-r", str(rate), "-t", f"{seconds + int(users / rate) + 5}s",
        "--reset-stats", "--csv", str(out),
        "--only-summary", "--exit-code-on-error", "0",
    ]  # fmt: skip
    subprocess.run(command, check=True, env=os.environ | {"LOAD": str(file)}, stdout=sys.stderr)
    with Path(f"{out}_failures.csv").open(encoding="utf-8") as failures:
        for row in csv.DictReader(failures):
            say(f"{row['Name']}：{row['Error'][:200]}，{row['Occurrences']} 次")
    with Path(f"{out}_stats.csv").open(encoding="utf-8") as stats:
        return [_row(row) for row in csv.DictReader(stats)]


def _row(row: dict[str, str]) -> Row:
    return Row(
        name="合计" if row["Name"] == "Aggregated" else f"{row['Name']}（{row['Type']}）",
        asked=int(row["Request Count"]),
        failed=int(row["Failure Count"]),
        p50=float(row["50%"]),
        p95=float(row["95%"]),
        p99=float(row["99%"]),
        most=float(row["Max Response Time"]),
        per_second=float(row["Requests/s"]),
    )


def table(rows: list[Row]) -> str:
    """Markdown, slowest kind of page first, the whole last."""
    ordered = sorted(rows, key=lambda row: (row.name == "合计", -row.p95))
    head = ("页面", "次数", "失败", "p50 ms", "p95 ms", "p99 ms", "最慢 ms", "次/秒")
    shown = [f"| {' | '.join(head)} |", "| --- " + "| ---: " * 7 + "|"]
    for row in ordered:
        cells = [row.name, f"{row.asked:,}", str(row.failed)]
        cells += [f"{one:,.0f}" for one in (row.p50, row.p95, row.p99, row.most)]
        shown.append(f"| {' | '.join([*cells, f'{row.per_second:.1f}'])} |")
    return "\n".join(shown)


def page(rows: list[Row], command: str, *, achievements: int, users: int, seconds: int) -> str:
    """docs/bench/load.md."""
    machine = f"{platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}"
    pause = f"每次点击之间 {PAUSE[0]:.0f}–{PAUSE[1]:.0f} 秒"
    head = f"{date.today()}，{machine}，{achievements:,} 项成果，{users} 个用户同时，{pause}，{seconds} 秒"  # noqa: DTZ011
    head += f"，测完时五分钟平均负载 {os.getloadavg()[1]:.1f}"
    return f"# ./run bench load\n\n{head}。命令：`{command}`。\n\n{__doc__}\n{table(rows)}\n"
