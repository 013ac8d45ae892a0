"""Two workflows: of a peer, from its registration to its end; and of a listing of theirs, which only they move."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.exchange import effects
from triplehelix.market.exchange.access import KEEPER
from triplehelix.market.exchange.fingerprints import fingerprint, plain
from triplehelix.market.exchange.models import Peer
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM


def fingerprint_agrees(case: Peer, actor: Account | None, now: datetime) -> str | None:
    """The key that was pasted is the one whose fingerprint came another way: by letter, by telephone."""
    given = plain(case.noted)
    if not given:
        return str(_("请填写对方用另一种方式（函件、电话）告知的指纹：64 个十六进制字符，空格和冒号可有可无"))
    if given not in {fingerprint(one.public) for one in case.keys.filter(ended_at__isnull=True)}:
        return str(_("指纹与登记的公钥不一致：请先与对方核对，不要接通"))
    return None


PEER = Workflow(
    "peer",
    start="registered",
    states=(
        State("registered", _("待核对指纹")),
        State("active", _("交换中")),
        State("paused", _("已暂停")),
        State("cut", _("已断开")),
    ),
    steps=(
        Step(
            "confirm", _("指纹一致，接通"), "registered", "active", KEEPER, (fingerprint_agrees,),
            (effects.begin, effects.show_or_not),
        ),
        Step("pause", _("暂停"), "active", "paused", KEEPER),
        Step("resume", _("恢复"), "paused", "active", KEEPER, (), (effects.begin,)),
        Step("cut", _("断开"), ("registered", "active", "paused"), "cut", KEEPER, (), (effects.show_or_not,)),
        Step("reopen", _("重新登记"), "cut", "registered", KEEPER),
    ),
)  # fmt: skip
FOREIGN = Workflow(
    "foreign",
    start="withdrawn",
    states=(State("withdrawn", _("对方已撤下")), State("shown", _("展示中")), State("expired", _("已过有效期"))),
    steps=(
        Step("publish", _("对方发布"), ("withdrawn", "expired"), "shown", SYSTEM),
        Step("withdraw", _("对方撤下"), ("shown", "expired"), "withdrawn", SYSTEM),
        Step("expire", _("到期"), "shown", "expired", SYSTEM),
    ),
)
