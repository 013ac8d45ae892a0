"""The components that let somebody act on a thing with states: its steps, each a button, and the note to them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms, template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from triplehelix.doors.web import kept, steps
from triplehelix.doors.web.templatetags.look import field
from triplehelix.foundation.workflow import Step

register = template.Library()


@register.inclusion_tag("web/components/step_button.html")
def step_button(step: Step, action: str, sure: Mapping[str, str], kind: str = "") -> dict[str, Any]:
    """The button of a step; one whose consequence stands in `sure` says it before it acts."""
    return {"step": step, "action": action, "sure": sure.get(step.code, ""), "kind": kind}


@register.simple_block_tag(takes_context=True)
def step_box(
    context: Context,
    content: str,
    thing: Any,
    offered: Collection[Step],
    address: str,
    *of: Any,
    quiet: Collection[str] = (),
) -> SafeString:
    """What one may do now with a thing, each a button of one form; what stands inside the tag stands above the note.

    address, of: the name of a step's address and what it takes before the step's code. The first step stands out,
    unless its code is among `quiet`. From the page: `step_form` (its note goes with whichever step is taken), `sure`,
    `writer`.
    """
    kinds = ["" if n == 0 and step.code not in quiet else "quiet" for n, step in enumerate(offered)]
    offers = [(step, reverse(address, args=[*of, step.code]), kind) for step, kind in zip(offered, kinds, strict=True)]
    form = context.get("step_form")
    if form is not None and not form.is_bound:
        form.initial |= kept.note(context["request"])
    box: dict[Any, Any] = context.flatten() | {
        "thing": thing,
        "offers": offers,
        "steps": offered,
        "note": form["note"] if form is not None else None,
        "sure": context.get("sure", {}),
        "writer": context.get("writer", ""),
        "before": content,
    }
    return mark_safe(render_to_string("web/components/step_box.html", box))  # noqa: S308


@register.inclusion_tag("web/components/field.html")
def note_field(bound: forms.BoundField, offered: Iterable[Step]) -> dict[str, Any]:
    """The note to a row of steps: it says which of them it is wanted for."""
    return field(bound) | {"may": steps.note_wanted(offered) or _("选填")}
