"""After a test that commits, only tables that hold rows are emptied, and what every database holds stays.

Django's own way, `flush`, truncates some 130 tables and makes the content types and permissions again: a third of a
second for each such test, most of it for tables no test has touched.
"""

from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import TransactionTestCase
from psycopg import sql

#: Made by `migrate` and the same in every database.
KEPT = ("django_migrations", "django_content_type", "auth_permission")


def install() -> None:
    """Put in the place of Django's `flush`, where the role may set triggers and foreign keys aside (a superuser)."""
    TransactionTestCase._fixture_teardown = _teardown
    DatabaseCreation._destroy_test_db = _drop


#: How the name of a database ends whose tests only read: nothing is emptied there.
READ_ONLY = "_read"
_flush = TransactionTestCase._fixture_teardown


def _teardown(self) -> None:
    if connection.settings_dict["NAME"].endswith(READ_ONLY):
        return
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper from pg_roles where rolname = current_user")
        may = cursor.fetchone()[0]
        if may:
            _empty(cursor)
    if not may:
        _flush(self)


def _drop(self, test_database_name, verbosity):
    """At the end of a run, with every session that is left in it: no test comes after, and a thread that still holds a
    connection (of a live server, say) would fail the one that happened to be the last."""
    wanted = sql.SQL("drop database {} with (force)").format(sql.Identifier(test_database_name))
    with self._nodb_cursor() as cursor:
        cursor.execute(wanted.as_string(cursor.connection))


def _empty(cursor) -> None:
    """Rows of the trail may not be deleted and most rows are referred to: both are set aside for these statements."""
    asked = [
        sql.SQL("select {name} where exists (select from {table})").format(
            name=sql.Literal(name), table=sql.Identifier(name)
        )
        for name in sorted(set(connection.introspection.table_names(cursor)) - set(KEPT))
    ]
    cursor.execute(sql.SQL(" union all ").join(asked).as_string(cursor.connection))
    full = [row[0] for row in cursor.fetchall()]
    if full:
        deeds = [sql.SQL("delete from {}").format(sql.Identifier(name)) for name in full]
        wrapped = [sql.SQL("set session_replication_role = replica"), *deeds, sql.SQL("reset session_replication_role")]
        cursor.execute(sql.SQL("; ").join(wrapped).as_string(cursor.connection))
