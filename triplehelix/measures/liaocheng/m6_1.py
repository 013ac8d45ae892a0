"""六（一）强化组织领导: each unit's principal at one event a year (R6), and the committee's tasks."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "六（一）",
    "强化组织领导。充分发挥聊城科技委员会的作用，加强顶层设计和统筹协调。各县（市区）政府、市属开发区管委会主要负责同志每年至少"
    "组织参加1场产学研合作交流活动，积极推动本地产学研合作项目落地实施。",
)

MEASURE = Measure(
    code="M6.1",
    name="强化组织领导",
    article=THE_WORDS,
    who="8 个县（市区）政府、3 个市属开发区管委会的主要负责同志；市科技委员会",
    stages=(
        Stage("年度计划"),
        Stage("举办或参加活动"),
        Stage("签到、照片、通知等证据"),
        Stage("计入台账"),
        Stage("补证", "次年 1 月 31 日前", "assumed"),
    ),
    registers=(
        Register("主要负责同志任期表", ("单位", "姓名", "任期"), ("换届当年任一任参加都算",)),
        Register(
            "活动与出席",
            ("活动", "类型", "日期", "出席的主要负责同志", "证据"),
            ("副职代替不算", "联合举办的，出席的每个单位各计一次", "按活动当天的年度计"),
        ),
        Register("科技委员会任务", ("事项", "责任单位", "期限", "证据"), ("到期提醒",)),
    ),
    duties=(
        Duty("11 个单位的主要负责同志", "每年至少组织参加 1 场产学研合作交流活动", "每年 12 月 31 日", "policy"),
        Duty("系统", "提醒尚未完成的单位", "6 月 30 日、9 月 30 日、11 月 30 日", "assumed"),
    ),
    questions=("“组织参加”是组织还是参加（现两者都算）。", "线上活动是否算。"),
    traps=("副职代替。", "12 月 31 日的活动计到下一年。", "开发区的活动算到所在县区。"),
)
