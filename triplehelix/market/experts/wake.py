"""Asking for background work of this room, in the transaction of what calls for it: with it, or not at all."""

from collections.abc import Collection

from procrastinate.contrib.django import app

LOOK = "experts.look"


def look_later(keys: Collection[str]) -> None:
    """Have everybody who shares one of these keys compared: whoever may be the same person is found by another job,
    when what has landed is committed."""
    if keys:
        app.configure_task(LOOK).defer(keys=[*sorted(keys)])
