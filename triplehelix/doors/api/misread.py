"""What is wrong with a part of a call that cannot be read, in the caller's language and with what to send instead."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

#: By pydantic's name of the fault, with its parameters. What is not named here keeps pydantic's English.
SAID: Mapping[str, Any] = {
    "missing": _("必填"),
    "string_type": _("应为文字"),
    "string_too_short": _("至少 %(min_length)s 个字"),
    "string_too_long": _("最多 %(max_length)s 个字"),
    "too_short": _("至少 %(min_length)s 项"),
    "too_long": _("最多 %(max_length)s 项"),
    "greater_than": _("应大于 %(gt)s"),
    "greater_than_equal": _("应不小于 %(ge)s"),
    "less_than": _("应小于 %(lt)s"),
    "less_than_equal": _("应不大于 %(le)s"),
    "literal_error": _("应为其一：%(expected)s"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _("应为整数")),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing"), _("应为数字")),
    **dict.fromkeys(("bool_type", "bool_parsing"), _("应为 true 或 false")),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        _("应为 2026-01-31 这样的日期"),
    ),
    "list_type": _("应为列表"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), _("应为对象")),
}


def said(error: Mapping[str, Any]) -> str:
    """One fault as pydantic tells it (`type`, `ctx`, `msg`); a sentence of ours (ValueError) as it was raised."""
    words = SAID.get(error["type"])
    if words is None:
        return str(error["msg"]).removeprefix("Value error, ")
    return str(str(words) % error.get("ctx", {}))
