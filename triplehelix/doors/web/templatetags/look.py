"""The components a page is made of. `/styleguide` shows each one with the line that includes it.

Defaults stand here and not in the templates: a template variable that nobody gave is an error in the tests.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from triplehelix.doors.web import charts, paging, words
from triplehelix.doors.web.days import Left, days_late, days_left
from triplehelix.doors.web.devices import handle_of
from triplehelix.doors.web.forms import Choices, choices
from triplehelix.doors.web.shown import level_words
from triplehelix.doors.web.state_shapes import SHAPES
from triplehelix.fund.selfreview import grade_of
from triplehelix.market.finance.money import rate_words
from triplehelix.records.amounts import exact
from triplehelix.records.parties import finds, reference
from triplehelix.records.parties.models import Account

register = template.Library()
WORDS = (
    *(words.named, words.named_all, words.site, words.in_list, words.in_one, words.standing, words.origin),
    *(words.money, words.hundredths, words.moment),
)
for one in (*WORDS, exact):
    register.filter(one)
register.filter("percent", rate_words)
register.filter("level", level_words)
ALERTS = {"": "info", "good": "good", "warn": "warn", "due": "clock", "bad": "bad"}


@register.simple_tag
def site_name() -> str:
    return str(settings.SITE_NAME)


@register.simple_tag
def entries(listed: str) -> Choices:
    """What may be chosen today of a list of the pack: (code, name). `{% entries "organisation_types" as types %}`"""
    return choices(reference.code_list(listed), timezone.localdate())


@register.simple_tag(takes_context=True)
def asked_for(context: Context) -> list[str]:
    """The organisations the reader has said to act for and nobody has confirmed yet, by name: whoever has done that is
    not told to do it."""
    return [one.name for one in finds.asked_for(context["user"], timezone.localdate())]


@register.simple_tag
def account_handle(account: Account) -> str:
    """By what a device tells one account's drafts from another's."""
    return handle_of(account)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A sign from icons.svg, silent for screen readers: the word beside it says it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def nav(context: Context, url: str, label: str, *more: str) -> SafeString:
    """A link of the head; it says when the page shown lies under it, or under one of `more`."""
    path = getattr(context.get("request"), "path", "")
    under = any(path == one or path.startswith(one.rstrip("/") + "/") for one in (url, *more))
    here = format_html(' aria-current="{}"', "page" if path == url else "true") if under else ""
    return format_html('<a href="{}"{}>{}</a>', url, here, label)


@register.inclusion_tag("web/components/crumbs.html")
def crumbs(*pairs: Any) -> dict[str, Any]:
    """Where the page lies: label, address, label, address, …, and last the page itself, without address."""
    steps = [(str(pairs[i]), pairs[i + 1]) for i in range(0, len(pairs) - 1, 2)]
    return {"steps": steps, "here": Truncator(str(pairs[-1])).chars(30) if len(pairs) % 2 else ""}


@register.inclusion_tag("web/components/chart.html")
def chart(
    address: str, alt: Any, rows: int, parts: Collection[Any] = (), query: str = "",
    size: Callable[[int, Collection[Any], charts.Room], charts.Size] = charts.bars,
) -> dict[str, Any]:  # fmt: skip
    """A drawn chart; a phone held upright gets one drawn for its width. `alt` says where its numbers stand in words.

    rows, parts: how many bars, and the entries of its legend: from them the page knows how much room to keep.
    """
    narrow = "&".join(part for part in (query, "narrow=1") if part)
    return {
        "alt": alt,
        "wide": f"{address}?{query}" if query else address,
        "narrow": f"{address}?{narrow}",
        "size": size(rows, parts, charts.WIDE),
        "narrow_size": size(rows, parts, charts.NARROW),
    }


@register.inclusion_tag("web/components/chart.html")
def chart_of_years(address: str, alt: Any, years: int, kinds: Collection[Any]) -> dict[str, Any]:
    """The same of `charts.by_year`."""
    return chart(address, alt, years, kinds, size=charts.columns)


@register.simple_block_tag
def alert(content: str, kind: str = "", title: Any = "", role: str = "") -> SafeString:
    """kind: nothing (to know), good, warn, due (a deadline), bad."""
    return format_html(
        '<div class="alert {}"{}>{}<div>{}{}</div></div>',
        kind,
        format_html(' role="{}"', role) if role else "",
        icon(ALERTS[kind]),
        format_html("<strong>{}</strong> ", title) if title else "",
        content,
    )


@register.simple_block_tag
def empty(content: str, title: Any, strands: bool = False, level: int = 2) -> SafeString:
    """An empty list that teaches: what would stand here, and how to get it. `level` 1 when it is the whole page."""
    water = mark_safe(render_to_string("web/components/strands.html")) if strands else ""  # noqa: S308
    return format_html('<div class="empty">{0}<h{1} data-heard>{2}</h{1}>{3}</div>', water, level, title, content)


def _first(field: forms.BoundField) -> str:
    """The control a link to a field leads to: of several boxes, which have no label together, the first."""
    return field.id_for_label or next((one.id_for_label for one in field.subwidgets), "")


@register.simple_block_tag
def dialog(content: str, id: str, title: Any) -> SafeString:
    """A question before an act; `<button type="button" data-opens="ID">` opens it, `data-closes` closes it."""
    return format_html(
        '<dialog id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2>{2}</dialog>', id, title, content
    )


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Everything wrong with a form, at its top, each with a link to its field."""
    fields = [(form[name], _first(form[name]), errors) for name, errors in form.errors.items() if name in form.fields]
    return {"general": form.non_field_errors(), "fields": fields, "count": len(form.errors)}


