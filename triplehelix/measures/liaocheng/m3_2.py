"""三（二）争取省级以上重点研发项目: matching awards for national and provincial projects."""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import since
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.city_plan import AWARDS as CITY_PLAN
from triplehelix.measures.liaocheng.city_plan import THE_WORDS
from triplehelix.measures.liaocheng.usual import NOTHING, OUR_READING, assumed, given_before, in_city, wan
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import floor_yuan, least, most, named, of_code
from triplehelix.policy.facts import Choice, Listed, Money, Text, YesNo
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.once import Earlier, Excludes
from triplehelix.policy.shares import Shared
from triplehelix.policy.terms import money_term, rate_term

#: R2 (e): a project with national and provincial funds is matched by the higher only; no difference is paid.
HIGHER = "同一项目既有国家又有省级资金的，就高不重复；要改按本项配套，请先撤回或撤销那一件"
project_no = Text("project_no", "项目编号", evidence="项目立项文件", example="2025YFB3400001")

# --- 国家项目配套 (R1) ---------------------------------------------------------------------------------------------

document_no = Text("document_no", "省奖励文件文号", evidence="省财政下达奖励的文件", example="鲁财教指〔2026〕18号")
for_project = YesNo(
    "award_for_project",
    "省奖励文件写明奖励这个项目，日期在立项之后",
    evidence="省财政下达奖励的文件",
    example=True,
)
document = Money(
    "provincial_award_document",
    "省奖励文件载明的金额",
    evidence="省财政下达奖励的文件",
    help="只填奖励，不填补助：两者在省里是两笔不同的钱",
    example="300000",
)
arrived = Money(
    "provincial_award_arrived",
    "省奖励实际到账金额",
    evidence="到账凭证",
    help="这份文件的奖励至今累计到账",
    example="300000",
)
PROJECTS = {
    "national_major": "国家科技重大专项",
    "national_key_rd": "国家重点研发计划",
    "sti2030": "科技创新2030—重大项目",
}
project_list = Choice("project_list", "项目所属计划", PROJECTS, evidence="项目立项文件", example="national_key_rd")
kind = Choice(
    "kind", "这笔省财政资金是", {"award": "奖励", "subsidy": "补助"}, evidence="省财政下达奖励的文件", example="award"
)
largest_award = money_term(
    "national_award_most",
    "省奖励单个项目上限（超过即核对）",
    since((FIRST_DAY, wan(60))),
    mark="found",
    source="大众网 2020-01-10 报道：省奖励 5%/3%，单个项目不超过 60 万元",
)


def national(document: int | str, arrived: int | str, **changed: Any) -> dict[str, Any]:
    """The facts of a national project, in yuan."""
    usual = {
        "project_no": "2025YFB3400001",
        "document_no": "鲁财教指〔2026〕18号",
        "award_for_project": True,
        "project_list": "national_key_rd",
        "registered_in_city": True,
        "kind": "award",
        "given_before_yuan": 0,
    }
    return {"provincial_award_document_yuan": document, "provincial_award_arrived_yuan": arrived} | usual | changed


