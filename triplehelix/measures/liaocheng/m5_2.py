"""五（二）强化科技金融支撑: what the province's products subsidise, by their published rules."""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import since
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import OUR_READING, found, wan
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, floor_yuan, least, when
from triplehelix.policy.facts import Count, Money, Ratio, Text, YesNo
from triplehelix.policy.measure import Measure, Register, Stage
from triplehelix.policy.once import Earlier, Excludes
from triplehelix.policy.terms import money_term, rate_term

THE_WORDS = Article(
    "五（二）",
    "强化科技金融支撑。引导金融机构优化完善支持企业创新、成果转化的金融产品，为产学研合作提供有力的资金支持和创新动力"
    "。充分利用“鲁科贷”、“鲁科担”、“鲁科保”等科技金融产品，推动高校、科研机构的科技成果转化和产业化。加强与创业"
    "投资机构、私募股权投资机构的合作，吸引社会资本参与产学研合作项目投资。",
)
FOUND = "山东省人民政府办公厅文件（鲁政办字〔2023〕155号）"
#: S15: a filing without 入库编号 or 科融信 in its year is revoked. S17: what a loan is not for.
FILING = "鲁科字〔2025〕29号"
USES = "青岛“鲁科贷”工作指引（2025-05-23）"
loan_no = Text("loan_no", "借款合同号", evidence="借款合同", example="JK-2026-0008")
filed = YesNo("filed", "已备案，且当年有入库编号或通过科融信", source="register", example=True)
used_well = YesNo("used_for_research", "用于研发、转化、产业化", evidence="用途凭证", example=True)
only_one = YesNo(
    "only_loan_subsidised", "没有对其他贷款申请过贴息", source="register", help="一家企业只选一笔，一次性", example=True
)
interest = Money("interest_paid", "实际支付的利息", evidence="付息凭证", example="100000")
interest_rate = rate_term(
    "loan_interest_rate", "贴息比例", since((FIRST_DAY, Fraction(2, 5))), mark="found", source=FOUND
)
interest_most = money_term("loan_interest_most", "贴息最高额", since((FIRST_DAY, wan(50))), mark="found", source=FOUND)


def loan(interest: int | str, **changed: Any) -> dict[str, Any]:
    """A filed loan with so much interest paid, in yuan."""
    usual = {"loan_no": "JK-2026-0008", "filed": True, "used_for_research": True, "only_loan_subsidised": True}
    return usual | {"interest_paid_yuan": interest} | changed


INTEREST = Award(
    code="M5.2-interest",
    name="鲁科贷贴息",
    articles=(THE_WORDS,),
    facts=(loan_no, filed, used_well, only_one, interest),
    conditions=(
        *found(
            FILING,
            Condition("filed", "贷款已备案", filed, "贷款没有备案，或当年没有入库编号、科融信：备案已撤销", THE_WORDS),
        ),
        *found(USES, Condition("use", "用途合规", used_well, "贷款用于转贷、证券或消费，不予贴息", THE_WORDS)),
        *found(FOUND, Condition("one", "只贴一笔", only_one, "已经对另一笔贷款贴过息，一家企业只贴一笔", THE_WORDS)),
    ),
    amount=floor_yuan(least(interest * interest_rate, interest_most)),
    examples=(
        Example("利息 125 万元：恰好 50 万元", loan(1_250_000), 50_000_000),
        Example("利息 125 万零 1 元：最高 50 万元", loan(1_250_001), 50_000_000),
        Example("利息 100 万元", loan(1_000_000), 40_000_000),
        Example("第二笔贷款", loan(100_000, only_loan_subsidised=False), None, refused=("one",)),
        Example("备案撤销", loan(100_000, filed=False), None, refused=("filed",)),
    ),
    lanes=("quick",),
    instrument="loan_interest",
    use="separate",
    payee="借款企业",
    in_force=(FIRST_DAY, None),
    once=("loan_no",),
    once_per="payee",
    excludes=(Excludes(("M5.2-interest",), ("loan_no",), "一笔贷款只贴息一次，不论由谁申请"),),
    notes=("两家银行的借款合同号碰巧相同的，在号码前写明银行。",),
    materials=("借款合同", "付息凭证", "用途凭证"),
)

loss = Money("principal_loss", "本金损失", evidence="不良认定材料", example="1000000")
early = YesNo("early_stage_credit", "早期研发信用贷款", source="register", example=False)
normal_share = rate_term(
    "loss_city_share", "市级分担比例", since((FIRST_DAY, Fraction(7, 20))), mark="found", source=FOUND
)
early_share = rate_term(
    "loss_city_share_early",
    "早期研发信用贷款市级分担比例",
    since((FIRST_DAY, Fraction(9, 20))),
    mark="found",  # the mark is part of the law that cases in hand are bound to; whose the half is, the source says
    source=FOUND + "只写省市合计最高 90%，各半是本平台建议值",
)


