"""What the pack says of finance (reference/finance.toml): numbers, lists, schemes with conditions, consent texts.

A city without 科技金融 says `offered = false` there, with its source, and nothing else: pages and calls are gone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.reference import BadReference, day_of, load_code_list, load_toml, required
from triplehelix.policy.award import Award
from triplehelix.policy.registry import UnknownAward, faults, load
from triplehelix.records.parties import numbers
from triplehelix.records.parties.numbers import Value

FILE = "finance"
#: What an institution is, and what kind of product each kind offers.
INSTITUTIONS = [("bank", _("银行")), ("guarantor", _("担保机构")), ("insurer", _("保险机构")), ("fund", _("基金"))]
KINDS = [("loan", _("贷款")), ("guarantee", _("担保")), ("insurance", _("保险")), ("equity", _("股权"))]
#: What this room asks of the file.
NUMBERS = (
    *("answer_days", "decide_days", "consent_most_days", "consent_ask_days", "opened_minutes", "remind_from_month"),
    *("interest_day_base", "bank_share", "bank_share_early", "guarantee_compensation"),
)
#: Those of them that are parts of one.
PARTS = ("bank_share", "bank_share_early", "guarantee_compensation")
LISTS = ("uses", "collaterals", "decline_reasons", "consent_fields", "rounds")
#: What public money may be claimed for; an award pays each, and a city may have none for some.
CLAIMS = ("interest", "loss", "guarantee", "premium")
OFFERS = {"bank": "loan", "guarantor": "guarantee", "insurer": "insurance", "fund": "equity"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition of a scheme: met when one of `any` is, each {fact, op, value}; ops known, yes, has, in."""

    code: str
    label: str
    any: tuple[Mapping[str, Any], ...]
    refusal: str
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A parameter of a scheme in words, with where it was found."""

    name: str
    words: str
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Scheme:
    """A programme institutions offer products under: 鲁科贷, 鲁科担, … as it stands on a day."""

    code: str
    name: str
    kind: str
    about: str
    source: str
    figures: tuple[Figure, ...]
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words a firm agrees to, with {institution}, {purpose}, {fields}, {until} to be filled in."""

    version: str
    text: str


def offered() -> bool:
    """Whether the city has 科技金融 at all. Raises BadReference."""
    return bool(_data(Path(settings.PACK_DIR)).get("offered", True))


def where_offered(reading: Callable[[], object]) -> Callable[[], object]:
    """A reading of the pack that is asked for only where finance is offered."""
    return lambda: reading() if offered() else None


def pays(claim: str) -> bool:
    """Whether the city has an award for this kind of claim. What a guarantor paid out is compensated where guarantees
    are subsidised."""
    return ("guarantee" if claim == "payout" else claim) in _data(Path(settings.PACK_DIR))["awards"]


