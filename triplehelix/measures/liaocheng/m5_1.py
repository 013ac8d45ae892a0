"""五（一）拓宽产学研对接渠道: support for landed projects; the amount is open, what counts as landed is a setting."""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import assumed, wan
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example, Opener
from triplehelix.policy.expression import const, floor_yuan, least
from triplehelix.policy.facts import Money, Text, YesNo
from triplehelix.policy.measure import Duty, Measure, Register, Stage
from triplehelix.policy.terms import money_term, rate_term

THE_WORDS = Article(
    "五（一）",
    "拓宽产学研对接渠道。深入企业摸排技术、人才、资金等创新需求，定期发布高校院所成果清单和企业需求清单，推动成果供给端与需求端"
    "精准对接。打造产学研特色品牌活动，开展“院士专家聊城行”、“科技合作名校直通车”、“向新而行、竞逐未来”等科技合作活动。对在"
    "各类产学研合作活动上达成合作意向并成功落地的项目，给予一定的资金支持和政策扶持。",
)
event = Text("event", "达成意向的合作活动", evidence="活动签约记录", example="科技合作名校直通车·春季场")
registration = Text("contract_no", "技术合同登记编号", evidence="技术合同登记证明", example="2026-371500-000123")
price = Money("contract", "合同金额", source="register", evidence="技术合同", example="1000000")
paid = Money("contract_paid", "已经支付", source="register", evidence="付款凭证", example="400000")
site = YesNo("site_in_city", "项目实施地在本市", source="register", example=True)
first_claim = YesNo(
    "first_claim", "这项合同没有申请过落地支持", source="register", help="几场活动重复签约的只算一次", example=True
)
least_paid = rate_term(
    "landed_least_paid",
    "视为落地的付款比例",
    since((FIRST_DAY, Fraction(3, 10))),
    mark="assumed",
    source="本平台建议值",
)
UNDECIDED = "政策只写“一定的资金支持”"
support_rate = rate_term(
    "landed_rate",
    "落地支持比例",
    undecided("成功落地项目按合同已付金额的百分之几支持"),
    mark="assumed",
    source=UNDECIDED,
)
support_most = money_term(
    "landed_most", "落地支持最高额", undecided("成功落地项目单个最高支持多少"), mark="assumed", source=UNDECIDED
)
SET = {"landed_rate": since((FIRST_DAY, Fraction(1, 20))), "landed_most": since((FIRST_DAY, wan(10)))}


def deal(**changed: Any) -> dict[str, Any]:
    """A contract over 1,000,000 yuan with 400,000 paid."""
    usual = {"event": "科技合作名校直通车·春季场", "contract_no": "2026-371500-000123", "contract_yuan": 1_000_000}
    return usual | {"contract_paid_yuan": 400_000, "site_in_city": True, "first_claim": True} | changed


AWARD = Award(
    code="M5.1",
    name="合作项目成功落地支持",
    articles=(THE_WORDS,),
    facts=(event, registration, price, paid, site, first_claim),
    conditions=(
        *assumed(Condition("real", "合同有金额", price > const(0), "合同金额为零：意向不等于合同", THE_WORDS)),
        Condition("paid", "付款达到比例", paid >= price * least_paid, "已付金额没有达到视为落地的比例", THE_WORDS),
        *assumed(
            Condition("site", "实施地在本市", site, "项目实施地不在本市", THE_WORDS),
            Condition("once", "同一合同只支持一次", first_claim, "这项合同已经申请过", THE_WORDS),
        ),
    ),
    amount=floor_yuan(least(least(paid, price) * support_rate, support_most)),
    examples=(
        Example("支持标准没有确定", deal(), None, open=("landed_most", "landed_rate")),
        Example("确定为已付的 5% 以后", deal(), 2_000_000, decided=SET),
        Example("恰好付 30%", deal(contract_paid_yuan=300_000), 1_500_000, decided=SET),
        Example("差一分", deal(contract_paid_yuan="299999.99"), None, refused=("paid",), decided=SET),
        Example("实施地在外市", deal(site_in_city=False), None, refused=("site",), decided=SET),
        Example("两场活动重复签约", deal(first_claim=False), None, refused=("once",), decided=SET),
    ),
    lanes=("entitled", "quick"),
    instrument="post_subsidy",
    use="research",
    payee="在本市实施项目的企业",
    in_force=(FIRST_DAY, None),
    once=("contract_no",),
    once_per="one",
    materials=("活动签约记录", "技术合同登记证明", "付款凭证"),
    opened_by=Opener(
        "sale_landed",
        {
            "contract_no": "registration",
            "contract": "price",
            "contract_paid": "paid",
            "site_in_city": "in_city",
            "first_claim": "first",
        },
    ),
)

MEASURE = Measure(
    code="M5.1",
    name="拓宽产学研对接渠道",
    article=THE_WORDS,
    who="在合作活动上签约并落地的企业；提出需求的企业",
    stages=(
        Stage("走访摸排"),
        Stage("需求诊断"),
        Stage("发布需求、成果清单"),
        Stage("对接、活动"),
        Stage("意向"),
        Stage("合同登记"),
        Stage("付款达到比例：落地"),
        Stage("支持"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "需求清单", ("编号", "需求", "提出日期", "最近确认"), ("超过 90 日未确认的不进清单", "保密需求不公开")
        ),
        Register("活动", ("品牌", "日期", "签约", "落地"), ("同一签约在几场活动只计一次",)),
    ),
    duties=(Duty("市科技局", "定期发布两张清单", "“定期”的周期待确定", "policy"),),
    questions=(
        "“成功落地”的定义（现为：合同登记、已付 30% 以上、实施地在本市）。",
        "支持比例和最高额。",
        "清单多久发布一次。",
    ),
    traps=("意向当成合同。", "一次签约几场活动都报。", "从网上抄来的需求。"),
)
