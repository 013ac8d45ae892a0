"""What both sides of `./run bench fund` do alike: a line in says what to pay, a line out how long it took.

Plain Python: the other side runs in an environment of its own.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

#: Payments that go to the bank in one file.
FILE = 50


def amount_of(n: int) -> int:
    """Fen of the n-th payment."""
    return 10_000 * (n % 7 + 1)


class Statements:
    """Counts what is sent to the database while it is installed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def serve(pay: Callable[[Sequence[int]], None], connection: Any) -> None:
    """Read {"first", "count", "clients"}, pay, answer {"seconds", "statements", "bytes"}; until the input ends.

    `pay` takes the numbers of up to FILE payments from the promise to the bank's answer. Each client is a thread.
    """
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        said = json.loads(line)
        numbers = range(said["first"], said["first"] + said["count"])
        files = [numbers[at : at + FILE] for at in range(0, len(numbers), FILE)]
        counted = Statements()
        before, start = _size(connection), time.perf_counter()
        if said["clients"] == 1:
            with connection.execute_wrapper(counted):
                for file in files:
                    pay(file)
        else:
            _together(pay, connection, [files[n :: said["clients"]] for n in range(said["clients"])])
        seconds = time.perf_counter() - start
        answer = {"seconds": seconds, "statements": counted.count, "bytes": _size(connection) - before}
        print(json.dumps(answer), flush=True)


def _together(pay: Callable[[Sequence[int]], None], connection: Any, shares: list[list[Any]]) -> None:
    failed: list[BaseException] = []

    def run(files: list[Any]) -> None:
        try:
            for file in files:
                pay(file)
        except BaseException as why:
            failed.append(why)
        finally:
            connection.close()  # this thread's own

    threads = [threading.Thread(target=run, args=(files,)) for files in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _size(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
