"""Forms of those who look after the exchange. The rules are the market's; here is only the asking."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import choices
from triplehelix.market.exchange.models import Conflict, Peer
from triplehelix.records.parties import reference

KINDS = [("need", _("企业需求（保密的只发公开摘要）")), ("achievement", _("科技成果"))]


class NoteForm(Form):
    note = forms.CharField(
        label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("写进留痕，不公开")
    )


class SentForm(Form):
    """What a peer is called, where it is, and what it gets."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("显示为“来自…”，如 省科技大市场"))
    url = forms.CharField(
        label=_("接口地址"), max_length=300, help_text=_("对方告知，如 https://market.example.com/exchange/v1/")
    )
    kinds = forms.MultipleChoiceField(
        label=_("发送给对方的种类"), choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    chains = forms.MultipleChoiceField(
        label=_("只发送这些产业链的"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选即全部")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["chains"]
        assert isinstance(chooser, forms.MultipleChoiceField)
        chooser.choices = choices(reference.chains(), timezone.localdate())


class PeerForm(SentForm):
    """A new peer: the same, its name in the protocol, and its key."""

    market = forms.CharField(
        label=_("市场标识"), max_length=63, help_text=_("对方在协议里的名字，像域名，如 market.example.com")
    )
    public = forms.CharField(
        label=_("公钥"), max_length=60, help_text=_("Ed25519 公钥，44 个字符的 base64；接通前还要核对它的指纹")
    )
    field_order = ["name", "market", "url", "public", "kinds", "chains"]


class AmendForm(SentForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(peer: Peer) -> dict[str, Any]:
        return {name: getattr(peer, name) for name in ("name", "url", "kinds", "chains")} | {
            "seen_version": peer.version
        }


class KeyForm(Form):
    public = PeerForm.base_fields["public"]


class AgainForm(Form):
    above = forms.IntegerField(
        label=_("对方已经收到的序号"), min_value=1, max_value=2**53 - 1, help_text=_("对方在错误里报告的，或向对方询问")
    )
    note = forms.CharField(label=_("原因"), max_length=300, min_length=4, help_text=_("如 恢复了某日的备份"))


class DecideForm(NoteForm):
    decision = forms.ChoiceField(label=_("以哪一份为准"), choices=Conflict.DECISIONS[1:], widget=forms.RadioSelect)
    field_order = ["decision", "note"]
