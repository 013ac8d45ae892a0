"""五（四）鼓励企业加大研发投入: the award for a first or a grown R&D expense (R3)."""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import since
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import OUR_READING, assumed, wan
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example, Way, Ways
from triplehelix.policy.expression import called, const, floor_yuan, known, least, named, of_code, when
from triplehelix.policy.facts import Money, Ratio, YesNo
from triplehelix.policy.measure import Duty, Measure, Register, Stage
from triplehelix.policy.terms import choice_term, money_term, rate_term

THE_WORDS = Article(
    "五（四）",
    "鼓励企业加大研发投入。引导企业开展研发活动，建立研发投入独立核算制度，对于首次准确填报研发费用100万元以上，或填"
    "报的研发费用较上年度增长100万元以上的规上企业，市财政给予最高不超过5万元的奖励。提高企业开展产学研合作的积极性和"
    "主动性，落实高新技术企业税收优惠、研发费用加计扣除及财政补助等政策，引导规上企业培育高新技术企业，不断发展壮大创"
    "新型企业的规模，提升产业链和创新链竞争力跃升。",
)
above_scale = YesNo(
    "above_scale", "当年在规上企业名录", source="register", help="以统计名录为准，不按营业收入自行推算", example=True
)
accurate = YesNo(
    "accurate",
    "研发费用填报准确",
    source="derived",
    evidence="统计、税务核对结论，研发辅助账",
    help="统计核减不超过 5%，与加计扣除申报的差额有说明，建有研发辅助账",
    example=True,
)
spent = Money("rd_expense", "本年度研发费用", source="register", evidence="107-2 表", example="1000000")
spent_before = Money(
    "rd_expense_last_year",
    "上年度研发费用",
    source="register",
    evidence="107-2 表",
    nullable=True,
    help="没有数据的留空，不能填 0",
    example=None,
)
reported_before = YesNo("reported_before", "以前年度填报过研发费用", source="register", example=False)
pool_factor = Ratio(
    "pool_factor", "预算不足时的分配系数", source="derived", optional=True, help="预算足够时不填", example="1"
)
threshold = money_term(
    "rd_threshold", "首次或增长的门槛", since((FIRST_DAY, wan(100))), mark="policy", source="五（四）"
)
ceiling = money_term("rd_award_most", "奖励最高额", since((FIRST_DAY, wan(5))), mark="policy", source="五（四）")
scheme = choice_term(
    "rd_scheme",
    "最高额以下怎样给",
    since((FIRST_DAY, "flat")),
    {"flat": "一律按最高额", "tiers": "首次 5 万元，增长分三档", "percent": "按本年费用或增长额的 1%"},
    mark="assumed",
    source="本平台默认方案，待市里确定",
)
percent = rate_term(
    "rd_percent", "按比例给时的比例", since((FIRST_DAY, Fraction(1, 100))), mark="assumed", source="本平台建议值"
)
low = money_term("rd_tier_low", "增长一档", since((FIRST_DAY, wan(2))), mark="assumed", source="本平台建议值")
middle = money_term("rd_tier_middle", "增长二档", since((FIRST_DAY, wan(3))), mark="assumed", source="本平台建议值")
from_middle = money_term(
    "rd_tier_from_middle", "二档自增长额", since((FIRST_DAY, wan(300))), mark="assumed", source="本平台建议值"
)
from_high = money_term(
    "rd_tier_from_high", "三档自增长额", since((FIRST_DAY, wan(500))), mark="assumed", source="本平台建议值"
)

growth = named("增长额", spent - spent_before)
is_first = called("首次填报达到门槛", ~reported_before & (spent >= threshold))
has_grown = called("较上年增长达到门槛", reported_before & known(spent_before) & (growth >= threshold))
by_tier = named("分档奖励", when(is_first | (growth >= from_high), ceiling, when(growth >= from_middle, middle, low)))
by_percent = named("按比例的奖励", least(when(is_first, spent, growth) * percent, ceiling))
by_scheme = named(
    "奖励", when(of_code(scheme, "tiers"), by_tier, when(of_code(scheme, "percent"), by_percent, ceiling))
)
#: Without a factor the whole amount; never more than the whole.
share = when(known(pool_factor), pool_factor, const(1))


def firm(now: int | str, before: int | str | None, reported: bool, **changed: Any) -> dict[str, Any]:
    """The facts of an enterprise, in yuan."""
    usual = {"above_scale": True, "accurate": True, "rd_expense_yuan": now, "rd_expense_last_year_yuan": before}
    return usual | {"reported_before": reported} | changed


