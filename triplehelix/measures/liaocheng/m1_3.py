"""一（三）优化“一链一院”机制: what is registered, evaluated and covered; no money of its own."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "一（三）",
    "优化“一链一院”机制。鼓励12条产业链企业联合高校院所建设更多产业研究平台，定期开展“一链一院”绩效评价，提升“一链一院”"
    "效能；推动“一链一院”向县（市区）细分产业链延伸，培育更多新赛道，构建更加科学完善的“一链一院”体系。",
)

MEASURE = Measure(
    code="M1.3",
    name="优化“一链一院”机制",
    article=THE_WORDS,
    who="12 条产业链的链主企业和共建研究院",
    stages=(
        Stage("规划"),
        Stage("签约"),
        Stage("运行"),
        Stage("定期绩效评价：优、良、合格、不合格"),
        Stage("整改"),
        Stage("退出", "连续两次不合格的", "assumed"),
    ),
    registers=(
        Register(
            "产业链图谱",
            ("链编码", "名称", "类别", "链长", "牵头部门", "链主企业", "有效期"),
            ("任何一天都应正好 12 条市级链，多或少时提醒", "县级细分链挂在市级链下面"),
        ),
        Register(
            "链上研究院",
            ("名称", "服务的链", "共建方", "理事会", "年度指标及证据"),
            (
                "一个研究院可以服务几条链，评价只做一次",
                "同一产出由高校和研究院重复申报的只计一次",
                "缺的数据记 0 分，不取平均",
            ),
        ),
    ),
    duties=(Duty("市科技局", "开展“一链一院”绩效评价", "“定期”的周期待确定", "policy；周期未写明"),),
    questions=("评价周期“定期”是几年。", "官方评价表。", "12 条链的官方名单和编码。"),
    traps=("产业链改名后重复建院。", "已退出的链仍有研究院。", "评价年度与财政年度不同。"),
)