def lost(amount: int | str, **changed: Any) -> dict[str, Any]:
    """A filed loan with so much principal lost, in yuan."""
    return {
        "loan_no": "JK-2026-0008",
        "filed": True,
        "principal_loss_yuan": amount,
        "early_stage_credit": False,
    } | changed


LOSS = Award(
    code="M5.2-loss",
    name="鲁科贷风险补偿（市级分担）",
    articles=(THE_WORDS,),
    facts=(loan_no, filed, early, loss),
    conditions=(
        *found(
            FILING,
            Condition("filed", "贷款已备案", filed, "贷款没有备案，或当年没有入库编号、科融信：不分担损失", THE_WORDS),
        ),
    ),
    amount=floor_yuan(loss * when(early, early_share, normal_share)),
    examples=(
        Example("损失 100 万元：市级 35 万元", lost(1_000_000), 35_000_000),
        Example("早期研发信用贷款", lost(1_000_000, early_stage_credit=True), 45_000_000),
        Example("没有备案", lost(1_000_000, filed=False), None, refused=("filed",)),
    ),
    lanes=("quick",),
    instrument="risk_comp",
    use="separate",
    payee="贷款银行",
    in_force=(FIRST_DAY, None),
    once=("loan_no",),
    once_per="matter",
    materials=("不良认定材料", "追偿记录"),
    notes=("省 35%、市 35%、银行 30%：损失 100 万元分担 35、35、30 万元。",),
)

guaranteed = Money("guaranteed", "担保金额", evidence="担保合同", example="5000000")
fee = Ratio("guarantee_fee", "年担保费率", evidence="担保合同", example="0.5%")
contract = Text("guarantee_no", "担保合同号", evidence="担保合同", example="DB-2026-0003")
in_scheme = YesNo("in_scheme", "属于鲁科担、鲁科保产品", source="register", example=True)
light = YesNo("light_security", "不要反担保，或只要无形资产反担保", evidence="担保合同", example=True)
which_year = Count(
    "guarantee_year", "第几个担保年度", unit="年", at_least=1, at_most=50, evidence="担保合同",
    help="从担保起始日起算，每满一年为一个担保年度", example=1,
)  # fmt: skip
in_force_days = Count(
    "guarantee_days", "这个担保年度的在保天数", unit="天", at_most=366, evidence="担保合同",
    help="算起始日，不算到期日；提前结清的算到结清日", example=365,
)  # fmt: skip
year_days = Count(
    "guarantee_year_days", "这个担保年度的全年天数", unit="天", at_least=365, at_most=366, evidence="担保合同",
    help="含 2 月 29 日的为 366 天", example=365,
)  # fmt: skip
fee_most = rate_term(
    "guarantee_fee_most", "担保费率上限", since((FIRST_DAY, Fraction(1, 200))), mark="found", source=FOUND
)
guarantee_rate = rate_term(
    "guarantee_rate", "保费补贴比例", since((FIRST_DAY, Fraction(1, 200))), mark="found", source=FOUND
)


def guaranty(**changed: Any) -> dict[str, Any]:
    """A 鲁科担 guarantee of 5,000,000 yuan at 0.5 %, in force for the whole of its first year."""
    usual = {"guarantee_no": "DB-2026-0003", "in_scheme": True, "light_security": True}
    lasts = {"guarantee_year": 1, "guarantee_days": 365, "guarantee_year_days": 365}
    return usual | {"guaranteed_yuan": 5_000_000, "guarantee_fee": "0.5%"} | lasts | changed


#: S14: at most 0.5 % of the guaranteed amount a year. A guarantee of some days gets these days of the year.
of_the_year = least(in_force_days, year_days) * when(
    year_days.equals(const(366)), const(Fraction(1, 366)), const(Fraction(1, 365))
)


GUARANTEE = Award(
    code="M5.2-guarantee",
    name="鲁科担保费补贴",
    articles=(THE_WORDS,),
    facts=(contract, in_scheme, light, guaranteed, fee, which_year, in_force_days, year_days),
    conditions=(
        *found(
            FOUND,
            Condition("scheme", "属于鲁科担", in_scheme, "担保不属于鲁科担产品，不在补贴范围", THE_WORDS),
            Condition(
                "security",
                "反担保不是实物",
                light,
                "鲁科担不要反担保，或只要无形资产反担保：这份担保有其他反担保",
                THE_WORDS,
            ),
            Condition("fee", "费率不超过上限", fee <= fee_most, "年担保费率超过 0.5%，不在补贴范围", THE_WORDS),
            Condition("real", "有担保金额", guaranteed > const(0), "担保金额为零", THE_WORDS),
            Condition("days", "有在保天数", in_force_days > const(0), "这个担保年度没有在保的天数", THE_WORDS),
        ),
    ),
    amount=floor_yuan(guaranteed * guarantee_rate * of_the_year),
    examples=(
        Example("担保 500 万元、费率 0.5%", guaranty(), 2_500_000),
        # 5,000,000 × 0.5 % × 30 ÷ 365 = 2,054.79…
        Example("担保 30 天", guaranty(guarantee_days=30), 205_400),
        # 5,000,000 × 0.5 % × 183 ÷ 366 = 12,500
        Example("含 2 月 29 日的年度，担保 183 天", guaranty(guarantee_days=183, guarantee_year_days=366), 1_250_000),
        Example("天数不超过全年", guaranty(guarantee_days=366), 2_500_000),
        Example("开始当天结清", guaranty(guarantee_days=0), None, refused=("days",)),
        Example("费率 0.6%", guaranty(guarantee_fee="0.6%"), None, refused=("fee",)),
        Example("以设备抵押反担保", guaranty(light_security=False), None, refused=("security",)),
        Example("机构自有产品", guaranty(in_scheme=False), None, refused=("scheme",)),
    ),
    lanes=("quick",),
    instrument="guarantee_fee",
    use="separate",
    payee="担保机构",
    in_force=(FIRST_DAY, None),
    once=("guarantee_no",),
    notes=(
        "按每个担保年度的在保天数计算，不足一年的按天折算；提前结清的，原来的计算作废，按实际天数重新计算。",
        OUR_READING,
    ),
)

