"""Somebody with the database in hand: past every trigger."""

from django.db import connection


def behind_the_program(statement: str) -> None:
    """Run a statement without triggers, as whoever owns the database can; it must change something."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount > 0, statement
        cursor.execute("SET LOCAL session_replication_role = origin")
