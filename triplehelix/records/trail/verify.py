"""Recomputing the whole trail: every row, every chain, every seal. Memory does not grow with the trail."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.records.trail import digest
from triplehelix.records.trail.models import Entry, Head, Seal

CHUNK = 2000
MOST_PROBLEMS = 1000
GROUPS = {
    "subject": gettext_lazy("对象"),
    "actor": gettext_lazy("经办"),
    "verb": gettext_lazy("事项"),
    "time": gettext_lazy("时间"),
    "data": gettext_lazy("内容"),
    "why": gettext_lazy("理由"),
}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was written. `code`: changed, relinked, gap, head, seal, unsealed, algorithm, more.

    `seq` is the number of the row itself, or of the row before which others are missing; None where none is near.
    """

    code: str
    message: str
    seq: int | None = None
    subject: tuple[str, str] | None = None
    groups: tuple[str, ...] = ()


def verify(
    *, expected: Mapping[int, str] | None = None, progress: Progress = lambda done, total: None
) -> list[Problem]:
    """Everything that is wrong, the lowest row first; empty when the trail is whole.

    `expected` are roots of seals noted elsewhere (on paper, in another system), number → hex: they alone show that
    the last seals were replaced together with all rows they hold. `progress(done, total)` counts rows, sealed ones
    twice. Reads one consistent state while others write.
    """
    found = _Found()
    with snapshot():
        count = _Count(Entry.objects.count() + Entry.objects.filter(seal__isnull=False).count(), progress)
        _chains(found, count)
        _lost_subjects(found)
        _seals(found, count, dict(expected or {}))
    return sorted(found.problems, key=lambda p: (p.seq is None, p.seq or 0))


@dataclass
class _Found:
    problems: list[Problem] = field(default_factory=list)
    more: bool = False

    def add(self, code: str, message: str, **more: Any) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, message, **more))
        elif not self.more:
            self.more = True
            self.problems.append(Problem("more", _("还有更多问题，未一一列出")))