policy_no = Text("policy_no", "保单号", evidence="保单", example="BX-2026-0011")
premium = Money("premium_paid", "实际支付的保费", evidence="保费发票", example="100000")
year = Count("policy_year", "第几年投保", unit="年", at_least=1, at_most=50, source="register", example=1)
had = Money(
    "premium_subsidy_this_year",
    "本年度已得保费补贴",
    source="register",
    help="办件里由平台从本单位本年度的决定算出；试算时没有的填 0",
    example="0",
)
first_rate = rate_term(
    "premium_rate_first", "首年补贴比例", since((FIRST_DAY, Fraction(1, 2))), mark="found", source=FOUND
)
later_rate = rate_term(
    "premium_rate_later", "以后年度补贴比例", since((FIRST_DAY, Fraction(3, 10))), mark="found", source=FOUND
)
premium_most = money_term("premium_most", "每家每年最高额", since((FIRST_DAY, wan(30))), mark="found", source=FOUND)


def insured(premium: int | str, year: int, had: int = 0, **changed: Any) -> dict[str, Any]:
    """A 鲁科保 policy with so much premium paid, in yuan."""
    given = {"premium_paid_yuan": premium, "policy_year": year, "premium_subsidy_this_year_yuan": had}
    return {"policy_no": "BX-2026-0011", "in_scheme": True} | given | changed


INSURANCE = Award(
    code="M5.2-insurance",
    name="鲁科保保费补贴",
    articles=(THE_WORDS,),
    facts=(policy_no, in_scheme, premium, year, had),
    conditions=(
        *found(
            FOUND,
            Condition("scheme", "属于鲁科保", in_scheme, "保险不属于鲁科保产品，不在补贴范围", THE_WORDS),
            Condition("room", "本年度补贴没有用完", had < premium_most, "本年度保费补贴已到每家企业最高额", THE_WORDS),
        ),
    ),
    amount=floor_yuan(least(premium * when(year.equals(const(1)), first_rate, later_rate), premium_most - had)),
    examples=(
        Example("首年保费 10 万元", insured(100_000, 1), 5_000_000),
        Example("第二年", insured(100_000, 2), 3_000_000),
        Example("首年保费 100 万元：最高 30 万元", insured(1_000_000, 1), 30_000_000),
        Example("本年已得 29 万元：只剩 1 万元", insured(100_000, 1, 290_000), 1_000_000),
        Example("本年已到最高额", insured(100_000, 1, 300_000), None, refused=("room",)),
        Example("机构自有产品", insured(100_000, 1, in_scheme=False), None, refused=("scheme",)),
    ),
    lanes=("quick",),
    instrument="insurance_premium",
    use="separate",
    payee="投保企业",
    in_force=(FIRST_DAY, None),
    once=("policy_no", "policy_year"),
    once_per="one",
    earlier=(Earlier((), "own", tells="premium_subsidy_this_year", this_year=True),),
)

MEASURE = Measure(
    code="M5.2",
    name="强化科技金融支撑",
    article=THE_WORDS,
    who="科技型中小企业，合作银行、担保、保险机构",
    stages=(
        Stage("意向"),
        Stage("授权同意"),
        Stage("机构办理"),
        Stage("放款"),
        Stage("备案", "每月", "found：鲁科字〔2025〕29号"),
        Stage("还款或逾期"),
        Stage("补偿、追偿"),
    ),
    awards=(INTEREST, LOSS, GUARANTEE, INSURANCE),
    registers=(
        Register(
            "科技贷款备案",
            ("企业", "银行", "金额", "利率", "用途", "入库编号或科融信"),
            ("当年没有入库编号的撤销备案",),
        ),
        Register("股权合作", ("基金", "轮次", "投前、投后估值", "金额", "退出"), ("先投后股、拨投结合分别登记",)),
    ),
    questions=("鲁科贷单户备案上限。", "早期研发信用贷款省市之间怎样分担。"),
    traps=("贷款用于转贷。", "一家企业两笔贷款贴息。", "贴息超过实付利息。"),
)
