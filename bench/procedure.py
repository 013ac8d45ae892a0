"""`./run bench procedure`: the pages of officers and clerks in a city of five years, beside the demo city's.

Every page and API list that has an address of its own, and the fullest row of each kind of page, opened in this program
(no network, no other users) as each role of the demo city; the time is the median of some openings after a first,
queries are counted. Both cities are in one run, on one machine: 倍 is how many times longer the page takes. The fullest
row of the old city is fuller than the demo's: a round of 720 cases is not the round of 16.
"""

import logging
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone

from bench import grown, grown_fund, grown_trail
from bench.load import say
from triplehelix.config.processes import demo
from triplehelix.config.processes.serve import prepare
from triplehelix.doors.cli import city
from triplehelix.matching.index import rebuild
from triplehelix.records.parties.models import Account
from triplehelix.records.trail import followers

WHO = ("city", "county", "finance", "auditor", "expert", "manager", "university", "enterprise")
TIMES = 3
#: Pages that take so many milliseconds are opened less often.
SLOW = 1000
#: Not a page: signs out, waits, or goes to somebody else's site.
LEFT_OUT = re.compile("logout|worker.js|styleguide|docs|openapi|exchange-feed")
#: Opened by the first role that may.
ONCE = re.compile("^api|export|chart|needs/|achievements/|find|measure|lists|market|experts?$|check|compare")
#: The fullest row of a kind of page, and the first part of the addresses that show it.
FULLEST = {
    "round": "SELECT round_id FROM cases_case GROUP BY 1 ORDER BY count(*) DESC",
    "panel": "SELECT p.round_id FROM panels_seat s JOIN panels_panel p ON p.id = s.panel_id GROUP BY 1"
             " ORDER BY count(*) DESC",
    "case": "SELECT case_id FROM panels_seat GROUP BY 1 ORDER BY count(*) DESC, 1",
    "notice": "SELECT notice_id FROM notices_noticeitem GROUP BY 1 ORDER BY count(*) DESC",
    "batch": "SELECT batch_id FROM fund_payment WHERE batch_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC",
    "sale": "SELECT sale_id FROM contracts_contract ORDER BY 1",
    "introduction": "SELECT introduction_id FROM introductions_version GROUP BY 1 ORDER BY count(*) DESC, 1",
    "organisation": "SELECT seller_id FROM contracts_sale GROUP BY 1 ORDER BY count(*) DESC",
    "members": "SELECT organisation_id FROM parties_membership GROUP BY 1 ORDER BY count(*) DESC",
    "person": "SELECT expert_id FROM panels_seat GROUP BY 1 ORDER BY count(*) DESC",
    "opening": "SELECT id FROM openings_opening ORDER BY 1",
    "diagnosis": "SELECT id FROM diagnosis_diagnosis ORDER BY 1",
    "finance-case": "SELECT id FROM finance_application ORDER BY 1",
    "finance-lead": "SELECT id FROM finance_lead ORDER BY 1",
    "finance-product": "SELECT product_id FROM finance_application GROUP BY 1 ORDER BY count(*) DESC",
    "round-trial": "SELECT round_id FROM cases_case WHERE lane = 'entitled' GROUP BY 1 ORDER BY count(*) DESC",
    "round-change": "SELECT round_id FROM cases_case GROUP BY 1 ORDER BY count(*) DESC",
    "expert": "SELECT expert_id FROM experts_authorship GROUP BY 1 ORDER BY count(*) DESC",
    "organisation-edit": "SELECT seller_id FROM contracts_sale GROUP BY 1 ORDER BY count(*) DESC",
    "case-letter": "SELECT id FROM cases_case WHERE state = 'closed' ORDER BY 1",
}  # fmt: skip
#: Addresses that need words besides.
MORE = ("funnel/needs/", "funnel/paid/?of=happened", "funnel/landed/?of=happened", "mine/needs/", "mine/achievements/",
        "mine/achievements/confirm/", "needs/", "achievements/", "needs/export.xlsx", "lists/new/",
        "funnel/introduced/?of=happened", "terms/talent_ratio/", "cases/?q=2026", "organisations/?q=公司",
        "people/?q=王", "introductions/?q=树脂", "sales/?q=树脂")  # fmt: skip
#: Milliseconds that a page of an officer may take.
WANTED = 300
COUNTED = {
    "cases_case": "办件", "parties_organisation": "单位", "contracts_sale": "交易",
    "introductions_introduction": "引荐", "fund_payment": "支付单", "fund_movement": "资金流水", "panels_seat": "席位",
    "trail_entry": "留痕", "outbox_message": "通知",
}  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """One page as one role: milliseconds (median), queries, kilobytes of the answer."""

    who: str
    name: str
    ms: float
    queries: int
    kb: float


def pages() -> Iterator[tuple[str, str]]:
    """(its name, address): every page and call that takes no number, and the fullest rows."""
    for name, _pattern in _patterns():
        if not LEFT_OUT.search(name):
            try:
                yield name, reverse(name)
            except NoReverseMatch:
                if sql := FULLEST.get(name.removeprefix("web:")):
                    with connection.cursor() as cursor:
                        cursor.execute(f"{sql} LIMIT 1")
                        row = cursor.fetchone()
                    if row is not None:
                        more = {"kind": "decision"} if name.endswith("letter") else {}
                        yield name, reverse(name, kwargs={"pk": row[0], **more})
    for address in MORE:
        yield f"/{address}", f"/{address}"


