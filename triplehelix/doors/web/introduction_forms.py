"""The forms of the acts on an introduction: from what a person types to the values the actions want."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import choices, offer
from triplehelix.doors.web.parts import day_field, text_field
from triplehelix.doors.web.rows import Rows
from triplehelix.foundation.money import Fen
from triplehelix.market.introductions import actions, finds, reasons
from triplehelix.market.introductions.guards import TOOK_PLACE
from triplehelix.market.introductions.models import MOST_ROWS, WORDS_LENGTH, Introduction, Meeting, Version
from triplehelix.records.parties import reference

WAN = Decimal(1_000_000)


def _line(label: Any, most: int, *, required: bool = True, help: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help)


def _wan(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=required, min_value=0, max_digits=12, decimal_places=6)


def fen(wan: Decimal | None) -> int | None:
    """万元 as whole fen."""
    return None if wan is None else int(Fen.from_unit(wan, "万元"))


class ActForm(Form):
    """A form of an act; made from the introduction it acts on. Nothing asked is the plainest one."""

    def __init__(self, introduction: Introduction, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, **more)
        self.introduction = introduction


class InviteForm(Form):
    words = text_field(
        gettext_lazy("想对对方说的话"), most=WORDS_LENGTH, required=False,
        help=gettext_lazy("为什么找他们、想先谈什么；不要写价格和联系方式，对方接受后双方自然看得到"),
    )  # fmt: skip


class ReasonForm(ActForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("原因"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择八类原因之一")},
    )  # fmt: skip
    words = text_field(gettext_lazy("补充一句"), most=500, rows=2, required=False, help=gettext_lazy("对方会看到"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offered = [(one.code, f"{one.label}（{one.about}）") for one in reasons.offered(timezone.localdate())]
        offer(self, "reason", offered)


class PlanForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("形式"), choices=Meeting.KINDS)
    planned_at = forms.DateTimeField(
        label=gettext_lazy("时间"), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("请写成 2026-12-01 09:30 这样的时间")},
    )  # fmt: skip
    place = _line(gettext_lazy("地点或会议方式"), 120, help=gettext_lazy("例如“企业二车间”“电话”“视频”"))


def _appointments(form: ActForm, empty: Any | None) -> None:
    rows = form.introduction.meetings.filter(held_on__isnull=True, cancelled_at__isnull=True).order_by("planned_at")
    found = [
        (str(one.pk), f"{one.get_kind_display()} {timezone.localtime(one.planned_at):%m-%d %H:%M}") for one in rows
    ]
    offer(form, "meeting", found if empty is None else [("", empty), *found])


class HeldForm(ActForm):
    meeting = forms.ChoiceField(label=gettext_lazy("是哪一次约定"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("形式"), choices=Meeting.KINDS)
    held_on = day_field(gettext_lazy("日期"))
    place = _line(gettext_lazy("地点或会议方式"), 120, required=False)
    people = _line(gettext_lazy("双方谁参加了"), 500)
    notes = text_field(
        gettext_lazy("纪要"), most=5000, required=False,
        help=gettext_lazy("谈了什么、下一步谁做什么；只有双方、经理人和审计看得到"),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _appointments(self, _("没有预约过"))

    def meeting_chosen(self) -> Meeting | None:
        number = self.cleaned_data["meeting"]
        return self.introduction.meetings.get(pk=int(number)) if number else None


class CancelForm(ActForm):
    meeting = forms.ChoiceField(label=gettext_lazy("哪一次"))
    why = _line(gettext_lazy("为什么取消"), 200)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _appointments(self, None)


class VoidMeetingForm(ActForm):
    meeting = forms.ChoiceField(label=gettext_lazy("哪一次"))
    why = _line(gettext_lazy("错在哪里"), 200, help=gettext_lazy("作废后可以重新登记正确的；对方会收到"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = self.introduction.meetings.filter(TOOK_PLACE).order_by("-held_on", "-pk")
        offer(self, "meeting", [(str(one.pk), str(one)) for one in rows])


class IntentForm(ActForm):
    signed_on = day_field(gettext_lazy("签订日期"))
    number = _line(gettext_lazy("编号"), 60, required=False)
    event = _line(gettext_lazy("在哪个活动上签订"), 120, required=False)
    amount = _wan(gettext_lazy("意向金额（万元）"), required=False)
    about = text_field(gettext_lazy("内容"), most=500)
    file = forms.FileField(label=gettext_lazy("签字的意向书"))


class VoidIntentForm(ActForm):
    why = _line(gettext_lazy("错在哪里"), 200, help=gettext_lazy("作废后可以重新登记正确的；对方会收到"))


class SayForm(ActForm):
    text = text_field(gettext_lazy("要说的话"), most=2000)


class LayForm(ActForm):
    file = forms.FileField(label=gettext_lazy("文件"))
    title = _line(gettext_lazy("说明"), 120, required=False)


class WhyForm(ActForm):
    why = _line(gettext_lazy("为什么不能办"), 200)


class AssignForm(ActForm):
    manager = forms.ChoiceField(label=gettext_lazy("技术经理人"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        people = finds.managers(timezone.localdate()).order_by("name", "pk")
        offer(self, "manager", [("", _("请选择")), *((str(one.pk), str(one)) for one in people)])


class TermsForm(ActForm):
    """Terms of the negotiation; opened on the newest version, so that one changes what one wants changed."""

    mode = forms.ChoiceField(label=gettext_lazy("合作方式"))
    price_wan = _wan(gettext_lazy("总价（万元）"))
    structure = forms.ChoiceField(label=gettext_lazy("付款方式"), choices=Version.STRUCTURES)
    royalty_percent = forms.DecimalField(
        label=gettext_lazy("提成比例（%）"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
    )
    royalty_base = _line(gettext_lazy("按什么提成"), 120, required=False)
    equity_percent = forms.DecimalField(
        label=gettext_lazy("股权比例（%）"), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    rights = text_field(gettext_lazy("权属和后续改进"), most=WORDS_LENGTH)
    delivery = text_field(gettext_lazy("交付和验收"), most=WORDS_LENGTH)
    other = text_field(gettext_lazy("其他约定"), most=WORDS_LENGTH, rows=2, required=False)
    why = _line(gettext_lazy("为什么这样改"), 300, required=False)
    asked_as = {"price": "price_wan", "royalty": "royalty_percent", "equity": "equity_percent"}

    def __init__(self, introduction: Introduction, data: Any = None, files: Any = None, **more: Any) -> None:
        newest = introduction.versions.order_by("-n").first()
        super().__init__(introduction, data, files, initial=_initial(newest, introduction), **more)
        offer(self, "mode", choices(reference.code_list("transfer_modes"), timezone.localdate(), empty=_("请选择")))
        self.instalments = Rows(
            self,
            {"row": lambda: _line(_("付款条件"), 120), "amount": lambda: _wan(_("金额（万元）")),
             "due": lambda: day_field(_("最晚日期"))},
            title=_("分期"), named=_("第 %(n)d 期"), shape="pay", most=MOST_ROWS, start=_instalments(newest),
        )  # fmt: skip
        self.rows = {"row": self.instalments}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.parts = [
            (row["row"] or "", fen(row["amount"]) or 0, row["due"]) for row in self.instalments.typed(cleaned)
        ]
        return cleaned

    def plain(self) -> list[Any]:
        """The fields before the instalments."""
        return [self[name] for name in ("mode", "price_wan", "structure")]

    def texts(self) -> list[Any]:
        return [self[name] for name in ("rights", "delivery", "other", "why")]

    def terms(self) -> actions.Terms:
        data = self.cleaned_data
        return actions.Terms(
            mode=data["mode"], structure=data["structure"], price_fen=fen(data["price_wan"]) or 0, rows=self.parts,
            royalty_ppm=int((data["royalty_percent"] or 0) * 10_000), royalty_base=data["royalty_base"],
            equity_bp=int((data["equity_percent"] or 0) * 100), rights=data["rights"], delivery=data["delivery"],
            other=data["other"], why=data["why"],
        )  # fmt: skip


def _instalments(newest: Version | None) -> list[dict[str, Any]]:
    rows = newest.rows if newest is not None else []
    return [{"row": row["name"], "amount": Decimal(row["fen"]) / WAN, "due": row["due"] or None} for row in rows]


def _initial(newest: Version | None, introduction: Introduction) -> dict[str, Any]:
    if newest is None:
        offered = introduction.achievement
        price = offered.price_fen or introduction.need.price_fen
        return {"mode": offered.modes[0] if offered.modes else "", "price_wan": Decimal(price) / WAN if price else None}
    found: dict[str, Any] = {
        name: getattr(newest, name) for name in ("mode", "structure", "royalty_base", "rights", "delivery", "other")
    }
    found |= {
        "price_wan": Decimal(newest.price_fen) / WAN,
        "royalty_percent": Decimal(newest.royalty_ppm) / 10_000 if newest.royalty_ppm else None,
        "equity_percent": Decimal(newest.equity_bp) / 100 if newest.equity_bp else None,
    }
    return found
