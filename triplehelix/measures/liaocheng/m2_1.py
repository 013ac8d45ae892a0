"""二（一）支持企业“柔性引才”: 科技副总; a subsidy only if the office sets one."""

from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import FUND, SHORT, assumed, found, in_city, wan
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, of_code
from triplehelix.policy.facts import Choice, Count, Text, YesNo
from triplehelix.policy.measure import Duty, Measure, Register, Stage
from triplehelix.policy.terms import count_term, table_term

THE_WORDS = Article(
    "二（一）",
    "支持企业“柔性引才”。通过聘任“科技副总”等形式，吸引高校院所的高端人才到企业兼职或开展技术合作。对企业引进的高"
    "层次创新人才，在住房、子女教育、医疗保障等方面提供优惠政策。持续推进“人才飞地”建设，鼓励企事业单位在创新资源集"
    "聚地建设引才育才平台，提高科技研发攻关和科技成果转化能力。",
)
FOUND = "《聊城市“科技副总”管理办法》（2025-05-20）"
person = Text("person", "科技副总姓名", seen_by=("applicant", "clerk", "county", "auditor"), example="王明远")
title = Choice(
    "qualification",
    "学历职称",
    {"doctor": "博士", "associate": "副高及以上", "other": "其他"},
    evidence="学历职称证书",
    example="doctor",
)
consent = YesNo("home_unit_consent", "派出单位书面同意（有日期）", evidence="派出单位同意书", example=True)
posts = Count("posts_held", "同期任科技副总的企业（含本企业）", unit="家", source="register", at_most=20, example=1)
controls = YesNo("controls_firm", "本人是该企业的控股股东", source="register", example=False)
assessed = Choice(
    "assessment", "年度考核", {"excellent": "优秀", "pass": "合格", "fail": "不合格"}, source="derived", example="pass"
)
most_posts = count_term(
    "vice_most_posts", "同期任职企业上限", since((FIRST_DAY, 1)), unit="家", mark="assumed", source="本平台建议值"
)
reward = table_term(
    "vice_support",
    "按考核等次的支持",
    undecided("科技副总按考核等次支持多少"),
    {"excellent": "优秀", "pass": "合格"},
    mark="assumed",
    source="政策没有写明金额",
)
SET = {"vice_support": since((FIRST_DAY, {"excellent": wan(5), "pass": wan(3)}))}


def vice(**changed: Any) -> dict[str, Any]:
    """A doctor in one firm, assessed 合格."""
    usual = {"person": "王明远", "qualification": "doctor", "home_unit_consent": True, "posts_held": 1}
    return usual | {"controls_firm": False, "assessment": "pass", "registered_in_city": True} | changed


AWARD = Award(
    code="M2.1",
    name="科技副总支持",
    articles=(THE_WORDS,),
    facts=(person, title, consent, posts, controls, assessed, in_city),
    conditions=(
        Condition("in_city", "聘任企业在本市", in_city, "聘任企业没有登记在本市", THE_WORDS, source=FUND),
        *found(
            FOUND,
            Condition(
                "qualified",
                "博士或副高及以上",
                of_code(title, "doctor", "associate"),
                "科技副总应为博士或副高及以上",
                THE_WORDS,
            ),
        ),
        *assumed(
            Condition("consent", "派出单位同意", consent, "没有派出单位写明日期的书面同意", THE_WORDS),
            Condition(
                "posts",
                "任职企业不超过上限",
                (posts >= const(1)) & (posts <= most_posts),
                "同期任职的企业超过上限",
                THE_WORDS,
            ),
            Condition("not_owner", "不是控股股东", ~controls, "本人控股的企业不能聘本人为科技副总", THE_WORDS),
            Condition("assessed", "年度考核合格", of_code(assessed, "excellent", "pass"), "年度考核不合格", THE_WORDS),
        ),
    ),
    amount=reward.by(assessed),
    examples=(
        Example("金额没有确定", vice(), None, open=("vice_support",)),
        Example("确定以后：合格", vice(), 3_000_000, decided=SET),
        Example("优秀", vice(assessment="excellent"), 5_000_000, decided=SET),
        Example("两家企业任职", vice(posts_held=2), None, refused=("posts",), decided=SET),
        Example("派出单位不同意", vice(home_unit_consent=False), None, refused=("consent",), decided=SET),
        Example("控股股东", vice(controls_firm=True), None, refused=("not_owner",), decided=SET),
    ),
    lanes=("quick", "ordinary"),
    instrument="reward",
    use="talent",
    payee="聘任企业",
    in_force=(FIRST_DAY, None),
    once=("person",),
    notes=("按年度考核每人每年一次（政策没有写明，本平台建议值，待主管部门确认）。",),
    materials=("三方协议", "派出单位同意书", "学历职称证书"),
    if_any=("到岗记录", "年度考核表"),
    parts=SHORT,
)

MEASURE = Measure(
    code="M2.1",
    name="支持企业“柔性引才”",
    article=THE_WORDS,
    who="聘任科技副总的科技型企业；建设人才飞地的单位",
    stages=(
        Stage("企业发布岗位需求"),
        Stage("对接人选"),
        Stage("派出单位同意"),
        Stage("公示", "5 个工作日", "assumed"),
        Stage("三方协议"),
        Stage("到岗"),
        Stage("年度考核"),
        Stage("续聘或结束"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "科技副总名册",
            ("姓名", "派出单位", "企业", "岗位", "任期", "到岗日志", "任务"),
            ("任期不得重叠", "一个月的天数不超过日历"),
        ),
        Register("人才飞地名册", ("地点", "主办单位", "人员", "带回项目"), ("地点在市外",)),
        Register("服务事项单", ("事项：住房、子女教育、医疗", "承办部门", "时限"), ("超时提醒",)),
    ),
    duties=(Duty("有关部门", "落实住房、子女教育、医疗等服务", "按服务单时限", "policy"),),
    questions=("科技副总支持多少。", "服务事项的办理时限。"),
    traps=("批量补填到岗记录。", "任期重叠。", "退休人员的“派出单位同意”没有日期。"),
)
