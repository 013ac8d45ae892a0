"""六（四）强化尽职免责: the evidence file of a decision on pricing, valuation or rights; no exemption by machine."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "六（四）",
    "强化尽职免责。健全尽职免责机制，在科技成果转化过程中，企业、高校院所等科研机构负责人履行勤勉尽职义务，严格执行决策、公示等管理"
    "制度，在没有牟取非法利益的前提下，免于追究其在科技成果定价、自主决定资产评估以及成果赋权中的相关决策失误责任。",
)

MEASURE = Measure(
    code="M6.4",
    name="强化尽职免责",
    article=THE_WORDS,
    who="企业、高校院所等科研机构负责人",
    stages=(
        Stage("申请"),
        Stage("受理", "5 个工作日", "assumed"),
        Stage("查明事实"),
        Stage("听取意见"),
        Stage("专家意见"),
        Stage("集体决定"),
        Stage("告知"),
        Stage("申诉", "15 个工作日", "assumed"),
        Stage("归档"),
    ),
    registers=(
        Register(
            "尽职材料卷",
            (
                "E1 制度",
                "E2 权属",
                "E3 利益冲突申报",
                "E4 定价方式",
                "E5 单位公示 15 日",
                "E6 市场公示",
                "E7 异议答复",
                "E8 集体决策",
                "E9 评估或不评估的决定",
                "E10 合同登记",
                "E11 付款",
                "E12 收益分配公示",
                "E13 赋权协议",
                "E14 无非法利益声明",
                "E15 跟踪",
            ),
            ("每件材料形成时即记录时间和散列", "争议开始后补的标为“事后补充”", "只说“材料齐全/不齐全”，不说“免责”"),
        ),
    ),
    duties=(Duty("单位负责人", "履行勤勉尽职义务，严格执行决策、公示制度", "决策时", "policy"),),
    questions=("由哪个机构认定。", "民营企业是否适用。"),
    traps=("会议纪要倒签。", "公示少一天。", "应回避的人投了票。"),
)
