"""What can be told: the names of events, and which row of the trail is which."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.records.trail.models import Entry

TEST = "webhook.test"
#: Offered to subscribers, in this order.
EVENTS: dict[str, Any] = {
    "need.published": _("需求发布"),
    "need.updated": _("需求修改或再次确认"),
    "need.withdrawn": _("需求撤下或过期"),
    "achievement.published": _("成果发布"),
    "achievement.updated": _("成果修改或再次确认"),
    "achievement.withdrawn": _("成果撤下或过期"),
    "introduction.changed": _("引荐办理了一步"),
    "sale.changed": _("交易办理了一步"),
    "case.changed": _("办件办理了一步"),
}
LISTINGS = {"market.need": "need", "market.achievement": "achievement"}
#: Subjects that are told of at each step of their workflow.
STEPPED = {"market.introduction": "introduction", "market.sale": "sale", "procedure.case": "case"}
NAMES = LISTINGS | STEPPED


def label(event: str) -> str:
    return str(_("测试") if event == TEST else EVENTS.get(event, event))


def of(entry: Entry) -> str:
    """The event of a row; empty for one nobody is told of: drafts, and what is written beside a step."""
    before, after = entry.data.get("from"), entry.data.get("to")
    if name := STEPPED.get(entry.subject_kind):
        return f"{name}.changed" if after else ""
    name = LISTINGS[entry.subject_kind]
    if entry.verb == "import":
        return f"{name}.published" if entry.data.get("state") == "published" else ""
    if after == "published":
        return f"{name}.updated" if before == "published" else f"{name}.published"
    if before == "published":
        return f"{name}.withdrawn"
    # Whether a changed listing may be seen is asked when it is told.
    return f"{name}.updated" if entry.verb == "edit" else ""
