"""What is asked on the page of an expert."""

from django import forms
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form


class AddressForm(Form):
    email = forms.CharField(
        label=gettext_lazy("本人邮箱"), max_length=200, required=False,
        help_text=gettext_lazy("只用来发确认邀请，不展示；留空即收回"),
    )  # fmt: skip


class MergeForm(Form):
    other = forms.CharField(
        label=gettext_lazy("与哪一位是同一人"),
        max_length=200,
        help_text=gettext_lazy("对方专家页的网址，或网址里的编号"),
    )
    why = forms.CharField(label=gettext_lazy("依据"), max_length=300)


class WhyForm(Form):
    why = forms.CharField(label=gettext_lazy("原因"), max_length=300)
