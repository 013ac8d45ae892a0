"""A database with every migration applied and nothing else, made once for each state of the migrations.

A test run starts by copying it, in a part of a second; migrating takes ten and more.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg

from triplehelix.config.paths import ROOT

PREFIX = "triplehelix_template_"


def template_of(url: str, *, alone: bool) -> str:
    """The template's name on the server of `url`, made when it is not there; `alone` on that server, the templates of
    other states are dropped. Two processes that ask at once wait for each other."""
    name = PREFIX + _state()
    admin = urlsplit(url)._replace(path="/postgres").geturl()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext(%s))", (PREFIX,))
        rows = connection.execute("select datname from pg_database where starts_with(datname, %s)", (PREFIX,))
        there = {row[0] for row in rows}
        if name not in there:
            _make(connection, url, name)
        for other in there - {name} if alone else ():
            connection.execute(f'drop database if exists "{other}" with (force)')
    return name


def _state() -> str:
    """What decides how the tables come out: every migration, and Django's own."""
    digest = hashlib.sha256(django.get_version().encode())
    for path in sorted(ROOT.glob("triplehelix/**/migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    digest.update((ROOT / "requirements-dev.lock").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:16]


def _make(connection: psycopg.Connection, url: str, name: str) -> None:
    """Migrated under another name and renamed when it is whole: one that was interrupted is never used."""
    half = f"{name}_half"
    connection.execute(f'drop database if exists "{half}" with (force)')
    connection.execute(f"create database \"{half}\" encoding 'UTF8' template template0")
    env = os.environ | {"DATABASE_URL": urlsplit(url)._replace(path=f"/{half}").geturl()}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    for command in (["migrate", "--verbosity", "0"], ["createcachetable"]):
        subprocess.run([sys.executable, "-m", "triplehelix", "manage", *command], cwd=ROOT, env=env, check=True)
    connection.execute(f'alter database "{half}" rename to "{name}"')
