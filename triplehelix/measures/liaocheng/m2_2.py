"""二（二）推动校企订单式培养人才: orders and what became of them; no money of its own."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "二（二）",
    "推动校企订单式培养人才。发挥聊城职业教育资源丰富的优势，鼓励企业根据自身需求和发展状况提出人才培养订单，高校按照企业实际"
    "要求进行人才培养，推动新时期高校“校企一体、产教融合”育人体系建设发展、完善和创新。",
)

MEASURE = Measure(
    code="M2.2",
    name="推动校企订单式培养人才",
    article=THE_WORDS,
    who="提出培养订单的企业，承接订单的院校",
    stages=(
        Stage("企业订单"),
        Stage("院校应答"),
        Stage("协议：订单班、现代学徒制、产业学院"),
        Stage("培养"),
        Stage("考核"),
        Stage("就业"),
        Stage("留任核查", "6 个月、12 个月", "assumed"),
    ),
    registers=(
        Register(
            "培养订单",
            ("企业", "专业", "人数", "入学年份", "协议", "在读", "毕业", "录用", "留任"),
            ("录用 ≤ 毕业 ≤ 在读", "劳务派遣公司的订单不计", "未成年人信息不公开"),
        ),
    ),
    duties=(Duty("承接院校", "报告毕业、录用、留任人数", "毕业后 6 个月和 12 个月", "assumed"),),
    questions=("留任率的目标值。",),
    traps=("录用人数多于毕业人数。", "向学生收费。", "劳务派遣公司下单。"),
)
