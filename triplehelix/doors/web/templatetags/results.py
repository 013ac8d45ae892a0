"""What a search found, as components: a hit with its reasons, its words marked, ways to narrow down."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.text import spans

register = template.Library()
#: What two texts may agree in, in the order people ask (matching.explain).
PARTS = {
    "对象": gettext_lazy("对象"),
    "性能": gettext_lazy("性能"),
    "工艺": gettext_lazy("工艺"),
    "应用": gettext_lazy("应用"),
}


@register.simple_tag
def marked(text: str, terms: Iterable[str] = (), most: int = 0) -> SafeString:
    """The text with these terms marked; with `most`, a piece of about so many characters that shows the first mark."""
    found = spans(text, terms)
    start = max(0, found[0][0] - most // 4) if most and found and len(text) > most else 0
    end = min(len(text), start + most) if most else len(text)
    pieces, at = [], start
    for a, b in found:
        if b <= end:
            pieces.append((text[at:a], text[a:b]))
            at = b
    body = format_html_join("", "{}<mark>{}</mark>", pieces) + format_html("{}", text[at:end])
    return format_html("{}{}{}", "…" if start else "", body, "…" if end < len(text) else "")


@register.inclusion_tag("web/components/facet.html")
def facet(
    name: str, title: Any, options: Iterable[tuple[str, str]], chosen: Iterable[str], counts: Any = None
) -> dict[str, Any]:
    """One way to narrow a search: name in the address, (code, name) offered, codes chosen, how many each leaves."""
    picked = set(chosen)
    rows = [(code, label, code in picked, (counts or {}).get(code)) for code, label in options]
    shown = [row for row in rows if row[2] or counts is None or row[3]]
    shown.sort(key=lambda row: -(row[3] or 0))
    return {"name": name, "title": title, "shown": shown[:8], "rest": shown[8:], "open": any(r[2] for r in shown[8:])}


@register.inclusion_tag("web/components/hit.html")
def hit(found: Any, asked: Any = "", offered: Any = "") -> dict[str, Any]:
    """One thing the matching found; what `found` must have stands at the top of its template.

    `asked` and `offered` name the two sides of the quoted pair; without them: 您写的, 对方写.
    """
    sides = (asked or _("您写的"), offered or _("对方写"))
    return {
        "found": found,
        "sides": sides,
        "parts": [(label, part == found.part) for part, label in PARTS.items()] if found.part else [],
    }
