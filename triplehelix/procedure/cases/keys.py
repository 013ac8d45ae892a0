"""What a case's facts are compared by: a digest of each set of them that the award compares, kept with the case."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.db import models

from triplehelix.foundation.text import folded
from triplehelix.policy.award import Award
from triplehelix.policy.facts import read_facts
from triplehelix.policy.registry import UnknownAward

#: Of the way `folded` reads numbers. Raise it when `folded` changes: keys made before are then not trusted, and the
#: facts of such a case are compared themselves.
EDITION = "1"


def name_of(codes: Iterable[str]) -> str:
    """What facts a key stands for."""
    return f"{EDITION}:{'+'.join(codes)}"


def key_of(award: Award, codes: Iterable[str], facts: Mapping[str, Any]) -> str:
    """These facts as they are compared with those of other cases, under this award or another; "" while one of them is
    not told.

    A digest: lists and logs of cases do not show a number that fewer may see than usual.
    """
    asked = tuple(award.fact(code) for code in codes)
    found, errors = read_facts(asked, {fact.key: facts[fact.key] for fact in asked if fact.key in facts})
    if errors:
        return ""
    parts = [folded(fact.written(found[fact.code])) for fact in asked]
    return sha256("\x1f".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def keys_of(award: Award, facts: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """By name, everything the award compares its cases by: one key for facts together, for a table one of each row."""
    ways = {award.once, *(rule.by for rule in award.excludes)}
    ways |= {rule.by for rule in award.earlier}
    found: dict[str, str | list[str]] = {}
    found |= {name_of(codes): key_of(award, codes, facts) for codes in sorted(ways) if codes}
    return found | {rows_name(code): sorted(row_keys(award, code, facts)) for code in award.each_once}


def rows_name(code: str) -> str:
    """What the keys of a table's rows stand for."""
    return f"{EDITION}:each:{code}"


def row_keys(award: Award, code: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """The key of each row of a table, with its id as it was written; none while the table cannot be read."""
    table = award.fact(code)
    rows, _errors = read_facts((table,), {table.key: facts.get(table.key)})
    return keys_of_ids(str(row["id"]) for row in rows.get(code) or ())


def keys_of_ids(ids: Iterable[str]) -> dict[str, str]:
    """The key of each id, with the id."""
    return {sha256(folded(one).encode(errors="surrogatepass")).hexdigest()[:32]: one for one in ids}


class Keys(models.JSONField):
    """`keys_of` a case's facts, made whenever the case is saved, one or many: nobody can forget it."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """To migrations it is what stands in the database: their models have no award."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> dict[str, str | list[str]]:
        try:
            found = keys_of(model_instance.award, model_instance.facts)  # type: ignore[attr-defined]  # a Case
        except UnknownAward:
            found = {}  # the pack has given the award up: nothing of it is compared any more
        setattr(model_instance, self.attname, found)
        return found
