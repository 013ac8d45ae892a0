"""What may stand in the fields of a peer."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation import outward
from triplehelix.market.exchange.envelope import KINDS, MARKET
from triplehelix.market.exchange.fingerprints import public_of
from triplehelix.records.parties import reference
from triplehelix.records.parties.rules import Rule, clean, code, short

__all__ = ["PEER", "clean"]
URL_LENGTH = 300


def market(value: str, on: date) -> str:
    value = value.strip().lower()
    if not MARKET.fullmatch(value):
        raise ValueError(_("市场标识像域名：小写字母、数字、点和横线，3 到 63 个字符"))
    if value == settings.EXCHANGE_ID:
        raise ValueError(_("这是本市场自己的标识"))
    return value


def url(value: str, on: date) -> str:
    value = value.strip()
    if not value.endswith("/"):
        value += "/"
    try:
        outward.checked(value, inside=settings.OUTWARD_NETWORKS)
    except outward.BadAddress as why:
        raise ValueError(why.message) from None
    if len(value) > URL_LENGTH or "?" in value:
        raise ValueError(_("接口地址最长 300 个字符，不带 ?，应如 https://market.example.com/exchange/v1/"))
    return value


def public(value: str, on: date) -> str:
    value = "".join(value.split())
    try:
        public_of(value)
    except ValueError:
        raise ValueError(_("公钥应为 Ed25519 公钥 32 字节的 base64，44 个字符")) from None
    return value


def kinds(value: Iterable[str], on: date) -> list[str]:
    given = list(dict.fromkeys(value))
    if set(given) - set(KINDS):
        raise ValueError(_("只能发送企业需求和科技成果"))
    return given


def chains(value: Iterable[str], on: date) -> list[str]:
    return list(dict.fromkeys(code(one, on, reference.chains()) for one in value))


PEER: Mapping[str, Rule] = {
    "market": market,
    "name": short(60, needed=gettext_lazy("请写对方市场的名称")),
    "url": url,
    "public": public,
    "kinds": kinds,
    "chains": chains,
}


def cleaned(values: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Raises Invalid with a message at each wrong field."""
    return clean(PEER, values, on=on)
