"""五（三）培育技术经理人队伍: the reward for a certificate, and the yearly count of about 30 (R5)."""

from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.foundation.money import Fen
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import assumed
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import holds
from triplehelix.policy.facts import Choice, Choices, Text, YesNo
from triplehelix.policy.measure import Duty, Measure, Register, Stage
from triplehelix.policy.once import Earlier, Excludes
from triplehelix.policy.terms import table_term

THE_WORDS = Article(
    "五（三）",
    "培育技术经理人队伍。建立市级技术转移人才库，积极参与省级“技术经理人山东行”活动，每年培育30名左右持证技术经理人。将符合"
    "条件的高水平技术经理人纳入聊城市人才服务保障范围。对取得技术经理人职业资格证书的人员给予一定的奖励。鼓励技术经理人"
    "通过技术入股、利润分成等方式获得科技成果转化收益。",
)
LEVELS = {"初级": "初级", "中级": "中级", "高级": "高级"}
level = Choice("level", "证书级别", LEVELS, evidence="证书", example="中级")
PRIVATE = ("applicant", "clerk", "auditor")
certificate = Text("certificate_no", "证书编号", evidence="证书", seen_by=PRIVATE, example="JS-2026-0001")
in_pool = YesNo("in_city_pool", "已进入市级技术转移人才库", source="register", example=True)
holder = Text("person", "持证人姓名", evidence="证书", seen_by=PRIVATE, example="周致远")
id_tail = Text(
    "id_tail",
    "持证人证件号码后四位",
    exactly=4,
    evidence="身份证件",
    seen_by=PRIVATE,
    help="用来区分同名的人",
    example="0316",
)
paid_levels = Choices(
    "paid_levels",
    "已经奖励过的级别",
    LEVELS,
    source="register",
    help="办件里由平台从本人已作的决定得出；试算时没有的不用选",
    example=[],
)
reward = table_term(
    "manager_reward",
    "各级别证书的奖励",
    undecided("技术经理人证书各级别奖励多少、认可哪些证书"),
    LEVELS,
    mark="assumed",
    source="政策只写“一定的奖励”，由主管部门确定",
)
#: For the worked cases only: what the office might set.
SET = {"manager_reward": since((FIRST_DAY, {"初级": Fen(100_000), "中级": Fen(200_000), "高级": Fen(300_000)}))}


def person(**changed: Any) -> dict[str, Any]:
    """Somebody with a middle certificate."""
    usual = {"level": "中级", "certificate_no": "JS-2026-0001", "in_city_pool": True, "paid_levels": []}
    return usual | {"person": "周致远", "id_tail": "0316"} | changed


AWARD = Award(
    code="M5.3",
    name="技术经理人证书奖励",
    articles=(THE_WORDS,),
    facts=(level, certificate, holder, id_tail, in_pool, paid_levels),
    conditions=(
        *assumed(
            Condition("in_pool", "在市级人才库", in_pool, "还没有进入市级技术转移人才库，请先申请入库", THE_WORDS),
            Condition(
                "once",
                "这一级别没有奖励过",
                ~holds(paid_levels, level),
                "这一级别已经奖励过，每人每级别只奖励一次",
                THE_WORDS,
            ),
        ),
    ),
    amount=reward.by(level),
    examples=(
        Example("奖励标准没有确定：不计算", person(), None, open=("manager_reward",)),
        Example("确定以后：中级", person(), 200_000, decided=SET),
        Example("升到高级，再奖励一次", person(level="高级", paid_levels=["中级"]), 300_000, decided=SET),
        Example("同级别第二张证书", person(paid_levels=["中级"]), None, refused=("once",), decided=SET),
        Example("不在人才库", person(in_city_pool=False), None, refused=("in_pool",), decided=SET),
    ),
    lanes=("entitled", "quick"),
    instrument="reward",
    use="talent",
    payee="本人；单位不得重复领取",
    in_force=(FIRST_DAY, None),
    once=("certificate_no", "level"),
    once_per="one",
    earlier=(Earlier(("person", "id_tail"), "all", tells="paid_levels", what="level"),),
    excludes=(
        Excludes(("M5.3",), ("certificate_no",), "一张证书只奖励一次，不论由谁申请"),
        Excludes(("M5.3",), ("person", "id_tail", "level"), "每人每级别只奖励一次，不论哪一张证书、哪个单位"),
    ),
    materials=("证书", "入库证明"),
    notes=("技术经理人据我们所知不在国家职业资格目录：认可哪些证书由主管部门确定。",),
)

MEASURE = Measure(
    code="M5.3",
    name="培育技术经理人队伍",
    article=THE_WORDS,
    who="在市级技术转移人才库的技术经理人",
    stages=(
        Stage("培训"),
        Stage("取得证书"),
        Stage("入库"),
        Stage("核对、公示", "5 个工作日", "assumed"),
        Stage("发放"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "技术转移人才库",
            ("姓名", "证书编号", "级别", "发证机构", "发证日期", "领域", "产业链", "促成合同"),
            ("证书编号不得重复", "过期、撤销的证书不计数"),
        ),
    ),
    duties=(
        Duty(
            "市科技局",
            "每年培育 30 名左右持证技术经理人：以当年首次取证且在库的自然人计，27 人起为完成",
            "每年 12 月 31 日",
            "policy；27–33 为本平台建议的“左右”",
        ),
    ),
    questions=("认可哪些证书、各级别奖励多少。",),
    traps=("一张证书两人用。", "同一笔交易向买卖双方都收费而不告知。"),
)
