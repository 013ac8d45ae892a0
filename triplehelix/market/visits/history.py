"""What an ask was answered before its answer was corrected, read from the trail."""

from django.utils.translation import gettext_lazy

from triplehelix.market.visits.models import Ask
from triplehelix.records.steps import history
from triplehelix.records.steps.history import Line

ANSWERS = {"answer": gettext_lazy("答复"), "answer_again": gettext_lazy("更正答复")}


def answers_before(ask: Ask) -> list[Line]:
    """The answers that stand no more, oldest first; `why` of each is what the firm was told."""
    if ask.state != "answered":
        return []
    found = [one for one in history.lines(Ask.kind, ask.pk, ANSWERS) if one.what in map(str, ANSWERS.values())]
    return found[:-1]
