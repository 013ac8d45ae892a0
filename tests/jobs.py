"""Running a task of the worker by hand, as its n-th attempt."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job


def at_attempt(number):
    """What a task is told about its job: `number` attempts broke before this one."""
    job = Job(id=1, queue="test", lock=None, queueing_lock=None, task_name="test", attempts=number)
    return JobContext(app=app, job=job, abort_reason=lambda: None, start_timestamp=0.0)
