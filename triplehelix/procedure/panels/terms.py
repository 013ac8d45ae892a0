"""What the pack says of reviews (reference/procedure.toml): how a panel is made up, and the score sheets; where it has
no [[sheet]], the proposals of the house (`procedure.review.sheets`)."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from triplehelix.foundation.reference import BadReference, load_toml, required
from triplehelix.procedure.cases.terms import FILE
from triplehelix.procedure.review.panel import PanelRules
from triplehelix.procedure.review.sheets import SHEETS, ScoreSheet, SheetError
from triplehelix.records.parties import numbers

#: What a sheet of the pack must say; the rest has a default (`ScoreSheet`).
KEYS = ("code", "title", "source", "items")
#: The fewest experts for a case, and how many candidates stand for each seat that is drawn.
WHOLE = ("panel_least", "panel_pool_factor")
#: The most of a panel that may come from one unit.
UNIT_SHARE = "panel_unit_most"


def panel_rules(on: date, *, size: int, outside_share: Fraction) -> PanelRules:
    """How a panel of so many is made up by the rules of a day. Raises BadReference, NoPanel."""
    least, factor = (numbers.whole(FILE, key, on) for key in WHOLE)
    return PanelRules(
        size=size, least=least, outside_share=outside_share, pool_factor=factor,
        unit_share=numbers.part(FILE, UNIT_SHARE, on),
    )  # fmt: skip


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
