"""Background work of this room: learning a version."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.matching.feedback import training


@app.task(name="feedback.learn", queue="matching", lock="feedback.learn", retry=2)
def learn(pk: int) -> None:
    training.learn(pk=pk, now=timezone.now())
