"""What a page says of a fact that is missing: in words for people. The API keeps the declaration's own, which say what
to send; a page asks for what can be done in its field."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.policy.facts import (
    BadFact,
    Choice,
    Choices,
    Count,
    Day,
    Fact,
    Listed,
    Money,
    Ratio,
    Text,
    YesNo,
)  # fmt: skip

#: What to do in the field of each kind of fact.
ASKED: dict[type[Fact], Callable[[], str]] = {
    YesNo: lambda: _("请选择是或否"),
    Choice: lambda: _("请选择一项"),
    Choices: lambda: _("请至少选择一项"),
    Money: lambda: _("请填写金额"),
    Ratio: lambda: _("请填写比例，如 0.8、80%% 或 2/7") % {},
    Day: lambda: _("请填写日期"),
    Text: lambda: _("请填写"),
    Listed: lambda: _("请至少填写一行"),
}


def missing(fact: Fact) -> str:
    """What is asked for where nothing was given."""
    if isinstance(fact, Count):
        return _("请填写数量（%(unit)s）") % {"unit": fact.unit} if fact.unit else _("请填写整数")
    return ASKED[type(fact)]()


def wrong_row(rows: list[Mapping[str, Any]], columns: tuple[Fact, ...]) -> str | None:
    """The first cell of a table that cannot be read, by its row and heading; None when every cell can."""
    for n, row in enumerate(rows, start=1):
        for column in columns:
            said = _wrong_cell(column, row)
            if said:
                return _("第 %(n)d 行，%(label)s：%(said)s") % {"n": n, "label": column.label, "said": said}
    return None


def _wrong_cell(column: Fact, row: Mapping[str, Any]) -> str:
    if row.get(column.key) is None:
        return missing(column)
    try:
        column.read(row[column.key])
    except BadFact as why:
        return str(why)
    return ""