def _patterns() -> Iterator[tuple[str, URLPattern]]:
    for space in ("web", "api-1.0.0", "api"):
        _prefix, resolver = get_resolver().namespace_dict.get(space, (None, None))
        for pattern in resolver.url_patterns if resolver else ():
            if isinstance(pattern, URLPattern) and pattern.name:
                yield f"{space}:{pattern.name}", pattern


def open_all() -> list[Opened]:
    """Each page as each role that may open it; what is alike for all, or takes long, as the first of them."""
    found = []
    every = dict(pages())
    for role in WHO:
        client = Client(raise_request_exception=False)
        client.force_login(Account.objects.get(email=f"{role}@example.com"))
        for name, address in every.items():
            if ONCE.search(name) and name in {one.name for one in found}:
                continue
            if (one := opened(client, role, name, address)) is not None:
                found.append(one)
    return found


def opened(client: Client, role: str, name: str, address: str) -> Opened | None:
    """None for a page the role has not."""
    answer = client.get(address)  # what a program reads once, it has read now
    if answer.status_code != 200:
        if answer.status_code >= 500:
            raise RuntimeError(f"{address} as {role}: {answer.status_code}")
        return None
    size = sum(map(len, answer)) if answer.streaming else len(answer.content)
    answer.close()
    with CaptureQueriesContext(connection) as asked:
        client.get(address).close()
    many = len(asked)  # asked now: the next request empties the log
    times: list[float] = []
    while len(times) < TIMES and not (times and times[0] > SLOW):
        start = time.perf_counter()
        again = client.get(address)
        if again.streaming:
            list(again)
        times.append((time.perf_counter() - start) * 1e3)
        again.close()
    return Opened(role, name, statistics.median(times), many, size / 1024)


def measure() -> tuple[list[Opened], list[Opened], list[str]]:
    """The demo city's pages, the old city's, and what else was measured, in lines. In a scratch database."""
    os.environ["TRIPLEHELIX_CITY"] = str(demo.CITY / "city.toml")
    prepare()
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.WARNING)
    city.load(demo.CITY, progress=say)
    while followers.drain_all():
        pass
    rebuild.catch_up(now=timezone.now())
    say("演示城市的页面…")
    small = open_all()
    said = grow()
    say("多年以后的页面…")
    return small, open_all(), [*said, *_checked()]


def grow() -> list[str]:
    """Five years on; how many rows of what, and how long it took, in lines."""
    start = time.monotonic()
    made = grown.tables()
    grown_fund.provide(made)
    rows = grown.copy(made)
    grown_fund.count()
    say(f"{rows:,} 行")
    entries = grown_trail.copy(made)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        many = []
        for table, name in COUNTED.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            many.append(f"{name} {cursor.fetchone()[0]:,}")
    return ["，".join(many), f"{rows:,} 行和 {entries:,} 行留痕，{time.monotonic() - start:.0f} 秒写成"]


def _checked() -> list[str]:
    """`./run verify` in its own program: whether all is as the trail says, its time, and the most memory it held."""
    start = time.monotonic()
    command = [sys.executable, "-m", "triplehelix", "verify", "--skip-files"]
    found = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    outcome = "没有不符" if found.returncode == 0 else found.stdout.splitlines()[0]
    return [f"./run verify：{outcome}，{time.monotonic() - start:.0f} 秒，内存最多 {most:.0f} MB"]


def table(small: list[Opened], big: list[Opened], shown: int = 60) -> str:
    """Markdown: of each page the role it is slowest for, slowest pages first."""
    before = {(one.who, one.name): one for one in small}
    slowest: dict[str, Opened] = {}
    for one in big:
        if one.name not in slowest or one.ms > slowest[one.name].ms:
            slowest[one.name] = one
    lines = [
        "| 页面 | 身份 | 演示 ms | 多年 ms | 倍 | 查询 | 多年查询 | 多年 kB |",
        "| --- | --- " + "| ---: " * 6 + "|",
    ]
    for one in sorted(slowest.values(), key=lambda one: -one.ms)[:shown]:
        was = before.get((one.who, one.name))
        ms, queries = (f"{was.ms:.0f}", str(was.queries)) if was else ("–", "–")
        ratio = f"{one.ms / was.ms:.1f}" if was else "–"
        cells = (one.name, one.who, ms, f"{one.ms:.0f}", ratio, queries, str(one.queries), f"{one.kb:.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(big: list[Opened]) -> str:
    """How many pages of how many take longer than what is wanted of a page."""
    pages = [one for one in big if "export" not in one.name and "chart" not in one.name]
    late = sum(one.ms > WANTED for one in pages)
    return f"{len(big)} 个（页面 × 身份）；不算导出和图，{len(pages)} 个里 {late} 个超过 {WANTED} 毫秒"


def page(small: list[Opened], big: list[Opened], said: list[str], command: str) -> str:
    """docs/bench/procedure.md."""
    head = f"{date.today()}，{platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}"  # noqa: DTZ011
    head += f"，测完时五分钟平均负载 {os.getloadavg()[1]:.1f}。命令：`{command}`。"
    told = "\n".join(f"- {line}" for line in [*said, summary(big)])
    return f"# ./run bench procedure\n\n{head}\n\n{__doc__}\n{told}\n\n{table(small, big)}\n"
