"""How the term of a diagnosis stands: the days left in working days, amber when it ends or is over."""

from typing import Any

from django import template
from django.utils import timezone

from triplehelix.market.diagnosis import clock as terms
from triplehelix.market.diagnosis.models import Diagnosis

register = template.Library()


@register.inclusion_tag("web/components/clock.html")
def clock(diagnosis: Diagnosis) -> dict[str, Any]:
    """Running for whoever has to judge; of an answered one, whether the first answer came in time."""
    running = diagnosis.state in ("waiting", "taken")
    answered = timezone.localdate(diagnosis.answered_at) if diagnosis.answered_at else None
    due = diagnosis.first_due_on
    return {
        "left": terms.left(diagnosis.due_on, timezone.localdate()) if running else None,
        "due_on": diagnosis.due_on,
        "answered_on": answered,
        "in_time": answered is not None and due is not None and answered <= due,
        "known": due is not None,
    }
