"""Asking for background work of the index."""

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

CATCH_UP = "matching.catch_up"


def catch_up_later() -> None:
    """Have a worker do it soon; asked many times, it is done once."""
    try:
        app.configure_task(CATCH_UP).defer()
    except AlreadyEnqueued:
        return
