"""What every page of a thing with states does: take one step as its form says, and what must be written for it."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web import kept
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.words import in_list
from triplehelix.foundation.workflow import Step
from triplehelix.market.contracts import guards as sales
from triplehelix.market.diagnosis import guards as diagnoses
from triplehelix.market.equity import guards as equity
from triplehelix.market.finance import guards as finance
from triplehelix.market.listings import flow as listings
from triplehelix.market.nda import flow as nda
from triplehelix.market.visits import flow as visits
from triplehelix.procedure.cases import guards as cases
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.steps.models import Stateful

#: The guards that ask for a reason: a step with one is not taken without a note.
NOTED = frozenset(
    {cases.has_note, sales.with_reason, diagnoses.with_reason, equity.with_note, finance.with_note,
     listings.says_how, listings.says_why, listings.with_reason, nda.with_reason, visits.says_to_whom,
     visits.says_what}
)  # fmt: skip


def stepped(
    request: Request,
    case: Stateful,
    step: str,
    form: StepForm,
    *,
    own: Collection[str] = (),
    by: Callable[..., Any] = take,
) -> bool:
    """Take one step; False when it was refused or not filled in, and `form` then says why.

    `own` are steps with a form of their own. 404 for those and for a step the workflow does not have.
    """
    if step not in case.workflow or step in own:
        raise Http404
    if not form.is_valid():
        return False
    try:
        by(case=case, step=step, actor=request.user, now=timezone.now(), **form.cleaned_data)
    except Refused as why:
        form.add_error(None, str(why))
        return False
    kept.forget(request)
    messages.success(request, _("已办理：%(step)s") % {"step": case.workflow[step].label})
    return True


def note_wanted(steps: Iterable[Step]) -> str:
    """For which of these steps the note must be written; "" for none."""
    labels = [str(step.label) for step in steps if NOTED & {*step.guards}]
    return _("%(steps)s时必填") % {"steps": in_list(labels)} if labels else ""
