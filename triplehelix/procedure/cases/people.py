"""People and organisations by the names somebody writes."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.records.parties.finds import organisation_called
from triplehelix.records.parties.models import Organisation, Person
from triplehelix.records.parties.rules import Refused

MOST_AVOIDED = 3


def person_named(text: str) -> Person:
    """The person of a name, or of “name/organisation” where several have it. Raises ValueError with what to write."""
    name, _slash, home = (part.strip() for part in " ".join(text.split()).partition("/"))
    found = Person.objects.filter(name=name)
    found = found.filter(home__name=home) if home else found
    people = list(found.select_related("home").order_by("pk")[:2])
    if not people:
        raise ValueError(_("没有登记“%(who)s”这个人") % {"who": text[:60]})
    if len(people) > 1:
        raise ValueError(_("有几位“%(who)s”，请写成“姓名/单位全称”") % {"who": name})
    return people[0]


def unit_named(text: str) -> Organisation:
    """The organisation of a credit code or full name. Raises ValueError."""
    try:
        return organisation_called(text)
    except Refused as why:
        raise ValueError(f"{text.strip()[:60]}：{why}") from why


def avoided(text: str) -> list[dict[str, Any]]:
    """Experts an applicant asks to be avoided: a line each, “name：reason”, three at most. Raises ValueError."""
    found = list(_lines(text))
    if len(found) > MOST_AVOIDED:
        raise ValueError(_("申请回避的专家最多 %(most)d 名") % {"most": MOST_AVOIDED})
    if len({one["expert"] for one in found}) != len(found):
        raise ValueError(_("同一位专家写了两次"))
    return found


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for line in filter(None, (line.strip() for line in text.replace("\x00", "").splitlines())):
        name, _colon, reason = line.replace("：", ":").partition(":")
        if len(reason.strip()) < 4:
            raise ValueError(_("“%(line)s”请写成“姓名：理由”，理由至少 4 个字") % {"line": line[:40]})
        person = person_named(name)
        yield {"expert": person.pk, "name": person.name, "reason": reason.strip()[:200]}


def avoided_text(avoid: list[dict[str, Any]]) -> str:
    """The same as lines to edit."""
    return "\n".join(f"{one['name']}：{one['reason']}" for one in avoid)
