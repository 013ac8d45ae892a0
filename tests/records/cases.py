"""A small table with a workflow, and threads that each have a connection of their own."""

import threading
from datetime import date
from typing import ClassVar

from django.db import connections, models

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.models import Stateful


def has_a_title(case, actor, now):
    return None if case.title else "请先写标题"


def stamp(case, actor, now):
    case.stamped_at = now


def explode(case, actor, now):
    raise RuntimeError("the effect failed")


FLOW = Workflow(
    "case",
    "draft",
    (State("draft", "草稿"), State("filed", "已申报"), State("closed", "已办结", final=True)),
    (
        Step("file", "申报", "draft", "filed", "owner", guards=(has_a_title,), effects=(stamp,), tells="clerk"),
        Step("return", "退回", "filed", "draft", "clerk", tells="owner"),
        Step("accept", "办结", "filed", "closed", "clerk"),
        Step("lapse", "逾期", ("draft", "filed"), "closed", "system"),
        Step("explode", "出错", "draft", "filed", "owner", effects=(stamp, explode)),
    ),
)


class Case(Stateful):
    """Its owner is one account, its clerk another."""

    kind: ClassVar[str] = "tests.case"
    page: ClassVar[str] = "web:case"

    title = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="+", db_constraint=False)
    clerk = models.ForeignKey(Account, models.CASCADE, related_name="+", db_constraint=False)
    stamped_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records_tests"
        verbose_name = "申报件"

    def last_day(self):
        return date(2026, 12, 1) if self.state == "filed" else None

    def __str__(self):
        return self.title


def relations_of(case, actor, now):
    held = {"owner": case.owner_id, "clerk": case.clerk_id}
    # A room that claims more than it should: nobody becomes the program by it.
    return frozenset({name for name, pk in held.items() if actor and actor.pk == pk} | {"public", "system"})


def accounts_in(case, relation, now):
    return [{"owner": case.owner, "clerk": case.clerk}[relation]]


Case.handled_by(FLOW, relations=relations_of, told=accounts_in)


class Thread(threading.Thread):
    """Runs one function; `result()` joins and answers what it returned, or raises what it raised."""

    def __init__(self, work, *args):
        super().__init__(daemon=True)
        self.work, self.args = work, args
        self.answer = self.error = None
        self.start()

    def run(self):
        try:
            self.answer = self.work(*self.args)
        except BaseException as why:
            self.error = why
        finally:
            connections.close_all()

    def result(self, timeout=60):
        self.join(timeout)
        assert not self.is_alive(), "the thread hangs"
        if self.error:
            raise self.error
        return self.answer
