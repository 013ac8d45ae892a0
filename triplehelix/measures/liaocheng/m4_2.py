"""四（二）加快聊城科技大市场建设运营: the technology market; this platform's main hall."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "四（二）",
    "加快聊城科技大市场建设运营。着力打造集成果展示、成果交易、供需对接、金融赋能等功能于一体的实体化市场平台，畅通科技要素对接"
    "渠道。积极对接山东科技大市场推动聊城科技大市场建设，汇聚人才、技术、成果、数据、资金、政策等创新资源。",
)

MEASURE = Measure(
    code="M4.2",
    name="加快聊城科技大市场建设运营",
    article=THE_WORDS,
    who="有需求的企业，有成果的高校院所，技术经理人",
    stages=(
        Stage("挂出需求或成果"),
        Stage("权属、保密核对"),
        Stage("发布", "180 日有效", "assumed"),
        Stage("对接"),
        Stage("定价：协议、挂牌、拍卖、招标"),
        Stage("协议定价公示", "15 日", "assumed：国发〔2016〕16号"),
        Stage("合同"),
        Stage("技术合同登记"),
        Stage("结算"),
        Stage("收益分配公示", "15 个工作日", "assumed：国科发政〔2018〕103号"),
        Stage("跟踪"),
    ),
    registers=(
        Register(
            "需求", ("题目", "内容", "领域", "产业链", "期望成熟度", "预算", "有效期"), ("超过 180 日未确认的下架",)
        ),
        Register(
            "成果",
            ("题目", "内容", "成熟度及评价人", "知识产权", "权利人", "转化方式", "有效期"),
            ("自评成熟度与第三方评价分开显示", "出让人须是权利人"),
        ),
        Register("技术合同", ("类型", "登记号", "成交额", "技术交易额", "到账"), ("登记号核验", "成交价不低于公示价")),
    ),
    duties=(Duty("市场运营单位", "需求 2 个工作日内答复", "收到后 2 个工作日", "assumed"),),
    questions=(
        "市场能否自行挂牌、拍卖（现按信息和见证服务设计，由有资质的交易所执行）。",
        "山东科技大市场的接口。",
        "2026-01-23 以后由哪个部门登记技术合同。",
    ),
    traps=("公示后改价。", "出让人不是权利人。", "虚假登记号。"),
)
