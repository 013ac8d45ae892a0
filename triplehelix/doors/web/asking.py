"""The form every page's form is made of: where a field says nothing of its own, what is wrong says what to do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.rows import Rows, place
from triplehelix.records.evidence.kinds import Unacceptable
from triplehelix.records.parties.rules import Invalid, Refused

#: How a value that cannot be read is to be written; the first kind that a field is of counts.
INVALID: Mapping[type[forms.Field], Any] = {
    forms.FloatField: gettext_lazy("请填写数字，例如 12.5"),
    forms.DecimalField: gettext_lazy("请填写数字，例如 12.5"),
    forms.IntegerField: gettext_lazy("请填写整数，例如 12"),
    forms.DateTimeField: gettext_lazy("请写成 2026-01-01 09:30 这样的日期和时间"),
    forms.DateField: gettext_lazy("请写成 2026-01-01 这样的日期"),
    forms.EmailField: gettext_lazy("请写成 name@example.com 这样的邮箱地址"),
    forms.URLField: gettext_lazy("请写成 https://example.com 这样的网址"),
}
#: By the code of Django's message, with its parameters.
BOUNDS = {
    "min_value": gettext_lazy("请填写不小于 %(limit_value)s 的数"),
    "max_value": gettext_lazy("请填写不大于 %(limit_value)s 的数"),
    "max_digits": gettext_lazy("最多写 %(max)s 位数字"),
    "max_decimal_places": gettext_lazy("最多写 %(max)s 位小数"),
    "max_whole_digits": gettext_lazy("小数点前最多写 %(max)s 位"),
}
LONG = gettext_lazy("最多 %(limit_value)s 个字，现在有 %(show_value)s 个")
CHOICE = gettext_lazy("没有“%(value)s”这个选项，请重新选择")


def wanted(field: forms.Field, when: Any) -> None:
    """A field that may be empty but for a case, which `look.field` then says after its label."""
    field.required, field.when = False, when  # type: ignore[attr-defined]  # read by `look.field`


class Form(forms.Form):
    """A form that names what it misses: 请填写, 请选择, 请选择要上传的文件. A field's own messages go before.

    It takes the objections of the rooms below at its own fields. `asked_as` says where what a room calls a field is
    asked under another name; `rows` the lines it asks for, by what the room calls one.
    """

    asked_as: Mapping[str, str] = {}
    rows: Mapping[str, Rows] = {}
    is_refused = False

    def full_clean(self) -> None:
        for field in self.fields.values():
            _ask(field)
        super().full_clean()

    @property
    def status(self) -> int:
        """Of the page that shows the form: 409 after a refusal, 422 where something is wrong in it, else 200."""
        return 409 if self.is_refused else 422 if self.errors else 200

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """Around an action and what follows when it was done: what the action objects to is said in the form, and the
        page goes on after the block."""
        try:
            yield
        except (Invalid, Refused, Unacceptable) as why:
            self.blame(why)

    def blame(self, why: Invalid | Refused | Unacceptable) -> None:
        """Each message of an Invalid at its field, of a file at the first that asks for one; those of no field, and
        refusals, at the top."""
        self.is_refused = isinstance(why, Refused)
        if isinstance(why, Invalid):
            said = [(self.field_of(name), message) for name, message in why.errors.items()]
        else:
            papers = [name for name, field in self.fields.items() if isinstance(field, forms.FileField)]
            said = [(papers[0] if papers and isinstance(why, Unacceptable) else "", str(why))]
        for name, message in said:
            self.add_error(name if name in self.fields else None, message)

    def field_of(self, name: str) -> str:
        """The field at which a message is said that the room has of `name`."""
        return place(self.rows, name) or self.asked_as.get(name, name)

    def want(self, *names: str) -> None:
        """For `clean`: these may not be empty after all. One that is, and is not wrong anyhow, says so."""
        for name in names:
            if name not in self.errors and self.cleaned_data.get(name) in self.fields[name].empty_values:
                self.add_error(name, self.fields[name].error_messages["required"])


def _ask(field: forms.Field) -> None:
    """Put the house's words where the field still has Django's."""
    said: dict[str, Any] = {"required": _required(field), **BOUNDS}
    said["invalid"] = next((words for kind, words in INVALID.items() if isinstance(field, kind)), None)
    if isinstance(field, forms.FileField):
        said["empty"] = _("这个文件是空的，请换一个")
    elif isinstance(field, forms.CharField):
        said["max_length"] = LONG
    elif isinstance(field, forms.ChoiceField):
        said["invalid_choice"] = CHOICE
    for code, words in said.items():
        if words and _is_django_s(field, code):
            field.error_messages[code] = words


def _required(field: forms.Field) -> str:
    """What to do with a field left empty; nothing for one that has no name for people."""
    if isinstance(field, forms.FileField):
        return _("请选择要上传的文件")
    if not field.label:
        return ""
    said = {"what": field.label}
    if isinstance(field, forms.BooleanField):
        return _("请勾选：%(what)s") % said
    return (_("请选择%(what)s") if isinstance(field, forms.ChoiceField) else _("请填写%(what)s")) % said


def _is_django_s(field: forms.Field, code: str) -> bool:
    """Whether a message of a field is the one its Django class came with, or none."""
    own = field.error_messages.get(code)
    kinds = (kind for kind in type(field).__mro__ if kind.__module__.startswith("django."))
    return own is None or any(own is vars(kind).get("default_error_messages", {}).get(code) for kind in kinds)
