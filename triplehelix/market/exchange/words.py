"""The codes of refusals in words, for people (docs/howto/exchange-with-another-market.md, sections 5 and 6)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Any] = {
    "malformed": _("格式不对"),
    "too_large": _("太大"),
    "media_type": _("类型不对"),
    "method": _("方法不对"),
    "no_signature": _("没有签名"),
    "bad_signature": _("签名不符"),
    "bad_digest": _("内容与摘要不符"),
    "unknown_peer": _("没有登记的市场"),
    "unknown_key": _("不认得的密钥"),
    "key_not_in_force": _("密钥已失效"),
    "clock_skew": _("时间不符"),
    "replayed": _("重放的消息"),
    "not_confirmed": _("还没有接通"),
    "peer_paused": _("已暂停"),
    "peer_cut": _("已断开"),
    "cursor_ahead": _("序号超前"),
    "foreign_origin": _("不是对方自己的信息"),
    "not_for_us": _("不是发给本市场的"),
    "bad_body": _("内容不合格式"),
    "kind_changed": _("种类变了"),
    "unreachable": _("连不上对方"),
    "gap": _("对方的序号不连续"),
    "no_progress": _("对方没有收下"),
    "no_own_key": _("本市场还没有密钥"),
}


def said(why: str) -> str:
    """A code, or `code: detail`, with the code in words; what is not known stays as it is."""
    code, colon, detail = why.partition(":")
    return f"{REFUSALS[code]}{colon}{detail}" if code in REFUSALS else why
