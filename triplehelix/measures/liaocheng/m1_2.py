"""一（二）促进研发平台引进落地: 一事一议, decided one by one and paid by milestones."""

from typing import Any

from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import (
    NOTHING,
    agreed,
    approved,
    assumed,
    decision_day,
    decision_no,
    milestones,
    paid_before,
    reached,
    stages,
)
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import floor_yuan, most, named
from triplehelix.policy.facts import YesNo
from triplehelix.policy.measure import Duty, Measure, Register, Stage

THE_WORDS = Article(
    "一（二）",
    "促进研发平台引进落地。引进国内外高校、科研院所、知名企业的重点实验室、检测检验机构、优势学科和创新团队等来我市建立研发"
    "中心、技术转移中心、成果转化中心、孵化基地和产业研究院等研发机构，采取“一事一议”方式给予资金支持和优惠政策。",
)
legal = YesNo("legal_person", "在本市有独立法人资格", source="register", evidence="登记证书", example=True)
claw_back = YesNo("claw_back_agreed", "协议写明退回条款和期限", evidence="落地协议", example=True)
fresh = YesNo("proof_is_fresh", "考核材料没有在别的里程碑用过", source="derived", example=True)


def landed(**changed: Any) -> dict[str, Any]:
    """A decision over 3,000,000 yuan in three stages, one of them reached."""
    usual = {"decision_no": "市政府常务会〔2026〕15号", "decision_date": "2026-05-20", "approved_yuan": 3_000_000}
    return (
        usual
        | {
            "milestones": stages(1_000_000, 1_000_000, 1_000_000, reached=1),
            "paid_before_yuan": 0,
            "legal_person": True,
            "claw_back_agreed": True,
            "proof_is_fresh": True,
        }
        | changed
    )


THREE = stages(1_000_000, 1_000_000, 1_000_000, reached=2)
AWARD = Award(
    code="M1.2",
    name="研发平台引进“一事一议”",
    articles=(THE_WORDS,),
    facts=(decision_no, decision_day, approved, milestones, paid_before, legal, claw_back, fresh),
    conditions=(
        *assumed(
            Condition("legal", "在本市有法人资格", legal, "引进机构在本市没有法人资格，先完成登记", THE_WORDS),
            Condition(
                "whole",
                "里程碑金额等于决定金额",
                agreed.equals(approved),
                "各里程碑金额之和与决定书金额不等：金额变更要有新的决定",
                THE_WORDS,
            ),
            Condition("claw_back", "有退回条款", claw_back, "协议没有写明退回条款，请补充后再付款", THE_WORDS),
            Condition(
                "fresh", "考核材料没有重复使用", fresh, "考核材料在别的里程碑用过，请提供本阶段的材料", THE_WORDS
            ),
            Condition(
                "not_beyond",
                "已付不超过已通过的里程碑",
                paid_before <= reached,
                "已经支付的超过已通过的里程碑：暂停付款，请核对",
                THE_WORDS,
                holds=True,
            ),
        ),
    ),
    amount=floor_yuan(most(named("已通过里程碑", reached) - paid_before, NOTHING)),
    examples=(
        Example("通过第一个里程碑：付第一段", landed(), 100_000_000),
        Example("一个都没通过：不付", landed(milestones=stages(1_500_000, 1_500_000, reached=0)), 0),
        Example("通过两个、付过一个：付第二段", landed(milestones=THREE, paid_before_yuan=1_000_000), 100_000_000),
        Example("金额提高没有新决定", landed(approved_yuan=2_500_000), None, refused=("whole",)),
        Example("已付超过已通过", landed(paid_before_yuan=2_000_000), None, refused=("not_beyond",)),
        Example("没有法人资格", landed(legal_person=False), None, refused=("legal",)),
    ),
    lanes=("by_decision",),
    instrument="grant",
    use="platform",
    payee="落地机构，按里程碑",
    in_force=(FIRST_DAY, None),
    once=("decision_no",),
    once_per="matter",
    materials=("尽职调查报告", "会商意见", "决定文件", "落地协议"),
    if_any=("里程碑考核结论",),
    notes=("没有公式：金额由决定书载明，付款不得超过已通过的里程碑。",),
    parts=("decide", "notice", "agreement", "pay", "midterm", "acceptance", "evaluate"),
)

MEASURE = Measure(
    code="M1.2",
    name="促进研发平台引进落地",
    article=THE_WORDS,
    who="来本市建立研发机构的高校、院所、企业和团队",
    stages=(
        Stage("线索"),
        Stage("尽职调查"),
        Stage("方案"),
        Stage("部门会商"),
        Stage("市政府决定"),
        Stage("签订协议"),
        Stage("按里程碑付款"),
        Stage("年度核查"),
        Stage("退出"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "一事一议台账",
            ("机构", "决定文号", "会议日期", "金额", "里程碑", "退回条款", "已付"),
            ("没有决定文号不得付款", "金额变更必须有新决定"),
        ),
    ),
    duties=(Duty("市科技局", "每年核查一次落地机构", "每年 12 月 31 日", "assumed"),),
    questions=("“优惠政策”包括哪些、由谁承诺。",),
    traps=("系统外承诺土地、税收。", "同一份证明用于两个里程碑。", "分支机构没有法人资格。"),
)
