"""What is wrong with the shape of a call: each wrong part by the name its sender knows, in the sender's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import ValidationError, ValidationErrorContext
from pydantic import BaseModel

WHOLE = gettext_lazy("要写整数")
NUMBER = gettext_lazy("要写数字")
DAY = gettext_lazy("要写日期，如 2026-11-27")
MOMENT = gettext_lazy("要写带时区的时间，如 2026-11-27T09:00:00+08:00")
THING = gettext_lazy("要写对象 {…}")
#: What to do, by pydantic's name of the error; the places are filled from its context.
SAID: Mapping[str, Any] = {
    "missing": gettext_lazy("必填"),
    "extra_forbidden": gettext_lazy("没有这一项"),
    "string_type": gettext_lazy("要写文字"),
    "string_too_long": gettext_lazy("最多 %(max_length)s 个字"),
    "string_too_short": gettext_lazy("至少 %(min_length)s 个字"),
    "string_pattern_mismatch": gettext_lazy("要符合 %(pattern)s"),
    "literal_error": gettext_lazy("只能是 %(expected)s"),
    "int_type": WHOLE, "int_parsing": WHOLE, "int_parsing_size": WHOLE, "int_from_float": WHOLE,
    "float_type": NUMBER, "float_parsing": NUMBER, "finite_number": NUMBER,
    "decimal_type": NUMBER, "decimal_parsing": NUMBER,
    "bool_type": gettext_lazy("要写 true 或 false"), "bool_parsing": gettext_lazy("要写 true 或 false"),
    "greater_than_equal": gettext_lazy("不能小于 %(ge)s"),
    "less_than_equal": gettext_lazy("不能大于 %(le)s"),
    "date_type": DAY, "date_parsing": DAY, "date_from_datetime_parsing": DAY, "date_from_datetime_inexact": DAY,
    "datetime_type": MOMENT, "datetime_parsing": MOMENT, "datetime_from_date_parsing": MOMENT,
    "datetime_object_invalid": MOMENT, "timezone_aware": MOMENT,
    "list_type": gettext_lazy("要写列表 […]"),
    "dict_type": THING, "model_type": THING, "model_attributes_type": THING,
    "too_long": gettext_lazy("最多 %(max_length)s 项"),
    "too_short": gettext_lazy("至少 %(min_length)s 项"),
}  # fmt: skip


def found(contexts: list[ValidationErrorContext[Any]]) -> ValidationError:
    """Ninja's refusal with `place` and `said` of each error, instead of the function's own parameter in the place."""
    return ValidationError([
        {"place": _place(error["loc"], context.model), "said": _said(error), **error}
        for context in contexts
        for error in context.pydantic_validation_error.errors(include_url=False, include_input=False)
    ])  # fmt: skip


def _place(loc: tuple[int | str, ...], model: Any) -> str:
    """`owners.1.name` as the sender wrote it; `body` where what was sent is no object at all."""
    field = model.model_fields.get(loc[0])
    kind = field.annotation if field is not None else None
    inside = loc[1:] if isinstance(kind, type) and issubclass(kind, BaseModel) else loc
    return ".".join(map(str, inside)) or "body"


def _said(error: Mapping[str, Any]) -> str:
    """What to do. What a check of ours says is said by it; what has no words here keeps the library's, in English."""
    context = dict(error.get("ctx", {}))
    if error["type"] == "value_error":
        return str(context["error"])
    if error["type"] not in SAID:
        return str(error["msg"])
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", ", ").replace(", ", _("、"))
    sentence: str = str(SAID[error["type"]]) % context
    return sentence
