"""What a row of the trail says of its subject as it then stood: a keyed digest of each group of its values.

The trail alone proves that its own rows were not changed. With these digests it also proves that the rows it tells of
were not: `altered` compares each with the last row of the trail that speaks of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import CharField, Exists, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from triplehelix.records.trail.keyed import Undecipherable, agrees, is_known, keyed
from triplehelix.records.trail.models import Entry, Head

KEY = "kept"
CHUNK = 500

Groups = Mapping[str, Any]


def values(rows: Any, *names: str) -> list[list[Any]]:
    """Named values of each row (queryset or related manager), in the order they were written. Read afresh: what the
    program holds in memory may be what it has just changed. Not for encrypted fields, which are objects here."""
    return [list(row) for row in rows.order_by("pk").values_list(*names)]


def said(groups: Groups) -> dict[str, Any]:
    """What a row of the trail says of these groups; nothing when there are none."""
    return {KEY: {name: keyed(value) for name, value in groups.items()}} if groups else {}


def differing(digests: Mapping[str, str], groups: Groups) -> list[str]:
    """The groups that are not as a row of the trail said; groups it does not speak of pass."""
    return [name for name, value in groups.items() if name in digests and not agrees(value, digests[name])]


def last_row(kind: str, having: str) -> "QuerySet[Entry]":
    """Of each row asked about, the last row of the trail with this key in its data, as a subquery."""
    rows = Entry.objects.filter(subject_kind=kind, subject_id=Cast(OuterRef("pk"), CharField()), data__has_key=having)
    return rows.order_by("-n")


def altered(
    rows: "QuerySet[Any]", kind: str, groups_of: Callable[[Any], Groups], labels: Mapping[str, Any],
    *, progress: Callable[[], None] = lambda: None,
) -> Iterator[str]:  # fmt: skip
    """Rows that do not say what the trail last said of them, in words, by number. Rows written before the trail spoke
    of them pass. Rows and trail are read in one statement: nobody is caught between the two."""
    asked = rows.annotate(_said=Subquery(last_row(kind, KEY).values(f"data__{KEY}")[:1])).order_by("pk")
    for row in asked.iterator(chunk_size=CHUNK):
        if row._said is not None and (words := unlike(row, row._said, groups_of, labels)):
            yield words
        progress()


def unlike(
    row: Any, told: Mapping[str, str], groups_of: Callable[[Any], Groups], labels: Mapping[str, Any]
) -> str | None:
    """What of a row is not as the trail told, in one sentence; None where all is. A row with a value that no key opens
    is told as such: it must not hide what is wrong with the others."""
    try:
        names = differing(told, groups_of(row))
    except Undecipherable:
        return _("%(row)s：加密的内容打不开，没有与留痕核对") % {"row": row}
    return not_as_said(row, (labels[name] for name in names)) if names else None


def uncompared() -> int:
    """Rows of the trail whose digests were made with a key that is neither in FIELD_KEYS nor kept as retired: they
    agree with anything."""
    rows = Entry.objects.filter(data__has_key=KEY).values_list(f"data__{KEY}", flat=True)
    return sum(not all(map(is_known, told.values())) for told in rows.iterator(chunk_size=CHUNK))


def lost(model: type[Model], kind: str, name: str, *, taken_away: str = "") -> Iterator[str]:
    """Subjects of the trail whose row is gone, in words. `name` says what they are, `taken_away` is the verb of the row
    that tells of one that went rightly."""
    own = OuterRef("subject_id")
    there = model._default_manager.annotate(_id=Cast("pk", CharField())).filter(_id=own)
    rightly = Entry.objects.filter(subject_kind=kind, subject_id=own, verb=taken_away)
    # Not NOT IN: of more rows than fit its memory PostgreSQL reads that list anew for each subject.
    for head in Head.objects.filter(~Exists(there), ~Exists(rightly), subject_kind=kind).order_by("pk"):
        yield _("%(what)s #%(id)s 不见了，留痕里有") % {"what": name, "id": head.subject_id}


def not_as_said(row: object, names: Iterable[Any]) -> str:
    """One sentence about a row that differs from the trail."""
    return _("%(row)s：%(what)s与留痕不符") % {"row": row, "what": "、".join(map(str, names))}
