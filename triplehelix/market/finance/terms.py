"""What the pack says of finance (reference/finance.toml): numbers, lists, schemes with conditions, consent texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.reference import BadReference, load_code_list, load_toml
from triplehelix.policy.award import Award
from triplehelix.policy.registry import load
from triplehelix.records.parties import numbers
from triplehelix.records.parties.numbers import Value

FILE = "finance"
#: What an institution is, and what kind of product each kind offers.
INSTITUTIONS = [("bank", _("银行")), ("guarantor", _("担保机构")), ("insurer", _("保险机构")), ("fund", _("基金"))]
KINDS = [("loan", _("贷款")), ("guarantee", _("担保")), ("insurance", _("保险")), ("equity", _("股权"))]
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


def value(key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    return numbers.value(FILE, key, on)


def listed(name: str) -> CodeList:
    """uses, collaterals, decline_reasons, consent_fields, rounds."""
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


def consent_text(on: date) -> ConsentText:
    """The consent in force. Raises BadReference when there is none for the day."""
    for row in _data(Path(settings.PACK_DIR))["consent_text"]:
        if _holds(row, on):
            return ConsentText(row["version"], row["text"])
    raise BadReference(f"{FILE}.toml: no consent text in force on {on}")


def award_for(claim: str) -> Award:
    """The declared award that pays this kind of claim. Raises KeyError, UnknownAward."""
    return load(settings.MEASURES).award(_data(Path(settings.PACK_DIR))["awards"][claim])


def city_share_term(*, early: bool) -> str:
    """The code of the declared term that says what the city bears of a loss."""
    return str(_data(Path(settings.PACK_DIR))["shares"]["city_early" if early else "city"])


def _holds(row: Mapping[str, Any], on: date) -> bool:
    return bool(row["since"] <= on <= row.get("until", date.max))


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(row["name"], row["words"], row["source"], bool(row.get("assumed", False)))


def _requirement(row: Mapping[str, Any]) -> Requirement:
    found = (row["code"], row["label"], tuple(row["any"]), row["refusal"], row["source"])
    return Requirement(*found, bool(row.get("assumed", False)))


@lru_cache(maxsize=4)
def _data(folder: Path) -> dict[str, Any]:
    return load_toml(folder / "reference" / f"{FILE}.toml")


@lru_cache(maxsize=16)
def _list(folder: Path, name: str) -> CodeList:
    return load_code_list(folder / "reference" / f"{FILE}.toml", name)
