"""Forms of needs and achievements: from what a person types to the values the actions want."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.parts import day_field
from triplehelix.doors.web.shown import level_words
from triplehelix.foundation.codes import CodeList
from triplehelix.foundation.money import Fen
from triplehelix.market.achievements import people
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import TEXT_LENGTH, TITLE_LENGTH, Listing
from triplehelix.market.listings.rules import PART_LENGTH
from triplehelix.market.needs import completeness
from triplehelix.market.needs.completeness import Completeness
from triplehelix.market.needs.models import CONFIDENTIAL, Need, summary_lacks
from triplehelix.market.needs.words import PARTS
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.models import MOST_NOTE

Choices = list[tuple[str, str]]
WAN = Decimal(10_000)
LONG = forms.Textarea(attrs={"rows": 10, "maxlength": TEXT_LENGTH})


def offer(form: forms.Form, field: str, found: Choices) -> None:
    """Fill a field's choices, which depend on the day the form is shown."""
    chooser = form.fields[field]
    if not isinstance(chooser, forms.ChoiceField):
        raise TypeError(field)
    chooser.choices = found


def choices(codes: CodeList, on: date, *, empty: Any = None) -> Choices:
    """The entries in force on a day; an older value stays readable elsewhere but is not offered."""
    found = [(entry.code, entry.name) for entry in codes.current(on)]
    return found if empty is None else [("", empty), *found]


def levels(on: date, *, empty: Any) -> Choices:
    """Maturities by their number and name together: lists, searches and reasons speak of the number alone."""
    return [("", empty), *((code, level_words(code)) for code, _name in choices(reference.code_list("trl"), on))]


class ListingForm(Form):
    """What a need and an achievement both ask. The rules themselves are the market's; here is only the asking."""

    title = forms.CharField(
        label=_("标题"), max_length=TITLE_LENGTH, help_text=_("一句话说清楚是什么，例如“高导热铜排表面抗氧化处理”")
    )
    text = forms.CharField(label=_("正文"), max_length=TEXT_LENGTH, widget=LONG)
    field = forms.ChoiceField(label=_("技术领域"))
    chain = forms.ChoiceField(label=_("产业链"), required=False)
    region = forms.ChoiceField(label=_("所在地"), required=False)
    modes = forms.MultipleChoiceField(label=_("合作方式"), required=False, widget=forms.CheckboxSelectMultiple)
    price_wan = forms.DecimalField(
        label=_("价格（万元）"), required=False, min_value=0, max_digits=12, decimal_places=4, help_text=_("面议请留空")
    )
    number = forms.CharField(label=_("本单位编号"), max_length=40, required=False, help_text=_("可以不填"))
    contact_name = forms.CharField(label=_("联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=24, required=False)
    contact_email = forms.EmailField(label=_("联系邮箱"), required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    asked_as: Mapping[str, str] = {"price_fen": "price_wan"}

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "field", choices(reference.fields(), on, empty=_("请选择")))
        offer(self, "chain", choices(reference.chains(), on, empty=_("不属于所列产业链")))
        offer(self, "region", choices(reference.regions(), on, empty=_("请选择")))
        offer(self, "modes", choices(reference.code_list("transfer_modes"), on))

    def values(self) -> dict[str, Any]:
        """Cleaned data by the market's names; money in whole fen."""
        found = {k: v for k, v in self.cleaned_data.items() if k not in ("seen_version", "price_wan")}
        wan = self.cleaned_data["price_wan"]
        found["price_fen"] = None if wan is None else int(Fen.from_unit(wan, "万元"))
        return found

    @classmethod
    def initial_of(cls, listing: Listing) -> dict[str, Any]:
        names = [n for n in cls.base_fields if hasattr(listing, n)]
        found = {name: getattr(listing, name) for name in names}
        found["price_wan"] = None if listing.price_fen is None else Decimal(listing.price_fen) / 100 / WAN
        found["seen_version"] = listing.version
        return found


def part(label: Any, help: Any, rows: int = 3) -> forms.CharField:
    """One of the questions a need is told by."""
    area = forms.Textarea(attrs={"rows": rows, "maxlength": PART_LENGTH})
    return forms.CharField(label=label, help_text=help, max_length=PART_LENGTH, required=False, widget=area)


class NeedForm(ListingForm):
    """A need, asked question by question. `text` is what the firm adds, or all of it in one piece."""

    what = part(_("是什么东西、用在哪里"), _("例如：开关柜里用的镀锡铜排，室内，常年带电"))
    present = part(_("现在怎样"), _("写数字：例如放三个月表面发黑，接触电阻由 8 微欧升到 21 微欧，一年损失 40 万元"))
    target = part(_("要达到什么指标"), _("写数字：例如中性盐雾 240 小时不变色，接触电阻增加不超过 5%"))
    tried = part(_("试过什么、为什么不行"), _("例如：加厚镀层成本高；含铬钝化出口客户不收。没试过就写“没有试过”"))
    text = forms.CharField(
        label=_("补充说明"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH}),
        required=False, help_text=_("什么不能动（成本、节拍、认证）；已有整段材料的，也可以只贴在这里，不分项"),
    )  # fmt: skip
    price_wan = forms.DecimalField(
        label=_("预算（万元）"), required=False, min_value=0, max_digits=12, decimal_places=4, help_text=_("面议请留空")
    )
    needed_by = day_field(_("最晚什么时候要"), required=False)
    secrecy = forms.ChoiceField(
        label=_("能不能公开"), required=False, widget=forms.RadioSelect,
        choices=[*Need.SECRECY, ("secret", _("涉及国家秘密"))],
    )  # fmt: skip
    teaser = part(_("公开摘要"), _("选“保密”时写：要解决哪一类问题，不写细节。标题、摘要、预算、技术领域是公开的"), 2)
    trl_wanted = forms.TypedChoiceField(
        label=_("最低成熟度"), required=False, coerce=int, empty_value=None, help_text=_("低于它的成果用不上")
    )
    region_wanted = forms.ChoiceField(label=_("希望合作方所在地"), required=False)
    not_alike = forms.BooleanField(label=_("已核对，不是重复的需求"), required=False)
    asked_as = {"price_fen": "price_wan", "rest": "text"}
    #: Needs that say the same, once somebody has looked (need_page.doubled).
    alike: Any = ()

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"secrecy": "open"} | (kwargs.get("initial") or {})
        super().__init__(*args, on=on, **kwargs)
        offer(self, "trl_wanted", levels(on, empty=_("不限")))
        offer(self, "region_wanted", choices(reference.regions(), on, empty=_("不限")))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        told = ("what", "present", "target", "tried", "text")
        if not any(cleaned.get(name) for name in told) and not self.errors.keys() & set(told):
            self.add_error("what", _("请写清楚是什么东西、要解决什么；也可以在“补充说明”里整段写"))
        if "publish" in self.data and cleaned.get("secrecy") == CONFIDENTIAL and "teaser" not in self.errors:
            self.add_error("teaser", summary_lacks(cleaned["teaser"]) or [])
        return cleaned

    def values(self) -> dict[str, Any]:
        found = super().values()
        found["rest"] = found.pop("text")
        del found["not_alike"]
        if not found["secrecy"]:  # a page that did not ask changes nothing about it
            del found["secrecy"], found["teaser"]
        return found

    def completeness(self) -> Completeness:
        """How complete it is as it stands in the form: typed, or as it was."""
        return completeness.of(
            {name: self[self.asked_as.get(name, name)].value() for one in completeness.CRITERIA for name in one.fields}
            | {"rest": self["text"].value()}
        )

    def completeness_rules(self) -> str:
        """The criteria for the page's own counting, as JSON."""
        return json.dumps(completeness.declared(self.asked_as), ensure_ascii=False)

    @classmethod
    def initial_of(cls, listing: Listing) -> dict[str, Any]:
        assert isinstance(listing, Need)
        words = listing.words()
        told = {name: getattr(words, name) for name in PARTS} | {"text": words.rest}
        teaser = listing.text if listing.is_confidential else ""
        return super().initial_of(listing) | told | {"teaser": teaser}


