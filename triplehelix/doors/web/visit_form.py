"""The form of a visit: one firm, and what it needs: a technical need part by part, people, money."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import NeedForm
from triplehelix.doors.web.parts import day_field, text_field
from triplehelix.foundation.money import Fen
from triplehelix.market.visits import access
from triplehelix.market.visits.given import Given
from triplehelix.market.visits.models import MOST_WHY
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid

USCC = re.compile(r"[0-9A-Za-z]{18}")
#: So many firms travel with the page, so that they are there without a network.
MOST_FIRMS = 3000
#: What a visit does not ask: the firm adds it to its draft.
NOT_ASKED = ("region", "modes", "number", "contact_name", "contact_phone", "contact_email", "trl_wanted",
             "region_wanted", "seen_version", "not_alike")  # fmt: skip


def _line(label: Any, help: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help, max_length=120, required=False)


class VoidForm(Form):
    """Why a visit is taken back."""

    why = text_field(gettext_lazy("原因"), most=MOST_WHY, help=gettext_lazy("企业看不到"))


class VisitForm(NeedForm):
    """What a need asks, and around it the visit. Left empty, a part is not there."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    #: Whose page it was when it was written: another account's is not taken.
    account = forms.CharField(widget=forms.HiddenInput, required=False)
    organisation = forms.CharField(label=gettext_lazy("走访的企业"), max_length=160)
    organisation_name = _line(gettext_lazy("企业全称"), gettext_lazy("上面写的是还没有登记的统一社会信用代码时填"))
    visited_on = day_field(gettext_lazy("走访日期"))
    met_name = forms.CharField(label=gettext_lazy("接待人"), max_length=40, required=False)
    met_phone = forms.CharField(
        label=gettext_lazy("接待人电话"), max_length=24, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    about = text_field(
        gettext_lazy("走访情况"), most=2000, required=False, help=gettext_lazy("生产经营、研发投入、现场看到的")
    )
    talent_text = text_field(
        gettext_lazy("要什么样的人"), most=2000, required=False, help=gettext_lazy("做什么、解决什么问题、待遇")
    )
    talent_post = _line(gettext_lazy("岗位或专业"))
    talent_count = forms.IntegerField(label=gettext_lazy("人数"), required=False)
    talent_level = _line(gettext_lazy("学历、职称要求"))
    talent_needed_by = day_field(gettext_lazy("最晚什么时候到岗"), required=False)
    finance_text = text_field(
        gettext_lazy("资金上有什么困难"), most=2000, required=False, help=gettext_lazy("已有贷款、担保、抵押的情况")
    )
    finance_wan = forms.DecimalField(
        label=gettext_lazy("金额（万元）"), required=False, min_value=0, max_digits=12, decimal_places=4
    )
    finance_purpose = _line(gettext_lazy("用途"), gettext_lazy("例如：买中试设备、补流动资金"))
    finance_needed_by = day_field(gettext_lazy("最晚什么时候要钱"), required=False)
    hand_in = forms.BooleanField(label=gettext_lazy("技术需求送达后直接发布，进入会诊"), required=False)
    title = forms.CharField(
        label=gettext_lazy("需求标题"), max_length=120, required=False,
        help_text=gettext_lazy("一句话，例如“镀锡铜排三个月就发黑”"),
    )  # fmt: skip
    field = forms.ChoiceField(label=gettext_lazy("技术领域"), required=False)
    asked_as = {
        **NeedForm.asked_as, "finance_amount_fen": "finance_wan", "contact_name": "met_name",
        "contact_phone": "met_phone", "contact_email": "met_phone",
    }  # fmt: skip

    def __init__(self, *args: Any, on: date, visitor: Account, **kwargs: Any) -> None:
        self.visitor, self.on = visitor, on
        kwargs["initial"] = {"visited_on": on} | (kwargs.get("initial") or {})
        super().__init__(*args, on=on, **kwargs)
        for name in NOT_ASKED:
            del self.fields[name]
        self.is_office = access.is_office(visitor, on)
        self.firms = list(access.may_visit(visitor, on).order_by("name")[:MOST_FIRMS])
        if not self.is_office:
            choices = [(one.uscc, one.name) for one in self.firms]
            self.fields["organisation"].widget = forms.Select(choices=choices)
            del self.fields["organisation_name"]
        else:
            self.fields["organisation"].widget.attrs["list"] = "firms"
            self.fields["organisation"].help_text = _("写名称里的几个字选择；没有登记的，写 18 位统一社会信用代码")
            del self.fields["hand_in"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super(NeedForm, self).clean() or {}
        told = [name for name in ("what", "present", "target", "tried", "text", "teaser") if cleaned.get(name)]
        self.has_need = bool(told or cleaned.get("title"))
        if self.has_need and not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", _("请给技术需求写一个标题"))
        return cleaned

    def given(self) -> Given:
        """The visit as the market wants it. Raises Invalid at `organisation`, `organisation_name`."""
        said = self.cleaned_data
        found, uscc, name = self._firm(said["organisation"], said.get("organisation_name", ""))
        return Given(
            organisation=found, uscc=uscc, name=name, need=self.need_values() if self.has_need else None,
            visited_on=said["visited_on"], met_name=said["met_name"], met_phone=said["met_phone"], about=said["about"],
            talent=self._ask("talent", ("text", "post", "count", "level", "needed_by")),
            finance=self._ask("finance", ("text", "amount_fen", "purpose", "needed_by")),
            hand_in=bool(said.get("hand_in")),
        )  # fmt: skip

    def need_values(self) -> dict[str, Any]:
        """The values of the technical need, by the market's names."""
        asked = ("title", "what", "present", "target", "tried", "field", "chain", "needed_by", "secrecy", "teaser")
        found = {name: self.cleaned_data[name] for name in asked} | {"rest": self.cleaned_data["text"]}
        wan = self.cleaned_data["price_wan"]
        return found | {"price_fen": None if wan is None else int(Fen.from_unit(wan, "万元"))}

    def _firm(self, typed: str, name: str) -> tuple[Organisation | None, str, str]:
        """The firm meant: by its code, or by its whole name; a code nobody knows needs a name to register under."""
        code = USCC.search(typed)
        if code is not None:
            known = Organisation.objects.filter(uscc=code.group().upper()).first()
            if known is None and not name:
                raise Invalid({"organisation_name": _("平台上还没有这家企业：请填企业全称，送达时一并登记")})
            return known, code.group().upper(), name
        # Among all of them: the list the page offers may be cut.
        known = access.may_visit(self.visitor, self.on).filter(name=typed.strip()).first()
        if known is None:
            raise Invalid({"organisation": _("没有找到这家企业：请从列表里选，或写 18 位统一社会信用代码")})
        return known, known.uscc, known.name

    def _ask(self, what: str, names: tuple[str, ...]) -> dict[str, Any] | None:
        found = {name: self.cleaned_data.get(f"{what}_{name}") for name in names}
        if what == "finance":
            wan = self.cleaned_data["finance_wan"]
            found["amount_fen"] = None if wan is None else int(Fen.from_unit(wan, "万元"))
        found = {name: "" if value is None and name in ("text", "post", "level", "purpose") else value
                 for name, value in found.items()}  # fmt: skip
        return found if any(value not in ("", None) for value in found.values()) else None
