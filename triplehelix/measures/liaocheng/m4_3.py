"""四（三）用好聊城大学人才资源: county institutes and the teachers' ledger; no money of its own."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "四（三）",
    "用好聊城大学人才资源。持续深化校地合作，支持聊城大学与企业开展产学研合作项目。支持聊城大学联合各县市区建设产业技"
    "术研究院，实现“一县一院”。支持聊城大学建立产业技术创新联盟，围绕聊城市重点产业，开展关键技术研发和成果转化。鼓"
    "励聊城大学教师以技术入股、项目合作等形式参与企业技术创新，学校在职称评定、绩效考核等方面给予倾斜。",
)

MEASURE = Measure(
    code="M4.3",
    name="用好聊城大学人才资源",
    article=THE_WORDS,
    who="聊城大学及其教师，各县市区",
    stages=(Stage("教师申请"), Stage("学校同意"), Stage("参与企业创新"), Stage("收益"), Stage("计入职称、绩效")),
    registers=(
        Register("一县一院", ("县市区", "研究院", "共建协议", "运行情况"), ("覆盖率按 8 个县市区计，开发区另列",)),
        Register(
            "教师参与企业创新台账",
            ("教师", "方式：股权、项目、兼职、离岗创业", "比例", "申报日期", "收入", "计分"),
            ("要有学校同意", "股权须申报", "离岗创业不超过 3 年", "同一成果只计分一次"),
        ),
    ),
    duties=(Duty("聊城大学", "职称评定、绩效考核中落实倾斜", "每年考核时", "policy"),),
    questions=("开发区是否也要“一县一院”。", "倾斜的具体办法。"),
    traps=("未申报的股权。", "学校资产未定价就转让。", "同一成果两次计分。"),
)
