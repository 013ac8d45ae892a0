"""Stored values in words for people: filters of the templates (`look` registers them), and of the views."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.amounts import in_words
from triplehelix.records.parties import reference


def named(code: str | int | None, listed: str) -> str:
    """The name of a stored code: `|named:"chains"`, or any other list of the pack. An unknown code is shown itself."""
    return reference.code_list(listed).label(str(code)) if code not in ("", None) else ""


def site(code: str) -> str:
    """项目实施地 of a contract: a county or zone of the city, or a place outside."""
    return _("不在本市") if code == "elsewhere" else named(code, "regions")


def named_all(codes: Iterable[str], listed: str) -> str:
    return _("、").join(named(code, listed) for code in codes)


def in_list(words: Iterable[Any]) -> str:
    """Words one after another, by the reader's own sign between them."""
    return _("、").join(str(word) for word in words)


def in_one(sentences: Iterable[str]) -> str:
    """Several short sentences as one line, by the reader's own sign between them."""
    return _("；").join(sentences)


def money(fen: int | None) -> str:
    """Whole fen in words; 面议 when there is no price."""
    return _("面议") if fen is None else in_words(fen)


class _Grounded(Protocol):
    """What says where it comes from: a term as it was used, a condition as it was checked."""

    @property
    def mark(self) -> str: ...
    @property
    def source(self) -> str: ...


def standing(one: _Grounded) -> str:
    """Where a term or a condition comes from: the document that says it, and never our own proposal as official."""
    if one.mark in ("policy", "found"):
        return one.source
    said = _marks()[one.mark]
    return _("{mark}，{source}").format(mark=said, source=one.source) if one.mark == "decided" and one.source else said


def origin(source: str) -> str:
    """The source of a duty or a stage, which begins with its mark, in words: `assumed：国发〔2016〕16号`."""
    mark = next((mark for mark in _marks() if source.startswith(mark)), "")
    return _marks().get(mark, "") + source.removeprefix(mark)


def _marks() -> dict[str, str]:
    return {
        "policy": _("政策原文"),
        "found": _("已公布的其他规定"),
        "assumed": _("待确认，非官方"),
        "decided": _("主管部门设定"),
    }


def hundredths(bp: int) -> str:
    """Hundredths of a percent as people write it: 33.34%."""
    return f"{Decimal(bp) / 100:f}%"


def moment(stamp: str) -> str:
    """A moment kept as text (ISO 8601, any zone) by the city's clock, to the minute; a day stays a day, and what is
    neither stays as it was written."""
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    if len(stamp) <= len("2026-01-01") or timezone.is_naive(when):
        return stamp
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M")
