"""What must be true before a step of a finance case. A guard answers why not, or None."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance.models import Application
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account


def consented(case: Application, actor: Account | None, now: datetime) -> str | None:
    if case.consent_on(timezone.localdate(now)) is None:
        return _("还没有书面授权：请先勾选授权内容和期限并同意")
    return None


def no_consent(case: Application, actor: Account | None, now: datetime) -> str | None:
    if case.consent_on(timezone.localdate(now)) is not None:
        return _("授权还在有效期内：请用“撤回授权”")
    return None


def reason_coded(case: Application, actor: Account | None, now: datetime) -> str | None:
    return None if case.decline_code else _("请选择婉拒原因，企业会看到")


def contract_there(case: Application, actor: Account | None, now: datetime) -> str | None:
    return None if case.loan is not None else _("请先登记合同：合同号、金额、利率、期限、用途")


def filing_accepted(case: Application, actor: Account | None, now: datetime) -> str | None:
    loan = case.loan
    if loan is None or loan.standing_filing() is None:
        return _("还没有备案结果：请先导入备案结果")
    return None


def filing_revoked(case: Application, actor: Account | None, now: datetime) -> str | None:
    loan = case.loan
    if loan is None or loan.standing_filing() is not None:
        return _("请先登记撤销备案的原因")
    return None


def filing_stands(case: Application, actor: Account | None, now: datetime) -> str | None:
    return filing_accepted(case, actor, now) and _("备案还没有恢复")


def owes(case: Application, actor: Account | None, now: datetime) -> str | None:
    loan = case.loan
    if loan is None or not loan.owed_fen:
        return _("本金已还清，没有逾期")
    return None


def nothing_owed(case: Application, actor: Account | None, now: datetime) -> str | None:
    loan = case.loan
    if loan is not None and loan.kind == "loan" and (owed := loan.owed_fen):
        return _("还有本金 %(owed)s 没有归还，不能结清：请先登记还款") % {"owed": exact(owed)}
    return None


def loss_there(case: Application, actor: Account | None, now: datetime) -> str | None:
    loan = case.loan
    if loan is None or getattr(loan, "loss", None) is None:
        return _("机构还没有报送本金损失")
    if loan.loss.principal_fen > loan.owed_fen:  # something was paid back since it was reported
        return _("损失大于尚欠本金：请机构重新报送")
    return None


def with_note(case: Application, actor: Account | None, now: datetime) -> str | None:
    return None if case.noted else _("请写明情况")


def payment_voided(case: Application, actor: Account | None, now: datetime) -> str | None:
    loan = case.loan
    if loan is None or not loan.payments.exclude(void_why="").exists():
        return _("请先作废登记错的还款")
    return None


def recovery_voided(case: Application, actor: Account | None, now: datetime) -> str | None:
    loan = case.loan
    if loan is None or not loan.recoveries.exclude(void_why="").exists():
        return _("请先作废登记错的追偿")
    return None
