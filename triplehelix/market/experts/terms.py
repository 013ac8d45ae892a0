"""The weights and limits of this room, from the pack's reference/experts.toml: dated, each with its source."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from triplehelix.foundation.reference import BadReference, load_toml


@dataclass(frozen=True, slots=True)
class Value:
    value: Any
    source: str
    assumed: bool


def value(key: str, on: date) -> Value:
    """The value of this key in force on a day. Raises BadReference when there is none."""
    held = [row for row in _values(Path(settings.PACK_DIR)).get(key, []) if row["since"] <= on]
    if not held:
        raise BadReference(f"experts.toml: no value of {key} in force on {on}")
    row = max(held, key=lambda one: one["since"])
    return Value(row["value"], row["source"], bool(row.get("assumed", False)))


def weights(on: date) -> dict[str, int]:
    """What each piece of evidence counts, out of 100 (`candidates`)."""
    return {key.removeprefix("weight_"): int(value(key, on).value) for key in _values(Path(settings.PACK_DIR))
            if key.startswith("weight_")}  # fmt: skip


@lru_cache(maxsize=8)
def _values(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = load_toml(folder / "reference" / "experts.toml")["values"]
    return found
