"""A city that has run since 2026-11-27 is brought to the present: rows, rules and pages are what they should be.

The dump is the demo city as the program of that day (919fbc4c) made it, by pg_dump --inserts, without what is derived
(the matching index, the exchange's feed, letters) and with the abstracts of works cut short. All of it is made up, and
so is the key. Whoever changes what `verify` expects of the trail, or a migration, is told here what old rows say.
"""

import lzma
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from triplehelix.config.paths import ROOT

DUMP = Path(__file__).with_name("city_2026_11_27.sql.xz")
KEY = "sE9qw29KV8q5XwyiTwvNT4-_zTxPBXIWBmeih0GY10w="
pytestmark = pytest.mark.slow

COLUMNS = """SELECT table_name, column_name, data_type, udt_name, character_maximum_length, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'"""
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
TRIGGERS = "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
FUNCTIONS = """SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
    AND prokind = 'f' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""


#: Tables some tests add to their own database.
ONLY_OF_TESTS = {"records_tests_case"}


def as_meant(rows):
    """A rule that has been through a dump has other casts and brackets, and means the same."""
    return {tuple(re.sub(r"::(character varying|text)(\[\])?|[()]", "", str(one)) for one in row) for row in rows}


class City:
    """The old city in a database of its own."""

    def __init__(self, url, var):
        self.url = url
        self.env = os.environ | {"DATABASE_URL": url, "TRIPLEHELIX_VAR": str(var), "FIELD_KEYS": KEY}

    def run(self, *args):
        return subprocess.run(
            [sys.executable, "-m", "triplehelix", *args],
            cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=600,
        )  # fmt: skip

    def ask(self, statement):
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()

    def one(self, statement):
        return self.ask(statement)[0][0]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    base = urlsplit(os.environ["DATABASE_URL"])
    name = f"upgraded_{os.getpid()}"
    with psycopg.connect(base._replace(path="/postgres").geturl(), autocommit=True) as admin:
        admin.execute(f"create database {name} encoding 'UTF8' template template0")
        made = City(base._replace(path=f"/{name}").geturl(), tmp_path_factory.mktemp("var"))
        try:
            with psycopg.connect(made.url) as old:
                old.execute(lzma.decompress(DUMP.read_bytes()).decode())
            upgraded = made.run("manage", "migrate", "--verbosity=0")
            assert upgraded.returncode == 0, upgraded.stderr
            yield made
        finally:
            admin.execute(f"drop database {name} with (force)")


def test_the_trail_holds_and_everything_is_as_it_tells(city):
    checked = city.run("verify", "--skip-files")  # the bytes of its files are not in the dump
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "留痕完整：3009 行" in checked.stdout and "没有比对" not in checked.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("of", [COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, FUNCTIONS])
def test_tables_and_rules_are_those_of_a_new_city(city, of):
    with connection.cursor() as cursor:
        cursor.execute(of)
        new = as_meant(cursor.fetchall())
    old = as_meant(city.ask(of))
    assert len(old) > 10
    assert old - new == set()
    assert {row for row in new - old if row[0] not in ONLY_OF_TESTS} == set()


def test_rows_written_before_have_what_came_later(city):
    assert city.one("select count(*) from cases_case where keys <> '{}'") == 23  # the others' awards compare nothing
    compared = city.one("select count(*) from cases_compared")
    assert compared == city.one("select count(*) from cases_case where summary <> ''") > 0
    assert city.one("select count(*) from diagnosis_question") > 0
    assert city.one("select count(*) from diagnosis_question where text not like 'gAAAA%'") == 0
    reasons = city.ask("select jsonb_typeof(jsonb_array_elements(reasons)) from experts_proposal")
    assert set(reasons) == {("object",)}
    assert city.one("select count(*) from finance_loan where kind = 'guarantee'") > 0
    assert city.one("select count(*) from finance_loan where kind = 'guarantee' and security = ''") == 0
    assert city.one("select count(*) from needs_need where sketch = '{}'") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update trail_entry set why = 'x' where seq = 1",
        "delete from fund_movement",
        "update finance_payment set amount_fen = amount_fen + 1",
        "delete from finance_payment",
        "update contracts_receipt set number = 'x'",
        "delete from exchange_received",
        "delete from lists_listentry",
    ],
)
def test_what_must_stay_stays(city, statement):
    with psycopg.connect(city.url) as old, pytest.raises(psycopg.errors.RestrictViolation):
        old.execute(statement)


def test_its_pages_open(city):
    city.env |= {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    visited = city.run("manage", "shell", "-v0", "-c", "from tests.upgrade import pages; pages.visit()")
    assert visited.returncode == 0, visited.stderr[-3000:]
    assert visited.stdout.count(" 40\n") == 7
