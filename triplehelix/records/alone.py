"""One after another, where there is no row to lock yet: what is counted, numbered or entered once."""

from django.db import connection, transaction


def alone(*keys: str) -> None:
    """Whoever else names one of these keys waits until this transaction ends. Several are taken in one order, so that
    no two wait for each other. Raises TransactionManagementError outside a transaction: it would hold nobody up."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("nobody waits for what is no transaction")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(%s::text[]) AS key",
            [sorted(set(keys))],
        )
