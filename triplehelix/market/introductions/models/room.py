"""谈判室: what was said, and the versions of the terms. A version is never changed; a new one is made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.introductions.models.introduction import SIDES, WORDS_LENGTH, Introduction
from triplehelix.market.listings.rules import MOST_FEN
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account

#: In how many instalments terms may be paid; the contract that follows takes as many.
MOST_ROWS = 24


class Message(models.Model):
    """One message in the room. Kept encrypted; the trail says that there was one, not what it said."""

    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="messages")
    side = models.CharField(_("由谁说"), max_length=12, choices=Introduction.INVITERS)
    text = EncryptedTextField(_("内容"))
    said_at = models.DateTimeField(_("时间"))
    said_by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["introduction", "pk"]
        verbose_name = _("谈判室留言")

    def __str__(self) -> str:
        return f"{self.introduction_id} {self.said_at}"


class Version(models.Model):
    """One version of the terms, numbered from 1; only the newest can be accepted. Money in whole fen.

    structure as in a contract: fixed, instalments, royalty, trial, equity. `rows` are the instalments,
    [{"name", "fen", "due": ISO day or ""}]. `royalty_ppm` parts of a million of `royalty_base`; `equity_bp` hundredths
    of a percent of the company. Who proposes accepts by it.
    """

    STRUCTURES = [
        ("fixed", _("一次总付")),
        ("instalments", _("分期支付")),
        ("royalty", _("入门费加提成")),
        ("trial", _("先使用后付费")),
        ("equity", _("作价入股")),
    ]

    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="versions")
    n = models.PositiveSmallIntegerField(_("版次"))
    side = models.CharField(_("由谁提出"), max_length=12, choices=Introduction.INVITERS)
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    mode = models.CharField(_("合作方式"), max_length=20)
    structure = models.CharField(_("付款方式"), max_length=12, choices=STRUCTURES)
    price_fen = models.BigIntegerField(_("总价（分）"))
    rows = models.JSONField(_("分期"), default=list, blank=True)
    royalty_ppm = models.PositiveIntegerField(_("提成比例（百万分之）"), default=0)
    royalty_base = models.CharField(_("提成基数"), max_length=120, blank=True)
    equity_bp = models.PositiveIntegerField(_("股权比例（万分之）"), default=0)
    rights = models.TextField(_("权属和后续改进"), max_length=WORDS_LENGTH, blank=True)
    delivery = models.TextField(_("交付和验收"), max_length=WORDS_LENGTH, blank=True)
    other = models.TextField(_("其他约定"), max_length=WORDS_LENGTH, blank=True)
    why = models.CharField(_("为什么这样改"), max_length=300, blank=True)
    need_accepted_at = models.DateTimeField(_("需求方接受"), null=True, blank=True)
    need_accepted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    achievement_accepted_at = models.DateTimeField(_("成果方接受"), null=True, blank=True)
    achievement_accepted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["introduction", "n"]
        verbose_name = _("条款版本")
        constraints = [
            models.UniqueConstraint("introduction", "n", name="version_number_once"),
            models.CheckConstraint(condition=Q(price_fen__gt=0, price_fen__lte=MOST_FEN), name="version_has_a_price"),
            models.CheckConstraint(condition=Q(royalty_ppm__lte=1_000_000), name="version_royalty_is_a_part"),
            models.CheckConstraint(condition=Q(equity_bp__lte=10_000), name="version_equity_is_a_part"),
        ]

    def __str__(self) -> str:
        return f"{self.introduction_id} v{self.n}"

    @property
    def accepted_by(self) -> tuple[str, ...]:
        """The sides that have accepted this version."""
        return tuple(side for side, _label in SIDES if getattr(self, f"{side}_accepted_at") is not None)