@dataclass
class _Count:
    total: int
    progress: Progress
    done: int = 0

    def one(self) -> None:
        self.done += 1
        if self.done % CHUNK == 0 or self.done == self.total:
            self.progress(self.done, self.total)


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the database for all queries; inside a caller's transaction, the caller's."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _chains(found: _Found, count: _Count) -> None:
    """Every subject's rows in order, against themselves, each other, and the subject's head."""
    head = Head.objects.filter(subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"))
    rows = Entry.objects.annotate(
        head_n=Subquery(head.values("n")), head_digest=Subquery(head.values("digest"))
    ).order_by("subject_kind", "subject_id", "n")
    before: Any = None
    for row in rows.iterator(chunk_size=CHUNK):
        if before is not None and (before.subject_kind, before.subject_id) != (row.subject_kind, row.subject_id):
            _last(found, before)
            before = None
        _follows(found, row, before)
        _says_what_it_said(found, row)
        before = row
        count.one()
    if before is not None:
        _last(found, before)


def _name(row: Any) -> str:
    return f"{row.subject_kind} {row.subject_id}"


def _where(row: Any) -> dict[str, Any]:
    return {"seq": row.seq, "subject": (row.subject_kind, row.subject_id)}


def _follows(found: _Found, row: Any, before: Any) -> None:
    expected = before.n + 1 if before else 1
    if row.n > expected:
        message = _("第 %(seq)d 行之前有缺口：%(subject)s 的第 %(missing)s 条不见了") % {
            "seq": row.seq,
            "subject": _name(row),
            "missing": str(expected) if row.n == expected + 1 else f"{expected}–{row.n - 1}",
        }
        found.add("gap", message, **_where(row))
    elif bytes(row.prev) != (bytes(before.digest) if before else b""):
        message = _("第 %(seq)d 行（%(subject)s 第 %(n)d 条）接不上前一行：前一行写成之后被换过") % {
            "seq": row.seq,
            "subject": _name(row),
            "n": row.n,
        }
        found.add("relinked", message, **_where(row))


def _says_what_it_said(found: _Found, row: Any) -> None:
    try:
        parts, whole = digest.of_entry(row)
    except (ValueError, TypeError) as why:
        message = _("第 %(seq)d 行的算法 %(algorithm)s 在这台机器上不能计算：%(why)s")
        found.add("algorithm", message % {"seq": row.seq, "algorithm": row.algorithm, "why": why}, **_where(row))
        return
    if whole == bytes(row.digest) and parts == bytes(row.parts):
        return
    groups = tuple(digest.changed_groups(bytes(row.parts), parts))
    said = {
        "seq": row.seq,
        "subject": _name(row),
        "n": row.n,
        "groups": "、".join(str(GROUPS[name]) for name in groups) or _("摘要"),
    }
    message = _("第 %(seq)d 行（%(subject)s 第 %(n)d 条）被改过：%(groups)s 与写成时不同") % said
    found.add("changed", message, groups=groups, **_where(row))


def _last(found: _Found, row: Any) -> None:
    """The subject's newest row against its head."""
    subject = _name(row)
    if row.head_n is None:
        found.add("head", _("%(subject)s 的末行登记不见了") % {"subject": subject}, **_where(row))
    elif row.head_n > row.n:
        missing = str(row.head_n) if row.head_n == row.n + 1 else f"{row.n + 1}–{row.head_n}"
        message = _("第 %(seq)d 行之后有缺口：%(subject)s 最新的第 %(missing)s 条不见了")
        found.add("gap", message % {"seq": row.seq, "subject": subject, "missing": missing}, **_where(row))
    elif row.head_n < row.n or bytes(row.head_digest) != bytes(row.digest):
        message = _("%(subject)s 的末行登记（第 %(head)d 条）与第 %(seq)d 行（第 %(n)d 条）不符")
        values = {"subject": subject, "head": row.head_n, "seq": row.seq, "n": row.n}
        found.add("head", message % values, **_where(row))


def _lost_subjects(found: _Found) -> None:
    rows = Entry.objects.filter(subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"))
    for head in Head.objects.filter(~Exists(rows), n__gt=0).order_by("pk").iterator(chunk_size=CHUNK):
        message = _("%(subject)s 的全部 %(n)d 条都不见了") % {"subject": _name(head), "n": head.n}
        found.add("gap", message, subject=(head.subject_kind, head.subject_id))


def _seals(found: _Found, count: _Count, expected: dict[int, str]) -> None:
    before: Seal | None = None
    for seal in Seal.objects.order_by("n").iterator(chunk_size=100):
        if seal.n != (before.n + 1 if before else 1):
            found.add("seal", _("封存 #%(n)d 之前缺少封存") % {"n": seal.n}, seq=seal.first_seq)
        elif bytes(seal.prev_root) != (bytes(before.root) if before else b""):
            found.add("seal", _("封存 #%(n)d 接不上前一次封存") % {"n": seal.n}, seq=seal.first_seq)
        _one_seal(found, seal, count)
        noted = expected.pop(seal.n, None)
        if noted is not None and noted.lower() != bytes(seal.root).hex():
            found.add("seal", _("封存 #%(n)d 的根与另处所记的不同") % {"n": seal.n}, seq=seal.first_seq)
        before = seal
    held = Entry.objects.filter(~Exists(Seal.objects.filter(pk=OuterRef("seal_id"))), seal_id__isnull=False)
    if orphan := held.order_by("seq").first():
        message = _("第 %(seq)d 行起的封存不见了") % {"seq": orphan.seq}
        found.add("seal", message, **_where(orphan))
    for n in expected:
        found.add("seal", _("封存 #%(n)d 不见了") % {"n": n})


def _one_seal(found: _Found, seal: Seal, count: _Count) -> None:
    rows = Entry.objects.filter(seal=seal).order_by("seq").values_list("seq", "digest")
    wanted = _Wanted(seal.ranges)

    def leaves() -> Iterator[bytes]:
        for seq, stored in rows.iterator(chunk_size=CHUNK):
            wanted.meet(seq)
            count.one()
            yield bytes(stored)

    try:
        merkle, root = digest.merkle_root(leaves(), seal.algorithm), digest.of_seal(seal)
    except (ValueError, TypeError) as why:
        found.add("seal", _("封存 #%(n)d 不能计算：%(why)s") % {"n": seal.n, "why": why}, seq=seal.first_seq)
        return
    if root != bytes(seal.root):
        found.add("seal", _("封存 #%(n)d（%(day)s）本身被改过") % {"n": seal.n, "day": seal.day}, seq=seal.first_seq)
    wanted.finish()
    for first, last in wanted.missing:
        message = _("封存 #%(n)d 里的第 %(rows)s 行不见了")
        if Entry.objects.filter(seq__range=(first, last)).exists():
            message = _("第 %(rows)s 行脱离了封存 #%(n)d")
        numbers = str(first) if first == last else f"{first}–{last}"
        found.add("unsealed", message % {"n": seal.n, "rows": numbers}, seq=first)
    if wanted.extra:
        message = _("封存 #%(n)d 里多出第 %(rows)s 行") % {"n": seal.n, "rows": "、".join(map(str, wanted.extra[:10]))}
        found.add("seal", message, seq=wanted.extra[0])
    if merkle != bytes(seal.merkle) and not wanted.missing and not wanted.extra:
        message = _("封存 #%(n)d 的树根不符：第 %(first)d 至 %(last)d 行里有行在封存后被换过")
        found.add("seal", message % {"n": seal.n, "first": seal.first_seq, "last": seal.last_seq}, seq=seal.first_seq)


class _Wanted:
    """The numbers a seal holds, met one by one in rising order; keeps what is missing as ranges."""

    def __init__(self, ranges: list[list[int]]) -> None:
        self.left = [list(one) for one in reversed(ranges)]
        self.missing: list[list[int]] = []
        self.extra: list[int] = []

    def meet(self, seq: int) -> None:
        while self.left and self.left[-1][1] < seq:
            self.missing.append(self.left.pop())
        if not self.left or seq < self.left[-1][0]:
            self.extra.append(seq)
            return
        first, last = self.left.pop()
        if first < seq:
            self.missing.append([first, seq - 1])
        if seq < last:
            self.left.append([seq + 1, last])

    def finish(self) -> None:
        while self.left:
            self.missing.append(self.left.pop())