NATIONAL = Award(
    code="M3.2-national",
    name="国家项目配套奖励",
    articles=(THE_WORDS,),
    facts=(project_no, document_no, for_project, document, arrived, project_list, in_city, kind, given_before),
    conditions=(
        *assumed(
            Condition("in_city", "单位登记在本市", in_city, "承担单位没有登记在本市，不属于本市配套对象", THE_WORDS)
        ),
        Condition(
            "award_only",
            "省财政资金是奖励",
            of_code(kind, "award"),
            "条款配套的是“省财政奖励”；省财政补助是另一笔资金，不予配套。请核对后只填奖励",
            THE_WORDS,
        ),
        Condition(
            "for_project",
            "奖励的是这个项目",
            for_project,
            "省奖励文件不是奖励这个项目，或日期早于立项：请核对文号和项目编号",
            THE_WORDS,
        ),
        Condition(
            "not_too_large",
            "不超过省奖励单个项目上限",
            most(document, arrived) <= largest_award,
            "金额超过省奖励单个项目上限，可能把补助填进了奖励：暂停办理，请经办人核对省文件",
            THE_WORDS,
            holds=True,
        ),
    ),
    amount=floor_yuan(most(named("文件金额与到账金额取小", least(document, arrived)) - given_before, NOTHING)),
    examples=(
        Example("奖励全部到账，1:1 配套", national("300000", "300000", project_list="national_major"), 30_000_000),
        Example("先到账一部分：按到账配套，余款到账后补足", national(600000, "250000.50"), 25_000_000),
        Example("余款到账：补足到文件金额", national(600000, 600000, given_before_yuan=250000), 35_000_000),
        Example("已经全部配套", national(300000, 300000, given_before_yuan=300000), 0),
        Example("恰好 60 万元，含本数", national(600000, 600000, project_list="sti2030"), 60_000_000),
        Example("一分未到", national(600000, 0), 0),
        Example("填成了补助", national(500000, 500000, kind="subsidy"), None, refused=("award_only",)),
        Example("900 万元：把补助填进了奖励", national(9000000, 9000000), None, refused=("not_too_large",)),
        Example("文件早于立项", national(300000, 300000, award_for_project=False), None, refused=("for_project",)),
        Example("单位已迁出", national(300000, 300000, registered_in_city=False), None, refused=("in_city",)),
    ),
    lanes=("entitled", "quick"),
    instrument="match",
    use="separate",
    payee="在本市登记、按省奖励文件得到奖励的单位",
    in_force=(FIRST_DAY, None),
    once=("project_no", "document_no", "provincial_award_arrived"),
    once_per="matter",
    earlier=(Earlier(("project_no", "document_no"), "own"),),
    excludes=(Excludes(("M3.2-provincial",), ("project_no",), HIGHER),),
    materials=("项目立项文件", "省财政下达奖励的文件", "到账凭证"),
    notes=(
        "同一单位的同一份文件，以前配套过的从中扣除；没有新到账的不再受理。",
        "牵头与参与单位按省奖励文件分别记载的金额配套，本市不重新计算 5%/3%。",
        "“等项目”按封闭清单办理：清单以外的项目要有书面认定。",
        "后一句的 100 万元上限不适用于国家项目。",
        "同一项目编号已按省科技重大专项配套的，不再配套（就高不重复，不补差额）。",
        OUR_READING,
    ),
)

# --- 省重大专项配套 (R2) -------------------------------------------------------------------------------------------

arrived_last_year = Money("funds_arrived_last_year", "上年度到账的省拨经费", evidence="到账凭证")
passed_on = Money("passed_outside_city", "其中拨给市外单位的", evidence="转拨凭证")
refunded = Money("refunded", "其中退回的", evidence="退款凭证")


def unit(yuan: int | str, *, id: str = "U1", passed: int = 0, refund: int = 0) -> dict[str, Any]:
    """One unit's row, in yuan."""
    outgone = {"passed_outside_city_yuan": passed, "refunded_yuan": refund}
    return {"id": id, "funds_arrived_last_year_yuan": yuan} | outgone


def project(*units: dict[str, Any], before: int = 0, given: int = 0, city: bool = True) -> dict[str, Any]:
    """The facts of a provincial project."""
    usual = {"project_no": "2025CXGC010101", "given_before_yuan": given}
    return {"units": list(units), "awarded_before_yuan": before, "registered_in_city": city} | usual


units = Listed(
    "units",
    "本市承担单位",
    (arrived_last_year, passed_on, refunded),
    help="同一项目的本市单位都填上，共用一个上限；每行的编号填该单位的统一社会信用代码",
    example=[unit("2000000")],
)
awarded_before = Money(
    "awarded_before",
    "该项目在本平台以外已得的市配套",
    source="register",
    help="平台启用以前的；没有的填 0",
    example="0",
)
registered = YesNo("registered_in_city", "各承担单位都登记在本市", source="register", example=True)
rate = rate_term("provincial_rate", "配套比例", since((FIRST_DAY, Fraction(3, 10))), mark="policy", source="三（二）")
cap = money_term("provincial_cap", "单个项目最高额", since((FIRST_DAY, wan(100))), mark="policy", source="三（二）")
room = named("上限余额", most(cap - awarded_before - given_before, NOTHING))

