"""Waiting for the trail to grow, without asking it all the time."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import DatabaseError, connection

log = logging.getLogger(__name__)

CHANNEL = "trail"
PAUSE_SECONDS = 0.5


class _Ear:
    """A connection of its own that hears NOTIFY; lost with its server, it is made anew."""

    def __init__(self) -> None:
        self.heard_by: Any = None
        self.connect()

    def connect(self) -> None:
        # Through Django's own parameters, so that the tests' database and every option of DATABASE_URL hold.
        opened = connection.get_new_connection(connection.get_connection_params())
        opened.autocommit = True
        opened.execute(f"LISTEN {CHANNEL}")
        self.heard_by = opened

    def close(self) -> None:
        if self.heard_by is not None:
            with suppress(psycopg.Error):
                self.heard_by.close()
            self.heard_by = None

    def wait(self, seconds: float) -> bool:
        """Whether something was said within this time. True also after a reconnection: something may have been said
        while nobody listened."""
        until = time.monotonic() + seconds
        if self.heard_by is None:
            return self._reconnect(until)
        try:
            return any(True for _said in self.heard_by.notifies(timeout=seconds, stop_after=1))
        except psycopg.OperationalError:
            log.warning("留痕通知的连接断了，重新连接")
            self.close()
            return self._reconnect(until)

    def _reconnect(self, until: float) -> bool:
        while True:
            try:
                self.connect()
            except (psycopg.Error, DatabaseError):
                if time.monotonic() + PAUSE_SECONDS > until:
                    return False
                time.sleep(PAUSE_SECONDS)
            else:
                return True


@contextmanager
def listening() -> Iterator[Callable[[float], bool]]:
    """Yields `wait(seconds) -> bool`: sleeps until a transaction that wrote followed rows commits, or the time is up.

    Read the inbox once before waiting: what committed earlier is not announced again. After the database restarted,
    `wait` connects again by itself and answers True. Raises OperationalError when there is no database at first.
    """
    ear = _Ear()
    try:
        yield ear.wait
    finally:
        ear.close()