def value(key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    assert key in NUMBERS
    return numbers.value(FILE, key, on)


def listed(name: str) -> CodeList:
    """One of LISTS. Raises BadReference."""
    assert name in LISTS
    return _list(Path(settings.PACK_DIR), name)


def schemes(on: date) -> dict[str, Scheme]:
    """The schemes in force on a day, by code, with the figures and conditions of that day."""
    rows = [row for row in _data(Path(settings.PACK_DIR))["scheme"] if _holds(row, on)]
    return {
        row["code"]: Scheme(
            row["code"], row["name"], row["kind"], row["about"], row["source"],
            tuple(_figure(one) for one in row["figures"] if _holds(one, on)),
            tuple(_requirement(one) for one in row["conditions"] if _holds(one, on)),
        )
        for row in rows
    }  # fmt: skip


def scheme_name(code: str) -> str:
    """The name of a scheme, also of one that has ended; "" for none."""
    rows = {row["code"]: row["name"] for row in _data(Path(settings.PACK_DIR))["scheme"]}
    return str(rows.get(code, code))


def scheme_kind(code: str) -> str:
    """The kind of a scheme. Raises KeyError."""
    return {row["code"]: str(row["kind"]) for row in _data(Path(settings.PACK_DIR))["scheme"]}[code]


def filing_title(month: date) -> str:
    """What the sheet of a month's filings is called, by the city's own loan scheme: 鲁科贷备案 2026-11."""
    loans = [one.name for one in schemes(month).values() if one.kind == "loan"]
    return f"{loans[0] if loans else '贷款'}备案 {month:%Y-%m}"


def consent_text(on: date) -> ConsentText:
    """The consent in force. Raises BadReference when there is none for the day."""
    for row in _data(Path(settings.PACK_DIR))["consent_text"]:
        if _holds(row, on):
            return ConsentText(row["version"], row["text"])
    raise BadReference(f"{_path(Path(settings.PACK_DIR))} [consent_text]：{on} 没有有效的授权文本")


def award_for(claim: str) -> Award:
    """The declared award that pays this kind of claim. Raises KeyError, UnknownAward."""
    return load(settings.MEASURES).award(_data(Path(settings.PACK_DIR))["awards"][claim])


def city_share_term(*, early: bool) -> str:
    """The code of the declared term that says what the city bears of a loss."""
    return str(_data(Path(settings.PACK_DIR))["shares"]["city_early" if early else "city"])


def measures_agree() -> None:
    """Whether the awards and shares the file names are declared. Raises BadReference; of a pack that cannot be read
    tells `procedure.terms`."""
    path = _path(Path(settings.PACK_DIR))
    if faults(settings.MEASURES):
        return
    for claim in filter(pays, CLAIMS):
        try:
            award_for(claim)
        except UnknownAward as why:
            raise BadReference(f"{path} [awards] {claim}：{why}") from why
    for early in (False, True) if pays("loss") else ():
        if (code := city_share_term(early=early)) not in award_for("loss").terms:
            raise BadReference(f"{path} [shares]：奖补事项 {award_for('loss').code} 没有标准 {code}")


def _holds(row: Mapping[str, Any], on: date) -> bool:
    return bool(row["since"] <= on <= row.get("until", date.max))


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(row["name"], row["words"], row["source"], bool(row.get("assumed", False)))


def _requirement(row: Mapping[str, Any]) -> Requirement:
    found = (row["code"], row["label"], tuple(row["any"]), row["refusal"], row["source"])
    return Requirement(*found, bool(row.get("assumed", False)))


@lru_cache(maxsize=4)
def _data(folder: Path) -> dict[str, Any]:
    path = _path(folder)
    data = load_toml(path)
    if data.get("offered", True) is False:
        required(data, ("source",), f"{path}（offered = false）")
        return data
    required(data, ("scheme", "consent_text"), str(path))
    data.setdefault("awards", {})
    required(data["awards"], (), f"{path} [awards]")
    if strange := [claim for claim in data["awards"] if claim not in CLAIMS]:
        raise BadReference(f"{path} [awards]：没有 {'、'.join(strange)} 这种事项；可写：{'、'.join(CLAIMS)}")
    if "loss" in data["awards"]:
        required(data.get("shares"), ("city", "city_early"), f"{path} [shares]")
    for row, where in _rows(data, "consent_text", str(path)):
        _dated(row, ("version", "text"), where)
    for scheme, place in _rows(data, "scheme", str(path)):
        _dated(scheme, ("code", "name", "kind", "about", "source", "figures", "conditions"), place)
        for row, where in _rows(scheme, "figures", f"{place}（{scheme['code']}）"):
            _dated(row, ("name", "words", "source"), where)
        for row, where in _rows(scheme, "conditions", f"{place}（{scheme['code']}）"):
            _dated(row, ("code", "label", "any", "refusal", "source"), where)
    return data


def _dated(row: Any, keys: tuple[str, ...], where: str) -> None:
    """Raises BadReference for a row that lacks a key, or whose days are none."""
    required(row, (*keys, "since"), where)
    for name in ("since", "until"):
        day_of(row, name, where)


def _rows(data: Mapping[str, Any], key: str, where: str) -> list[tuple[Mapping[str, Any], str]]:
    """The rows under a key with the place of each, for messages. Raises BadReference."""
    if not isinstance(data[key], list):
        raise BadReference(f"{where} [{key}]：应为一列")
    return [(row, f"{where} [{key}] 第 {n} 项") for n, row in enumerate(data[key], start=1)]


def _path(folder: Path) -> Path:
    return folder / "reference" / f"{FILE}.toml"


@lru_cache(maxsize=16)
def _list(folder: Path, name: str) -> CodeList:
    return load_code_list(_path(folder), name)