TIERS, PERCENT = {"rd_scheme": since((FIRST_DAY, "tiers"))}, {"rd_scheme": since((FIRST_DAY, "percent"))}
AWARD = Award(
    code="M5.4",
    name="研发投入奖励",
    articles=(THE_WORDS,),
    facts=(above_scale, accurate, spent, spent_before, reported_before, pool_factor),
    conditions=(
        Condition(
            "above_scale",
            "规上企业",
            above_scale,
            "当年不在规上企业名录；以统计名录为准，入统后的年度可以享受",
            THE_WORDS,
        ),
        *assumed(
            Condition(
                "accurate",
                "准确填报",
                accurate,
                "研发费用填报没有通过核对（统计核减超过 5%、与税务申报不一致或没有研发辅助账），请先更正",
                THE_WORDS,
            ),
            Condition(
                "last_year_known",
                "填报过的企业有上年度数",
                ~reported_before | known(spent_before),
                "以前填报过，但缺少上年度研发费用：不按零推算，转人工核对，请补上年度数",
                THE_WORDS,
                holds=True,
            ),
        ),
    ),
    ways=Ways(
        (Way("A", "首次填报达到门槛", is_first), Way("B", "较上年增长达到门槛", has_grown)),
        "首次填报不足 100 万元，且较上年增长不足 100 万元",
        THE_WORDS,
    ),
    amount=floor_yuan(by_scheme * share),
    examples=(
        Example("首次填报恰好 100 万元", firm(1_000_000, None, False), 5_000_000, way="A"),
        Example("首次填报差一元", firm(999_999, None, False), None, refused=("way",)),
        Example("增长恰好 100 万元", firm(6_000_000, 5_000_000, True), 5_000_000, way="B"),
        Example("增长差一元", firm(5_999_999, 5_000_000, True), None, refused=("way",)),
        Example("上年数缺失：不按零", firm(3_000_000, None, True), None, refused=("last_year_known",)),
        Example("上年为零、首次填报：只算 A", firm(1_000_000, 0, False), 5_000_000, way="A"),
        Example("上年为零、以前报过：B", firm(1_200_000, 0, True), 5_000_000, way="B"),
        Example("500 家分 2,000 万元", firm(1_000_000, 0, False, pool_factor="4/5"), 4_000_000, way="A"),
        Example(
            "7 家分 10 万元：每家 14,285 元，余 5 元", firm(1_000_000, 0, False, pool_factor="2/7"), 1_428_500, way="A"
        ),
        Example("不是规上企业", firm(1_000_000, None, False, above_scale=False), None, refused=("above_scale",)),
        Example("填报不准确", firm(1_000_000, None, False, accurate=False), None, refused=("accurate",)),
        Example("分档：增长 299.9999 万元", firm(3_999_999, 1_000_000, True), 2_000_000, way="B", decided=TIERS),
        Example("分档：增长 300 万元", firm(4_000_000, 1_000_000, True), 3_000_000, way="B", decided=TIERS),
        Example("分档：增长 500 万元", firm(6_000_000, 1_000_000, True), 5_000_000, way="B", decided=TIERS),
        Example("按 1%：首次 123 万元", firm(1_230_099, None, False), 1_230_000, way="A", decided=PERCENT),
        Example("按 1%：增长 900 万元到最高额", firm(10_000_000, 1_000_000, True), 5_000_000, way="B", decided=PERCENT),
    ),
    lanes=("entitled",),
    instrument="reward",
    use="separate",
    payee="填报研发费用的规上企业",
    in_force=(FIRST_DAY, None),
    notes=(
        "“以上”含本数。每家企业每年一次，符合两个条件也只给一次。",
        "“首次”：以前年度没有被采信的、大于零的填报。",
        "数据以统计年报为准；上年数后来核减的，按原数和核减数中大的一个计算增长。",
        OUR_READING,
    ),
)

MEASURE = Measure(
    code="M5.4",
    name="鼓励企业加大研发投入",
    article=THE_WORDS,
    who="规上企业",
    stages=(
        Stage("统计、税务数据生成名单"),
        Stage("企业确认账户和承诺"),
        Stage("公示", "5 个工作日", "assumed"),
        Stage("直拨到企业", "自确认起 60 个工作日内", "found：惠企政策“直达快享”文件"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "研发费用年度台账",
            ("统一社会信用代码", "年度", "研发费用", "单位（元、千元、万元）", "数据来源"),
            ("与上年相差 10、1,000、10,000 倍的先核对单位", "负数不收", "同一企业同一年度只有一行"),
        ),
    ),
    duties=(Duty("企业", "建立研发投入独立核算（研发辅助账）", "填报以前", "policy"),),
    questions=("5 万元以下怎样分档（现一律按最高额）。", "“首次”怎样认定。", "预算不足时按比例分配还是排队。"),
    traps=("千元填成元。", "先报小数、来年补报大数反复领取。", "上年数缺失按零计算。"),
)
