"""People of the desk, works, and a repository that runs as a program of its own."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.market.conftest import NOW, organisation
from triplehelix.market.experts import landing
from triplehelix.market.experts.models import Authorship, Expert
from triplehelix.market.experts.reading.found import FoundAuthor, FoundWork
from triplehelix.records.parties import actions as parties

ROOT = Path(__file__).resolve().parents[2]


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
