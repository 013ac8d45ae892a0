"""The rows of a list as anybody reads them: the same columns and cells on the page, in xlsx, in Word and in JSON."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.lists.models import ListEntry, PublishedList
from triplehelix.market.lists.values import WORDS

WAN_FEN = 1_000_000
NEGOTIABLE = "面议"
CHANGES = {"new": "新增", "changed": "变动", "same": ""}
GONE = {
    "unconfirmed": _("未再次确认"),
    "expired": _("已过有效期"),
    "withdrawn": _("单位已撤下"),
}
OTHERWISE_GONE = _("不再列入")
#: Any other reason is the officers' own: that an entry was left out by hand, or waits for them.
ELSEWHERE = "elsewhere"
#: Names of values, for what changed. Those of long texts, and of words withheld, say only that they did.
NAMES = {
    "title": "名称", "text": "内容", "organisation": "单位", "unit": "所在地", "field": "技术领域", "chain": "产业链",
    "region": "地区", "modes": "合作方式", "price_fen": "价格", "trl": "成熟度", "trl_assessed_by": "成熟度评价机构",
    "type": "成果类型", "ip": "知识产权", "rights": "权属",
}  # fmt: skip
LONG = 40


def wan(fen: int | None) -> str:
    """Fen as 万元 without needless zeros; None is 面议."""
    if fen is None:
        return NEGOTIABLE
    text = f"{Decimal(fen) / WAN_FEN:.6f}"
    return text.rstrip("0").rstrip(".")


def _ip(values: Mapping[str, Any]) -> str:
    return "、".join(" ".join(filter(None, (one["type"], one["number"]))) for one in values.get("ip") or [])


def _level(values: Mapping[str, Any]) -> str:
    if values.get("trl") is None:
        return ""
    by = values.get("trl_assessed_by")
    return f"{values['trl']} 级" if by is None else f"{values['trl']} 级（{by or '自评'}）"


@dataclass(frozen=True, slots=True)
class Column:
    """`share` is its part of the width of a printed page, in percent."""

    key: str
    heading: str
    share: int
    cell: Callable[[Mapping[str, Any]], str]


def _columns(name: str, text: str, price: str, last: Column) -> tuple[Column, ...]:
    return (
        Column("title", name, 14, lambda v: v["title"]),
        Column("text", text, 40, lambda v: v["text"]),
        Column("organisation", "单位", 10, lambda v: v["organisation"]),
        Column("unit", "所在地", 5, lambda v: v["unit_name"] or v["region_name"]),
        Column("field", "技术领域", 6, lambda v: v["field_name"]),
        Column("chain", "产业链", 5, lambda v: v["chain_name"]),
        Column("modes", "合作方式", 6, lambda v: "、".join(v["modes_names"])),
        Column("price", price, 5, lambda v: wan(v["price_fen"])),
        last,
    )


#: By kind; 序号 comes before and 变化 behind.
COLUMNS = {
    "needs": _columns("需求名称", "需求内容", "预算（万元）", Column("trl", "最低成熟度", 4, _level)),
    "achievements": (
        *_columns("成果名称", "成果简介", "意向价格（万元）", Column("trl", "成熟度", 5, _level)),
        Column("ip", "知识产权", 6, _ip),
    ),
}


def headings(kind: str) -> list[str]:
    """The columns of a list by name, as they stand on paper."""
    return ["序号", *(column.heading for column in COLUMNS[kind]), "变化"]


def cells(kind: str, entry: ListEntry) -> list[str]:
    """One row in words, in the order of `headings`."""
    return [str(entry.seq), *(column.cell(entry.values) for column in COLUMNS[kind]), change_words(entry)]


def change_words(entry: Any) -> str:
    """新增; 变动：预算 80 → 120 万元、内容有修改; nothing for what stayed. Takes an entry or a row of a preview."""
    word = CHANGES[entry.change]
    if entry.change != "changed":
        return word
    return f"{word}：{'；'.join(one for one in _differences(entry.before, entry.values))}"


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
    for name, label in NAMES.items():
        if name not in before:
            continue
        was, now = _shown(before, name), _shown(after, name)
        if len(was) > LONG or len(now) > LONG or (name in WORDS and before[name] is None):
            yield f"{label}有修改"
        else:
            yield f"{label} {was or '无'} → {now or '无'}"


def _shown(values: Mapping[str, Any], name: str) -> str:
    """One value in words, as it was named then."""
    if name == "price_fen":
        price = wan(values.get(name))
        return price if price == NEGOTIABLE else f"{price} 万元"
    if name == "ip":
        return _ip(values)
    if name == "modes":
        return "、".join(values.get("modes_names") or [])
    value = values.get(f"{name}_name", values.get(name))
    return "" if value is None else str(value)


def public_reason(why: str) -> str:
    """Why an entry has left, as far as the public may know it: a key of GONE, or ELSEWHERE."""
    return why if why in GONE else ELSEWHERE


def gone_words(one: Mapping[str, Any]) -> str:
    """Why an entry has left, for the public."""
    return str(GONE.get(one["why"], OTHERWISE_GONE))


def counts(entries: Iterable[ListEntry]) -> dict[str, int]:
    """How many are new and changed."""
    found = [one.change for one in entries]
    return {"new": found.count("new"), "changed": found.count("changed")}


def head_data(found: PublishedList) -> dict[str, Any]:
    """A list without its rows, for programs. Days as ISO text, moments in UTC."""
    newer = found.newer
    return {
        "id": found.pk, "number": found.number, "title": found.title, "kind": found.kind, "scope": found.scope,
        "place": found.place, "place_name": found.place_name, "period": found.period, "first": found.first.isoformat(),
        "last": found.last.isoformat(), "issuer": found.issuer, "published_at": found.published_at.isoformat(),
        "confirmed_within_days": found.confirmed_within, "size": found.size, "digest": found.digest, "why": found.why,
        "replaces": found.replaces_id, "replaced_by": newer.pk if newer else None,
        "compared_with": found.compared_with_id,
    }  # fmt: skip


def data(found: PublishedList, entries: Iterable[ListEntry]) -> dict[str, Any]:
    """A list with its rows: values with codes and names, money in fen; the same row in words under `cells`."""
    rows = [
        {
            "seq": one.seq, "listing": one.listing_id, "version": one.version,
            "confirmed_on": one.confirmed_on.isoformat(), "change": one.change, "before": one.before,
            "values": one.values, "cells": cells(found.kind, one),
        }
        for one in entries
    ]  # fmt: skip
    # Lists that stand from before say more, and cannot be changed.
    gone = [{**one, "why": public_reason(one["why"])} for one in found.gone]
    return head_data(found) | {"headings": headings(found.kind), "entries": rows, "gone": gone}
