"""The forms of deals, projects and roadshows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.organisations import FIRM, LONGEST, organisation_of
from triplehelix.doors.web.parts import (
    FenField,
    choice_field,
    chosen,
    day_field,
    moment_field,
    offered,
    one_of,
    text_field,
)
from triplehelix.market.equity.models import Deal, Event, Project
from triplehelix.market.finance import terms
from triplehelix.market.finance.models import Institution
from triplehelix.records.parties.models import Organisation

FUND = gettext_lazy("以哪家基金的名义")


def _rounds(form: forms.Form) -> None:
    listed = offered(terms.listed("rounds"), timezone.localdate())
    form.fields["round"].choices = [("", _("请选择")), *listed]  # type: ignore[attr-defined]


class DealForm(Form):
    """A deal as signed. Valuations for plain equity; conversion terms for the other two."""

    uscc = forms.CharField(label=FIRM, max_length=LONGEST)
    mode = choice_field(gettext_lazy("方式"), Deal.MODES)
    round = choice_field(gettext_lazy("轮次"), [])
    ticket_fen = FenField(label=gettext_lazy("投资金额（万元）"), unit="万元")
    pre_fen = FenField(label=gettext_lazy("投前估值（万元）"), unit="万元", required=False)
    post_fen = FenField(label=gettext_lazy("投后估值（万元）"), unit="万元", required=False)
    conversion = text_field(
        gettext_lazy("转股条件"), required=False, help=gettext_lazy("拨投结合、先投后股必填：里程碑、价格或折扣")
    )
    convert_by = day_field(gettext_lazy("转股期限"), required=False)
    number = forms.CharField(label=gettext_lazy("协议编号"), max_length=60)
    signed_on = day_field(gettext_lazy("签订日期"))
    asked_as: Mapping[str, str] = {"firm": "uscc"}

    def __init__(self, funds: Sequence[Institution], data: Any = None) -> None:
        super().__init__(data)
        _rounds(self)
        one_of(self, "fund", FUND, funds)

    def fund(self) -> Institution:
        found: Institution = chosen(self, "fund")
        return found

    def clean_uscc(self) -> str:
        self.organisation = organisation_of(self.cleaned_data["uscc"])
        return self.organisation.uscc

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("uscc", "fund")}


class ConversionForm(Form):
    pre_fen = FenField(label=gettext_lazy("投前估值（万元）"), unit="万元")
    post_fen = FenField(label=gettext_lazy("投后估值（万元）"), unit="万元")
    converted_on = day_field(gettext_lazy("转股日期"))


class ExitForm(Form):
    exit_kind = choice_field(gettext_lazy("退出方式"), Deal.EXITS)
    exit_on = day_field(gettext_lazy("退出日期"))
    exit_fen = FenField(label=gettext_lazy("退出金额（万元）"), unit="万元", help_text=gettext_lazy("没有收回的写 0"))


class OfferForm(Form):
    """What an owner says to investors of a published listing."""

    teaser = text_field(
        gettext_lazy("一段话"), most=300, help=gettext_lazy("投资人先看到的：做成了什么、市场在哪里、钱用来做什么")
    )
    amount_fen = FenField(label=gettext_lazy("融资金额（万元）"), unit="万元")
    round = choice_field(gettext_lazy("轮次"), [])
    on_stage = forms.BooleanField(
        label=gettext_lazy("愿意路演"), required=False,
        help_text=gettext_lazy("上台的，题目和单位会列在公开的路演页上"),
    )  # fmt: skip

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        _rounds(self)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("listing", "seen_version")}


class ChangeProjectForm(OfferForm):
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ProjectForm(OfferForm):
    """The first time it is said: of which listing."""

    listing = forms.ChoiceField(label=gettext_lazy("哪一项成果或需求"))
    field_order = ("listing",)

    def __init__(self, listings: list[tuple[str, str]], data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial)
        self.fields["listing"].choices = [("", _("请选择")), *listings]  # type: ignore[attr-defined]


class InterestForm(Form):
    text = text_field(gettext_lazy("想了解什么"))

    def __init__(self, funds: Sequence[Institution], data: Any = None) -> None:
        super().__init__(data)
        one_of(self, "fund", FUND, funds)

    def fund(self) -> Institution:
        found: Institution = chosen(self, "fund")
        return found


class CloseForm(Form):
    why = text_field(gettext_lazy("原因"), most=200)


class EventForm(Form):
    title = forms.CharField(label=gettext_lazy("主题"), max_length=80)
    about = text_field(gettext_lazy("说明"), most=3000, required=False)
    place = forms.CharField(label=gettext_lazy("地点"), max_length=120, required=False)
    online = forms.CharField(label=gettext_lazy("线上地址"), max_length=300, required=False)
    starts_at = moment_field(gettext_lazy("开始"))
    ends_at = moment_field(gettext_lazy("结束"))
    capacity = forms.IntegerField(label=gettext_lazy("名额（人）"))
    contact = forms.CharField(label=gettext_lazy("联系"), max_length=120)
    projects = forms.ModelMultipleChoiceField(
        label=gettext_lazy("上台的项目"), queryset=Project.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("只有愿意路演、还在融资的项目"),
    )  # fmt: skip

    def __init__(self, projects: Any, data: Any = None) -> None:
        super().__init__(data)
        self.fields["projects"].queryset = projects  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "projects"}


class ChangeEventForm(EventForm):
    """A roadshow as it stands, to be put right before it begins."""

    why = text_field(gettext_lazy("为什么改"), most=300, help=gettext_lazy("报名的和上台的单位会收到"))
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, projects: Any, event: Event, data: Any = None) -> None:
        super().__init__(projects, data)
        if data is None:
            names = ("title", "about", "place", "online", "starts_at", "ends_at", "capacity", "contact")
            self.initial = {name: getattr(event, name) for name in names} | {
                "projects": [row.project_id for row in event.showings.all()], "seen_version": event.version,
            }  # fmt: skip

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name not in ("why", "seen_version")}


class RegistrationForm(Form):
    people = forms.IntegerField(label=gettext_lazy("人数"), initial=1)

    def __init__(self, own: Sequence[Organisation], data: Any = None) -> None:
        super().__init__(data)
        one_of(self, "organisation", gettext_lazy("报名单位"), own)

    def organisation(self) -> Organisation:
        found: Organisation = chosen(self, "organisation")
        return found