PROVINCIAL = Award(
    code="M3.2-provincial",
    name="省科技重大专项配套奖励",
    articles=(THE_WORDS,),
    facts=(project_no, units, awarded_before, given_before, registered),
    conditions=(
        *assumed(
            Condition(
                "in_city", "承担单位登记在本市", registered, "承担单位没有登记在本市，不属于本市配套对象", THE_WORDS
            )
        ),
    ),
    amount=Shared(
        units, arrived_last_year - passed_on - refunded, rate, room, "各单位上年度省拨经费 × 30%，合计不超过上限余额"
    ),
    examples=(
        Example("没有到账", project(unit(0)), 0),
        Example("到账 1 元：0.3 元舍去", project(unit(1)), 0),
        Example("3,333,333 元：舍去不足一元", project(unit(3_333_333)), 99_999_900),
        Example("3,333,334 元：到上限", project(unit(3_333_334)), 100_000_000),
        Example("500 万元：上限 100 万元", project(unit(5_000_000)), 100_000_000),
        Example("以前得过 60 万元：只剩 40 万元", project(unit(2_000_000), before=600_000), 40_000_000),
        Example("别的单位先得 60 万元：同一项目只剩 40 万元", project(unit(2_000_000), given=600_000), 40_000_000),
        Example("转拨市外的和退回的先减去", project(unit(2_000_000, passed=500_000, refund=500_000)), 30_000_000),
        Example("退回的比到账的多", project(unit(100, refund=200)), 0),
        Example("上限已经用完", project(unit(2_000_000), before=1_000_000), 0),
        Example(
            "两个单位共用上限",
            project(unit(3_000_000), unit(1_000_000, id="U2")),
            100_000_000,
            shares={"U1": 75_000_000, "U2": 25_000_000},
        ),
        Example(
            "三个单位：余下的一元给编号小的",
            project(*(unit(2_000_000, id=f"U{n}") for n in (1, 2, 3))),
            100_000_000,
            shares={"U1": 33_333_400, "U2": 33_333_300, "U3": 33_333_300},
        ),
        Example("单位不在本市", project(unit(2_000_000), city=False), None, refused=("in_city",)),
    ),
    lanes=("entitled", "quick"),
    instrument="match",
    use="separate",
    payee="登记在本市的项目承担单位，各得各的份额",
    in_force=(FIRST_DAY, None),
    once=("project_no",),
    earlier=(Earlier(("project_no",), "all"),),
    excludes=(Excludes(("M3.2-national",), ("project_no",), HIGHER),),
    materials=("项目立项文件", "上年度省拨经费到账凭证"),
    if_any=("转拨、退款凭证",),
    notes=(
        "“上年度省拨经费”按到账计算，不按批复计算。",
        "上限按项目全周期计算，以前年度得过的从中扣除。",
        "“省科技重大专项计划”也包括其另名“省重大科技创新工程”。",
        "同一项目既有国家又有省级资金的，就高不重复，不补差额。",
        "每个单位各申报一件，承担单位表相同；每件只付本单位的一行，合计不超过上限余额。",
        "各单位先按自己的 30% 舍去不足一元；合计超过上限余额时按基数分摊，最大余数法，余数相同的编号小者先得。",
        OUR_READING,
    ),
)

MEASURE = Measure(
    code="M3.2",
    name="争取省级以上重点研发项目",
    article=THE_WORDS,
    who="承担国家、省重大科技项目的本市单位；承担市重点研发计划的产学研联合体",
    stages=(
        Stage("从省奖励、省拨经费到账数据生成名单"),
        Stage("单位确认账户和承诺"),
        Stage("公示", "5 个工作日", "assumed"),
        Stage("直拨到实施单位", "自受理起 60 个工作日内", "found：惠企政策“直达快享”文件"),
    ),
    awards=(NATIONAL, PROVINCIAL, *CITY_PLAN),
    questions=(
        "省财政 15%/5%/3% 的办法现在是否仍然有效。",
        "100 万元上限按项目全周期还是按年度（现按全周期）。",
        "末句“……方式对产学研合作项目进行”缺谓语，按“进行支持”理解，待起草部门确认。",
    ),
    traps=("把省补助填进省奖励，最多会多付约 17 倍。", "同一奖励由两个单位各报一次。", "发票用于两个项目。"),
)
