"""Background work of the index: vectors that are missing, weights and spaces that no longer fit."""

from django.utils import timezone
from procrastinate import JobContext, exceptions
from procrastinate.contrib.django import app

from triplehelix.matching.index import rebuild
from triplehelix.matching.wake import CATCH_UP


@app.periodic(cron="*/10 * * * *")
@app.task(name=CATCH_UP, queue="matching", queueing_lock=CATCH_UP, lock=CATCH_UP, pass_context=True)
def catch_up(context: JobContext, timestamp: int = 0) -> None:
    """Everything that is behind: asked for when something changed, and every ten minutes for what was missed.

    A worker that stops waits for no more than the batch in hand; the next one goes on from there. It is not tried
    again by itself: the next one is queued by then, and two cannot be.
    """

    def unless_stopping(what: str, kind: str, done: int) -> None:
        if context.should_abort():
            raise exceptions.JobAborted

    rebuild.catch_up(now=timezone.now(), progress=unless_stopping)
