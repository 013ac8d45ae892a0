"""The form that answers an objection (异议), to the notice of a case or of a sale alike."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.sale_fields import ActForm
from triplehelix.records.objections import Objection

SHOWN = 60


class AnswerForm(ActForm):
    """Names the objection it answers: another may have come, and been answered, since the page was shown."""

    objection = forms.ChoiceField(
        label=gettext_lazy("答复哪一件"), widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("这一件异议已经答复；请看过其余的再办理")},
    )  # fmt: skip
    upheld = forms.ChoiceField(
        label=gettext_lazy("异议是否成立"), choices=[("no", gettext_lazy("不成立")), ("yes", gettext_lazy("成立"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("查实情况和答复"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data: Any, objections: Iterable[Objection]) -> None:
        self.open = {str(one.pk): one for one in objections}
        super().__init__(data, initial={"objection": next(iter(self.open), "")})
        field = cast(forms.ChoiceField, self.fields["objection"])
        field.choices = [(pk, _shown(one)) for pk, one in self.open.items()]

    def answered(self) -> dict[str, Any]:
        """What `answer` of the notices' actions takes, after `is_valid()`."""
        said = self.cleaned_data
        return {
            "objection": self.open[said["objection"]], "is_upheld": said["upheld"] == "yes", "text": said["text"],
        }  # fmt: skip


def _shown(one: Objection) -> str:
    return f"{one.name}：{Truncator(one.text).chars(SHOWN)}"
