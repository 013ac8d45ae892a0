"""股权投资: what a fund put into a firm, on which terms, and how it ended. Whole fen."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance.models import Institution
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful


class Deal(Stateful):
    """一笔投资, entered by the fund and confirmed by the firm. Valuations before and after the whole round.

    mode  equity 直接投资 · grant_invest 拨投结合 · invest_then_equity 先投后股: the last two have `conversion`, the
    terms on which they turn into shares by `convert_by`, and their valuations from then on.
    """

    MODES = [
        ("equity", _("直接投资")), ("grant_invest", _("拨投结合")), ("invest_then_equity", _("先投后股")),
    ]  # fmt: skip
    EXITS = [
        ("transfer", _("股权转让")), ("buyback", _("企业或股东回购")), ("listing", _("上市减持")),
        ("liquidation", _("清算")),
    ]  # fmt: skip
    kind: ClassVar[str] = "market.deal"
    page: ClassVar[str] = "web:equity-deal"

    fund = models.ForeignKey(Institution, models.PROTECT, related_name="deals")
    firm = models.ForeignKey(Organisation, models.PROTECT, related_name="deals")
    mode = models.CharField(_("方式"), max_length=20, choices=MODES)
    round = models.CharField(_("轮次"), max_length=10)
    ticket_fen = models.BigIntegerField(_("投资金额（分）"))
    pre_fen = models.BigIntegerField(_("投前估值（分）"), null=True, blank=True)
    post_fen = models.BigIntegerField(_("投后估值（分）"), null=True, blank=True)
    conversion = models.CharField(_("转股条件"), max_length=500, blank=True)
    convert_by = models.DateField(_("转股期限"), null=True, blank=True)
    number = models.CharField(_("协议编号"), max_length=60)
    signed_on = models.DateField(_("签订日期"))
    converted_on = models.DateField(_("转股日期"), null=True, blank=True)
    exit_kind = models.CharField(_("退出方式"), max_length=12, choices=EXITS, blank=True)
    exit_on = models.DateField(_("退出日期"), null=True, blank=True)
    exit_fen = models.BigIntegerField(_("退出金额（分）"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-signed_on", "-pk"]
        verbose_name = _("股权投资")
        constraints = [
            # One that never stood, or stood in error, leaves its number free: it is entered again, put right.
            models.UniqueConstraint(
                "fund", "number", condition=~Q(state__in=["refused", "withdrawn", "annulled"]), name="deal_number_once"
            ),
            models.CheckConstraint(condition=Q(ticket_fen__gt=0), name="deal_is_an_amount"),
            models.CheckConstraint(
                condition=Q(pre_fen=None, post_fen=None)
                | Q(pre_fen__gt=0, post_fen__gte=F("pre_fen") + F("ticket_fen")),
                name="deal_post_holds_the_ticket",
            ),
            models.CheckConstraint(condition=~Q(mode="equity") | Q(post_fen__isnull=False), name="equity_is_valued"),
            models.CheckConstraint(
                condition=Q(mode="equity") | ~Q(conversion="") & Q(convert_by__isnull=False),
                name="conversion_has_its_terms",
            ),
            models.CheckConstraint(
                condition=Q(exit_on=None, exit_fen=None, exit_kind="") | Q(exit_on__isnull=False, exit_fen__gte=0),
                name="exit_with_everything",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_mode_display()}"

    @property
    def converts(self) -> bool:
        """Whether it turns into shares only later."""
        return self.mode != "equity"

    @property
    def share_bp(self) -> int | None:
        """What the ticket is of the company after the round, in hundredths of a percent, rounded down."""
        return None if self.post_fen is None else self.ticket_fen * 10_000 // self.post_fen