@register.inclusion_tag("web/components/own_form.html", takes_context=True)
def own_form(context: Context, label: Any, wide: bool = False) -> dict[str, Any]:
    """The page's `form`, all of it, sent to the page's own address; `label` is on its button, `wide` beside a page."""
    return {"form": context["form"], "label": label, "wide": wide, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/components/progress.html")
def progress(done: int | None, total: int | None, label: Any) -> dict[str, Any]:
    """How far long work has come; with nothing known yet, only that it goes on."""
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: Context, page: "Page[Any]", name: str = "page", label: Any = "") -> dict[str, Any]:
    """Links to a list's other pages; a second list of a page has its own `name` in the address and `label`."""
    query = context["request"].GET if "request" in context else QueryDict()
    return {"page": page, "label": label or _("翻页"), **paging.links(page, query, name)}


@register.inclusion_tag("web/components/th_sort.html", takes_context=True)
def th_sort(context: Context, key: str, label: Any, current: str, css: str = "") -> dict[str, Any]:
    """A heading that sorts. `key` is the word in the address; a minus before it means descending."""
    way = ("descending" if current.startswith("-") else "ascending") if current == key else ""
    return {"key": key, "label": label, "way": way, "css": css, "request": context.get("request")}


@register.simple_tag
def chip(state: str, label: Any) -> SafeString:
    """Where a thing stands: a word, and a shape that does not depend on colour."""
    return format_html('<span class="chip {}">{}</span>', SHAPES.get(state, ""), label)


@register.simple_tag
def state_of(case: Any) -> SafeString:
    """The chip of anything that has a workflow."""
    return chip(case.state, next(state.label for state in case.workflow.states if state.code == case.state))


@register.simple_tag
def state_for(case: Any, mine: bool) -> SafeString:
    """The chip of an agreement; whose answer is awaited reads that it is theirs."""
    return chip(case.state, _("待贵单位同意")) if mine and case.state == "asked" else state_of(case)


@register.simple_tag
def trl(level: int | None, assessed_by: str = "") -> SafeString | str:
    """A maturity; one that nobody assessed looks different from one that somebody did (GB/T 22900, 1 to 13)."""
    if level is None:
        return ""
    said = {"level": level_words(level)}
    if assessed_by:
        return format_html('<span class="tag proven">{}</span>', _("成熟度 %(level)s · 第三方评价") % said)
    return format_html('<span class="tag claimed">{}</span>', _("成熟度 %(level)s · 自评") % said)


@register.inclusion_tag("web/components/deadline.html")
def deadline(when: Any, near: int = 10) -> dict[str, Any]:
    """A day, and the working days left until it; amber when they are `near` or fewer."""
    left: Left | None = days_left(when) if when else None
    return {"when": when, "left": left, "near": left is not None and 0 <= left.days <= near}


@register.inclusion_tag("web/components/deadline.html")
def owed(when: Any, near: int = 10) -> dict[str, Any]:
    """A day by which somebody has to act: amber when it is near, and amber with how late it is when it is over."""
    shown = deadline(when, near)
    late = shown["left"] is not None and shown["left"].days < 0
    return {**shown, "near": shown["near"] or late, "late": days_late(when) if late else None}


@register.simple_tag
def thread(value: float) -> SafeString:
    """A line as long as the score, 0 to 100. SVG, so that it needs no style attribute and prints."""
    return format_html(
        '<svg class="thread" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="4"/></svg>',
        max(0, min(100, round(value))),
    )


@register.inclusion_tag("web/components/timeline.html")
def timeline(lines: Iterable[Any]) -> dict[str, Any]:
    """What happened, oldest first: things with `at`, `who`, `what`, `why`."""
    return {"lines": lines}


@register.inclusion_tag("web/components/field.html")
def field(bound: forms.BoundField, unit: Any = "") -> dict[str, Any]:
    """A field as `{{ form.x.as_field_group }}` shows it, with its unit after the label.

    One that may be empty now says so, or, where the form gave it a `when`, for what it will be wanted.
    """
    may = "" if bound.field.required else getattr(bound.field, "when", "") or _("选填")
    return {"field": bound, "unit": unit, "may": may}


@register.filter
def of(found: Mapping[Any, Any], key: Any) -> Any:
    """What stands under a key that is itself a variable; nothing when there is none."""
    return found.get(key, ())


@register.filter
def grade(points: int) -> str:
    """The grade of a self-evaluation's points."""
    return grade_of(points)


@register.filter
def most_of(bound: forms.BoundField) -> int | None:
    """How many characters a text area takes, for its counter."""
    if isinstance(bound.field.widget, forms.Textarea) and (most := getattr(bound.field, "max_length", None)):
        return int(most)
    return None


@register.filter
def shape_of(bound: forms.BoundField) -> str:
    """check, many, file or line: how a field is laid out."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "many" if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect) else "line"
