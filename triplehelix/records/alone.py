"""One after another, where there is no row to lock yet: what is counted, numbered or entered once."""

from django.db import connection, transaction


def alone(*keys: str) -> None:
    """Whoever else names one of these keys waits until this transaction ends. Several are taken in one order, so that
    no two wait for each other. Raises TransactionManagementError outside a transaction: it would hold nobody up."""
    _in_a_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(%s::text[]) AS key",
            [sorted(set(keys))],
        )


def together(key: str) -> None:
    """Any number may name a key this way at once; until their transactions end, `if_nobody` gets it for nobody.
    Raises TransactionManagementError as `alone`."""
    _in_a_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [key])


def if_nobody(key: str) -> bool:
    """As `alone`, for what can be left for another time: False when somebody names the key now. It never waits."""
    _in_a_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        return bool(cursor.fetchone()[0])


def _in_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("nobody waits for what is no transaction")
