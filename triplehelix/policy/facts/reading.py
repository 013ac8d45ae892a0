"""What people and programs send, read as facts: a value or a message for every one."""

from collections.abc import Mapping
from typing import Any

from triplehelix.policy.facts.one import BadFact, Fact


def read_facts(facts: tuple[Fact, ...], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by fact code, and messages by key: unknown keys, missing facts, values that cannot be.

    A nullable fact sent as null, and an optional one left out, is None.
    """
    by_key = {fact.key: fact for fact in facts}
    values: dict[str, Any] = {}
    errors = {str(key)[:60]: f"不认识的键，可用：{'、'.join(by_key)}" for key in given if key not in by_key}
    for key, fact in by_key.items():
        if key not in given:
            if fact.about.optional:
                values[fact.code] = None
            else:
                errors[key] = f"缺少{fact.label}：{fact.wants()}"
            continue
        if given[key] is None and (fact.about.nullable or fact.about.optional):
            values[fact.code] = None
            continue
        try:
            values[fact.code] = fact.read(given[key])
        except BadFact as why:
            errors[key] = f"{fact.label}{why}"
    return values, errors
