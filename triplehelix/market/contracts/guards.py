"""What must be true before a step of a sale. A guard answers why not, or None."""

from datetime import date, datetime

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.contracts.access import BUYER
from triplehelix.market.contracts.finds import assigned
from triplehelix.market.contracts.models import Objection, Publication, Sale, Trial
from triplehelix.market.contracts.models.sales import WHOLE
from triplehelix.market.contracts.money import arrived, due
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.reference import calendar
from triplehelix.records.parties.rules import DUTIFUL


def not_assigned(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """Nobody is awarded what somebody else has already been given whole."""
    gone = assigned(sale.achievement, besides=sale) is not None
    return _("这项成果已经转让，不能再交易") if gone else None


def rights_clear(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """权属核查: the whole right is named, the seller has a part, co-owners agreed on paper, nothing bars the sale."""
    owners = list(sale.owners.all())
    if not owners:
        return _("还没有填写权利人：请先填写权属核查")
    if sale.seller.uscc not in {owner.uscc for owner in owners}:
        return _("转让方不是权利人：%(seller)s 不在权利人之列") % {"seller": sale.seller.name}
    if (total := sum(owner.share_bp for owner in owners)) != WHOLE:
        return _("各权利人份额合计应为 100%%，现在是 %(sum)s%%") % {"sum": f"{total / 100:g}"}
    for owner in owners:
        if owner.uscc != sale.seller.uscc and (owner.consent_id is None or owner.consented_on is None):
            return _("缺少共有人 %(owner)s 的书面同意") % {"owner": owner.name}
    return not_assigned(sale, actor, now) or _barred(sale)


def _barred(sale: Sale) -> str | None:
    rights = getattr(sale, "rights", None)
    if rights is None:
        return _("还没有填写权属核查")
    if rights.encumbrance in ("质押", "冻结"):
        return _("成果已%(what)s，解除以后才能交易") % {"what": rights.encumbrance}
    if rights.secrecy != "open":
        return _("没有通过保密审查，不能公开交易")
    if rights.export not in ("home", "free", "licensed"):
        return _("出口限制没有核对清楚，或没有许可")
    return None


def checked_by_another(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """Who has filled in the rights check does not pass it."""
    rights = getattr(sale, "rights", None)
    own = actor is not None and rights is not None and rights.recorded_by_id == actor.pk
    return _("权属核查是您填写的：请由另一位工作人员核查通过") if own else None


def decided(sale: Sale, *methods: str) -> str | None:
    """How and at which price to sell is the seller's decision (本单位决策): the market only makes it public."""
    proposal = getattr(sale, "proposal", None)
    if proposal is None:
        return _("转让方还没有提交定价方案：价格和方式由转让方决策，科技大市场只按方案公布")
    if proposal.method not in methods:
        said = {"method": proposal.get_method_display()}
        return _("转让方提交的定价方案是“%(method)s”：请按方案公布，或请转让方重新提交") % said
    return None


def unanswered(trial: Trial, actor: Account | None, now: datetime) -> str | None:
    """The buyer confirms at any time; for whom it stays silent when the contract's days to pay are over."""
    if BUYER in trial.relations_of(actor, now):
        return None
    try:
        last = pay_by(trial, trial.triggered_on or timezone.localdate(now))
    except MissingYear as why:
        return why.message
    if timezone.localdate(now) > last:
        return None
    return _("受让方到 %(last)s 还可以自己确认付款") % {"last": last}


def pay_by(trial: Trial, triggered: date) -> date:
    """The last day to pay for what was used first: the contract's days after its condition was met, and if people rest
    on the last of them the next working day (民法典 §203). Raises MissingYear."""
    return calendar().notice_end(triggered, trial.pay_days, "calendar")


def current(sale: Sale) -> Publication | None:
    """The publication the price rests on: the newest one."""
    return sale.publications.order_by("-pk").first()


def period_over(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    public = current(sale)
    if public is None:
        return _("还没有公示或公告")
    if timezone.localdate(now) <= public.last:
        return _("还没有期满：到 %(last)s 24 时为止") % {"last": public.last}
    return None


def unchanged(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """What was made public is what is sold: a name or a price that changed needs a new notice."""
    public = current(sale)
    if public is None:
        return None
    agreed = public.method == "agreed"
    if public.name != sale.achievement.title:
        said = {"name": public.name}
        if agreed:
            return _("成果名称与公示的“%(name)s”不一致：请撤下公示，按现在的名称重新公示") % said
        return _("成果名称与公布的“%(name)s”不一致：请把名称改回去，或中止后按现在的名称重新公布") % said
    if not agreed:  # the price is what was bid
        return None
    if public.price_fen != sale.price_fen:
        return _("价格与公示的 %(price)s 不一致：请撤下公示，按现在的价格重新公示") % {"price": exact(public.price_fen)}
    return None


def no_bidder(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return _bidders_are(sale, 0, 0, _("已经有意向方登记"))


def one_bidder(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return _bidders_are(sale, 1, 1, _("意向方不是一家"))


def several_bidders(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return _bidders_are(sale, 2, 10**6, _("意向方不足两家，不用竞价"))


def _bidders_are(sale: Sale, least: int, most: int, otherwise: str) -> str | None:
    public = current(sale)
    count = len(public.who_bids()) if public else 0
    return None if least <= count <= most else otherwise


def unanswered_objections(sale: Sale) -> QuerySet[Objection]:
    """Every objection to a price of this sale that waits for an answer, the oldest first: also to a notice that was
    taken down since."""
    return Objection.objects.filter(publication__sale=sale, answered_at__isnull=True).order_by("pk")


def nothing_waiting(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """Whoever objected is answered before the sale is led away from the objection."""
    return _("还有异议没有答复") if unanswered_objections(sale).exists() else None


def nothing_open(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """Every objection is answered, and none of them holds."""
    if why := nothing_waiting(sale, actor, now):
        return why
    public = current(sale)
    if public is not None and public.objections.filter(is_upheld=True).exists():
        return _("有异议成立：请撤下公示")
    return None


def something_upheld(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    if why := nothing_waiting(sale, actor, now):
        return why
    public = current(sale)
    held = public is not None and public.objections.filter(is_upheld=True).exists()
    return None if held else _("没有成立的异议")


def nobody_objects(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """No contract while an objection to the price of this achievement is open, in this sale or in another one: who
    objects doubts the right or its worth, and not only one buyer's contract."""
    if unanswered_objections(sale).exists():
        return _("还有异议没有答复：科技大市场答复以后才能签合同")
    rows = Objection.objects.filter(publication__sale__achievement=sale.achievement_id, answered_at__isnull=True)
    if (other := rows.select_related("publication__sale").first()) is not None:
        said = {"number": other.publication.sale.number}
        return _("这项成果的另一笔交易 %(number)s 还有异议没有答复：科技大市场答复以后才能签合同") % said
    return None


def with_reason(case: Sale, actor: Account | None, now: datetime) -> str | None:
    """A step that takes something back says why."""
    return None if case.noted else _("请在“说明”里写明原因")


def agreed_price(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    public = current(sale)
    return None if public is None or public.method == "agreed" else _("只有协议定价可以重新公示")


def made_public(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """What is published has its row: a state alone publishes nothing."""
    return None if sale.publications.filter(is_over=False).exists() else _("请填写要公布的内容再发布")


def has_result(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    public = current(sale)
    return None if public is not None and hasattr(public, "outcome") else _("请填写交易机构出具的成交结果")


def in_writing(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return None if hasattr(sale, "contract") else _("请填写书面合同：口头约定不能登记")


def _registration(sale: Sale, outcome: str) -> bool:
    return hasattr(sale, "contract") and sale.contract.registrations.filter(outcome=outcome).exists()


def applied(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return None if _registration(sale, "") else _("请选择登记机构再提交")


def is_registered(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return None if _registration(sale, "registered") else _("请填写登记编号、认定金额和登记证明")


def is_answered(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return _("登记申请还没有答复") if _registration(sale, "") else None


def is_revoked(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return _("登记还在：请写明撤销的理由") if _registration(sale, "registered") else None


def sheet_out(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return None if sale.distributions.filter(is_final=False, void_why="").exists() else _("请先制作收益分配表")


def has_buyer(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """Somebody buys who is not the seller by now: of two that have become one neither sells to the other."""
    if sale.buyer is None:
        return _("还没有受让方")
    if sale.buyer.standing_id == sale.seller.standing_id:
        return _("受让方与转让方已经合并为同一单位：请终止这笔交易")
    return None


def money_done(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """Everything due has arrived."""
    if (missing := due(sale.contract) - arrived(sale.contract)) > 0:
        return _("还有 %(fen)s 没有到账") % {"fen": exact(missing)}
    return None


def shared_out(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """A unit whose achievements are made on duty has shared all of what came in, royalties too."""
    if sale.seller.type not in DUTIFUL or sale.contract.structure == "equity":
        return None
    final = sale.distributions.filter(is_final=True, void_why="")
    left = arrived(sale.contract) - (final.aggregate(sum=Sum("income_fen"))["sum"] or 0)
    if left > 0:
        return _("高校院所应先完成收益分配公示：还有 %(left)s 到账收入没有分配") % {"left": exact(left)}
    return None


def reward_over(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    """The notice is over, and the income it shares is still there."""
    sheet = sale.distributions.filter(is_final=False, void_why="").first()
    if sheet is None:
        return _("没有正在公示的收益分配")
    if timezone.localdate(now) <= sheet.last:
        return _("还没有期满：到 %(last)s 24 时为止") % {"last": sheet.last}
    shared = sale.distributions.filter(void_why="").aggregate(sum=Sum("income_fen"))["sum"] or 0
    if (gone := shared - arrived(sale.contract)) > 0:
        return _("退款以后，分配的收入比到账的多 %(gone)s：请撤下分配，重新制作") % {"gone": exact(gone)}
    return None


def followed(sale: Sale, actor: Account | None, now: datetime) -> str | None:
    return None if sale.follow_ups.exists() else _("至少要有一年的跟踪记录")
