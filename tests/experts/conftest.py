"""People of the desk, works, and a repository that runs as a program of its own."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.market.conftest import NOW, organisation
from tests.market.test_flow import published
from triplehelix.market.experts import landing
from triplehelix.market.experts.models import Authorship, Expert
from triplehelix.market.experts.reading.found import FoundAuthor, FoundWork
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import actions as parties

ROOT = Path(__file__).resolve().parents[2]
#: Of works that have nothing to do with what is asked.
TOPICS = (
    "玉米收获机的脱粒滚筒",
    "水泥窑结皮的成因",
    "电池簇热失控预警",
    "皮革废水的处理",
    "地热回灌井的堵塞",
    "纺纱断头的统计",
)


@contextmanager
def repository(*, port=0, **given):
    """A server process; its address. Ended at the end, if it has not ended itself."""
    words = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, "-W", "ignore", "-m", "tests.experts.repository", "--port", str(port), *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def work(title, *people, year=2024, source_id=None, **more):
    """A work as found: people are names, or (name, affiliation, orcid)."""
    authors = tuple(FoundAuthor(one) if isinstance(one, str) else FoundAuthor(*one) for one in people)
    return FoundWork("papers", source_id or title, title, authors, year=year, raw=f"{title} {people} {more}", **more)


def landed(*works, now=NOW):
    """Landed works; their experts by (title, name)."""
    from django.db import transaction

    with transaction.atomic():
        landing.land(works, now=now)
    rows = Authorship.objects.filter(work__title__in=[one.title for one in works])
    return {(row.work.title, row.name): row.expert for row in rows.select_related("work", "expert")}


def root_of(expert):
    return Expert.objects.get(pk=expert.pk).root_id


@pytest.fixture
def home(db):
    return organisation(9301)


@pytest.fixture
def person(home):
    return parties.register_person(name="容止戈", home=home, title="教授", discipline="粉末涂料", actor=None, now=NOW)


@pytest.fixture
def httpserver_of():
    """Servers that answer every question with one body (or a redirect); their addresses."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    running = []

    def make(body, *, location=""):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(302 if location else 200)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}/oai"

    yield make
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def need(clerk, firm, settings):
    settings.ENCODER = "none"
    text = "开关柜里的镀锡铜排三个月就发黑，接触电阻升高，要求在含硫气氛中九十天不变色，试过钝化，还是不行。"
    return published(clerk, firm, Need, title="镀锡铜排发黑变色怎么解决", text=text)


@pytest.fixture
def papers(db):
    others = [work(f"{topic}研究之{n}", f"第{n}位王五") for n, topic in enumerate(TOPICS * 8)]
    return landed(
        work("镀锡铜排在含硫气氛中的变色机理", "容止戈", "白若铜", subjects=("铜排", "镀锡", "变色")),
        work("铜带轧制油残留与表面黄斑", "车铝生"),
        *others,
    )
