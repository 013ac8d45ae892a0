"""批量导入的流程: uploaded → checked (or wrong) → landed."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.imports import kinds
from triplehelix.market.imports.models import Import
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM

OWNER = "owner"


def without_errors(case: Import, actor: Account | None, now: datetime) -> str | None:
    return str(_("还有错误：请下载标注好的表，改好后重新上传")) if case.error_count else None


def still_may(case: Import, actor: Account | None, now: datetime) -> str | None:
    """Asked when it is confirmed, and again when it lands: its owner's office or membership may have ended by then."""
    if kinds.of(case.what).still_may(case, timezone.localdate(now)):
        return None
    return str(_("您不再有权导入这张表：职务已经结束，或者您已经不代表这个单位；一行也没有写入"))


FLOW = Workflow(
    "import",
    start="uploaded",
    states=(
        State("uploaded", _("检查中")),
        State("checked", _("检查通过")),
        State("wrong", _("有错误"), final=True),
        State("landing", _("写入中")),
        State("landed", _("已导入"), final=True),
        State("dropped", _("已放弃"), final=True),
    ),
    steps=(
        Step("pass", _("检查通过"), ("uploaded",), "checked", frozenset({SYSTEM}), (without_errors,)),
        Step("fail", _("检查有误"), ("uploaded", "landing"), "wrong", frozenset({SYSTEM})),
        Step("land", _("确认导入"), ("checked",), "landing", frozenset({OWNER}), (without_errors, still_may)),
        Step("finish", _("完成"), ("landing",), "landed", frozenset({SYSTEM})),
        Step("drop", _("放弃"), ("uploaded", "checked"), "dropped", frozenset({OWNER})),
    ),
)
