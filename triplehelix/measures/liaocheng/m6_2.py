"""六（二）强化财政支持: the yearly fund of 20 million yuan, paid directly to implementing units (R4)."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "六（二）",
    "强化财政支持。市财政每年设立2000万元产学研合作专项经费，支持我市企业与高校院所建设的研发平台、开展的技术攻关和人才引进等合作。"
    "充分发挥财政资金的引导作用，实施市级科技创新发展专项资金直拨到实施单位。",
)

MEASURE = Measure(
    code="M6.2",
    name="强化财政支持",
    article=THE_WORDS,
    who="市财政局、市科技局；得到资金的实施单位",
    stages=(Stage("财政下达"), Stage("分项安排"), Stage("承诺"), Stage("直拨"), Stage("结算"), Stage("绩效自评")),
    registers=(
        Register(
            "专项经费总账",
            ("年度", "下达文号", "金额", "承诺", "支付", "退回", "缴回国库"),
            ("支付 ≤ 承诺 ≤ 下达", "收款户名 = 实施单位 = 合同方", "缴回国库的不回到资金池"),
        ),
    ),
    duties=(
        Duty("市财政局", "每年设立 2,000 万元产学研合作专项经费", "每个预算年度", "policy"),
        Duty(
            "市科技局",
            "预算绩效自评（执行率 10、产出 50、效益 30、满意度 10）",
            "次年",
            "assumed：财预〔2020〕10号",
        ),
    ),
    questions=("国家、省配套和研发投入奖励是否从这 2,000 万元列支（现单列）。",),
    traps=("并发审批超出额度。", "收款人不是实施单位。", "退款回到资金池。"),
)
