"""The score sheets of the city: those of the pack (reference/procedure.toml [[sheet]]), or, where it has none, the
proposals of the house (`procedure.review.sheets`)."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from triplehelix.foundation.reference import BadReference, load_toml, required
from triplehelix.procedure.cases.terms import FILE
from triplehelix.procedure.review.sheets import SHEETS, ScoreSheet, SheetError

#: What a sheet of the pack must say; the rest has a default (`ScoreSheet`).
KEYS = ("code", "title", "source", "items")


def score_sheets() -> Mapping[str, ScoreSheet]:
    """The sheets by code. Raises BadReference."""
    return _sheets(Path(settings.PACK_DIR))


@lru_cache(maxsize=8)
def _sheets(folder: Path) -> Mapping[str, ScoreSheet]:
    path = folder / "reference" / f"{FILE}.toml"
    rows = load_toml(path).get("sheet", [])
    found = {}
    for n, row in enumerate(rows, start=1):
        where = f"{path} [sheet] 第 {n} 项"
        required(row, KEYS, where)
        try:
            sheet = ScoreSheet.from_data({"assumed": False, **row})
        except SheetError as why:
            raise BadReference(f"{where}：{why.message}") from why
        if sheet.code in found:
            raise BadReference(f"{where}：代码重复：{sheet.code}")
        found[sheet.code] = sheet
    return found or SHEETS
