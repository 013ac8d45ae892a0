"""六（三）强化宣传引导: what is published, and that its figures are those of the ledger."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "六（三）",
    "强化宣传引导。利用电视、广播、报纸等传统媒体开设专栏，定期报道产学研合作的政策解读、成功案例和先进经验。同时，充分发挥新媒体"
    "优势，通过微信公众号等平台，扩大宣传覆盖面。",
)

MEASURE = Measure(
    code="M6.3",
    name="强化宣传引导",
    article=THE_WORDS,
    who="市科技局、媒体单位",
    stages=(Stage("计划"), Stage("起草"), Stage("核对数字与授权"), Stage("发布"), Stage("更正")),
    registers=(
        Register(
            "宣传台账",
            ("渠道", "栏目", "题目", "日期", "对应项目", "当事人同意"),
            ("数字与台账一致才能发布", "案例须有当事人同意", "不含个人信息"),
        ),
    ),
    duties=(Duty("市科技局", "传统媒体专栏和新媒体定期报道", "“定期”的周期待确定", "policy"),),
    questions=("“定期”的周期。",),
    traps=("案例没有授权。", "数字与台账不一致。", "露出个人信息。"),
)
