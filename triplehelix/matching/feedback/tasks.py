"""Background work of this room: learning a version."""

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from triplehelix.matching.feedback import training

#: How often learning that broke is tried again.
RETRIES = 2


@app.task(name="feedback.learn", queue="matching", lock="feedback.learn", retry=RETRIES, pass_context=True)
def learn(context: JobContext, pk: int) -> None:
    try:
        training.learn(pk=pk, now=timezone.now())
    except Exception as why:
        if context.job.attempts >= RETRIES:
            training.give_up(pk=pk, now=timezone.now(), why=why)
        raise