class AchievementForm(ListingForm):
    text = forms.CharField(
        label=_("正文"),
        max_length=TEXT_LENGTH,
        widget=LONG,
        help_text=_("请写：解决什么问题、怎么做、实测指标、做到什么程度、在哪里用过"),
    )
    price_wan = forms.DecimalField(
        label=_("意向价格（万元）"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=4,
        help_text=_("面议请留空"),
    )
    type = forms.ChoiceField(label=_("成果类型"))
    trl = forms.TypedChoiceField(label=_("技术成熟度"), required=False, coerce=int, empty_value=None)
    trl_assessed_by = forms.CharField(
        label=_("成熟度评价机构"), max_length=80, required=False, help_text=_("自己估计的请留空，页面会注明“自评”")
    )
    trl_assessed_on = day_field(_("评价日期"), required=False)
    ip_lines = forms.CharField(
        label=_("知识产权"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一项：类型 空格 号码，例如“发明专利 ZL209910012345.6”"),
    )
    rights = forms.ChoiceField(label=_("权属"), required=False)
    people = forms.CharField(
        label=_("完成人"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "写本单位登记过的人，用顿号隔开；同名的写明职称，如“张三（教授）”；外单位的写单位全称，如“李四（示例大学）”"
        ),
    )
    asked_as = {"price_fen": "price_wan", "ip": "ip_lines"}

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        offer(self, "type", choices(reference.code_list("achievement_types"), on))
        offer(self, "trl", levels(on, empty=_("还没有评估")))
        offer(self, "rights", choices(reference.code_list("rights"), on, empty=_("还不清楚")))

    def values(self) -> dict[str, Any]:
        found = super().values()
        lines = [line.split(None, 1) for line in found.pop("ip_lines").splitlines() if line.strip()]
        found["ip"] = [{"type": parts[0], "number": parts[1] if len(parts) > 1 else ""} for parts in lines]
        found["people"] = people.split(found["people"])
        return found

    @classmethod
    def initial_of(cls, listing: Listing) -> dict[str, Any]:
        assert isinstance(listing, Achievement)
        found = super().initial_of(listing)
        found["ip_lines"] = "\n".join(f"{one['type']} {one['number']}".strip() for one in listing.ip)
        named = list(listing.people.select_related("home"))
        found["people"] = "、".join(people.written(named, organisation=listing.organisation))
        return found


class StepForm(Form):
    """The button of a step: which version was seen, and why, where a reason is asked."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("说明"), required=False, max_length=MOST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class UploadForm(Form):
    file = forms.FileField(label=_("填好的表（xlsx、xls 或 csv）"))
    publish = forms.BooleanField(label=_("导入后直接发布（内容须完整）"), required=False)
    organisation = forms.TypedChoiceField(label=_("单位"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, own: Sequence[Organisation], publishes_for: bool = False, **kwargs: Any) -> None:
        """`own`: the organisations somebody acts for; asked for only where there are several. `publishes_for`: an
        office may publish what is theirs."""
        super().__init__(*args, **kwargs)
        if publishes_for:
            self.fields["publish"].help_text = _(
                "不选，写入的是草稿：只有单位自己的人看得到、能提交，您打不开。单位还没有账号的，请选"
            )
        if len(own) < 2:
            del self.fields["organisation"]
        else:
            offer(self, "organisation", [(str(one.pk), one.name) for one in own])
