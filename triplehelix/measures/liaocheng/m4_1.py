"""四（一）促进聊城产业技术研究院和聊城山东省大学科技园整合: merged registers; no money of its own."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "四（一）",
    "促进聊城产业技术研究院和聊城山东省大学科技园整合。充分发挥两个机构的优势，实现人员统一调配、工作统一安排。通过整合资源，"
    "优化配置，提升科技成果转化效率，加快落地一批科技项目、搭建一批科技平台、培育一批科技企业。",
)

MEASURE = Measure(
    code="M4.1",
    name="促进聊城产业技术研究院和聊城山东省大学科技园整合",
    article=THE_WORDS,
    who="两个机构及其入驻企业",
    stages=(Stage("入驻申请"), Stage("入驻"), Stage("工位、设备"), Stage("毕业或退出")),
    registers=(
        Register("人员统一名册", ("姓名", "主岗", "兼岗", "调配记录"), ("一人一个主岗",)),
        Register("任务、资产、工位", ("事项", "责任人", "期限", "状态"), ("一项任务一个责任人",)),
        Register("入驻企业", ("企业", "入驻日期", "工位", "毕业日期"), ("同一企业在两个机构只计一次",)),
    ),
    duties=(Duty("整合后的机构", "报告落地项目、搭建平台、培育企业数", "每年 12 月 31 日", "policy；期限 assumed"),),
    questions=("两个法人怎样合署。",),
    traps=("一人领两份工资。", "一家企业两边都计。"),
)
