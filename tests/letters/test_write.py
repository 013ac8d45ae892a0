"""What each document says, sentence by sentence, by hand."""

from datetime import date
from fractions import Fraction

import pytest

from tests.letters import cases
from triplehelix.foundation.dated import since
from triplehelix.measures.liaocheng import m2_1, m5_1
from triplehelix.measures.liaocheng.m5_4 import AWARD, firm
from triplehelix.policy.answer import as_json
from triplehelix.policy.decision import decide
from triplehelix.procedure.letters.letter import BadLetter
from triplehelix.procedure.letters.write import NoticeItem

OWN = "具体要求政策未作规定，由本决定（聊科决〔2026〕12号）确定"
RIGHTS = (
    "对本决定不服的，可以自收到本决定书之日起60日内，依法向本级人民政府申请行政复议；也可以自收到本决定书之日起6个月内，"
    "依法向有管辖权的人民法院提起行政诉讼。"
)
QUOTE = (
    "五（四）　鼓励企业加大研发投入。引导企业开展研发活动，建立研发投入独立核算制度，"
    "对于首次准确填报研发费用100万元以上，或填报的研发费用较上年度增长100万元以上的规上企业，市财政给予最高不超过5万元的奖励。"
    "提高企业开展产学研合作的积极性和主动性，落实高新技术企业税收优惠、研发费用加计扣除及财政补助等政策，"
    "引导规上企业培育高新技术企业，不断发展壮大创新型企业的规模，提升产业链和创新链竞争力跃升。"
)
OBJECTIONS = (
    "对公示内容有异议的单位和个人，应当在公示时间内以书面形式实名提出，写明异议事项、事实依据和联系方式，"
    "并附相关证明材料；以单位名义提出的，应当加盖单位公章。对异议人的身份信息依法保密。"
)


def said(letter):
    """Every line of the body: paragraphs, items, rows of tables."""
    return [line for block in letter.blocks for line in (block.text, *(" | ".join(row) for row in block.rows)) if line]


def test_a_decision_to_grant():
    letter = cases.granted()
    assert (letter.kind, letter.title) == ("decision", "研发投入奖励支持决定书")
    assert (letter.addressee, letter.number) == (cases.FIRM, "聊科决〔2026〕12号")
    assert said(letter) == [
        "你单位的“研发投入奖励”事项，本机关已经审查，现作出如下决定。",
        "一、决定",
        "给予你单位“研发投入奖励”支持，金额为人民币伍万元整（50,000.00元）。",
        "二、认定的事实",
        "当年在规上企业名录 | 是",
        "研发费用填报准确 | 是",
        "本年度研发费用 | 6,000,000.00 元",
        "上年度研发费用 | 5,000,000.00 元",
        "以前年度填报过研发费用 | 是",
        "三、依据",
        "本决定依据下列条款：",
        QUOTE,
        "四、审查情况",
        "按2026年11月20日施行的规定，逐项审查如下：",
        "规上企业（五（四））——满足。",
        f"准确填报（五（四）；{OWN}）——满足。",
        f"填报过的企业有上年度数（五（四）；{OWN}）——满足。",
        "符合条件 B：较上年增长达到门槛（五（四））——满足。",
        "五、金额的计算",
        "（一）适用的标准",
        "奖励最高额 = 50,000.00 元（自2026年1月1日起；政策原文，五（四））。",
        "最高额以下怎样给 = 一律按最高额（自2026年1月1日起；政策未作规定，由本决定（聊科决〔2026〕12号）确定）。",
        "首次或增长的门槛 = 1,000,000.00 元（自2026年1月1日起；政策原文，五（四））。",
        "（二）计算步骤",
        "增长额 = 6,000,000.00 元 − 5,000,000.00 元 = 1,000,000.00 元。",
        "奖励 = 50,000.00 元。",
        "金额 = 50,000.00 元 × 1，舍去不足一元 = 50,000.00 元。",
        "六、救济途径",
        RIGHTS,
    ]


def test_a_decision_says_that_it_was_public_and_what_the_city_has_set():
    letter = cases.granted(announced=("聊科公〔2026〕5号", date(2026, 11, 24), date(2026, 11, 30)))
    assert said(letter)[0] == (
        "你单位的“研发投入奖励”事项，本机关已经审查，并自2026年11月24日起至2026年11月30日公示（聊科公〔2026〕5号）期满，"
        "现作出如下决定。"
    )
    steps = [
        "标准：甲 = 1（自 2026-01-01 起；主管部门设定，聊科字〔2026〕3号）",
        "标准：乙 = 2（自 2026-01-01 起；待确认（非官方），（某）方案）",
    ]
    lines = said(cases.granted(answer={"steps": steps, "facts": {"甲": "未提供", "乙": ""}}))
    assert "甲 = 1（自2026年1月1日起；主管部门设定，聊科字〔2026〕3号）。" in lines
    assert "乙 = 2（自2026年1月1日起；政策未作规定，由本决定（聊科决〔2026〕12号）确定）。" in lines
    assert not any("未提供" in line or "认定的事实" in line or "非官方" in line for line in lines)


def test_a_refusal_names_each_reason_with_its_clause():
    letter = cases.refused()
    assert letter.title == "研发投入奖励不予支持决定书"
    lines = said(letter)
    assert lines[:5] == [
        "你单位的“研发投入奖励”事项，本机关已经审查，现作出如下决定。",
        "一、决定",
        "对你单位的“研发投入奖励”事项不予支持。",
        "二、理由",
        "当年不在规上企业名录；以统计名录为准，入统后的年度可以享受（依据：五（四））。",
    ]
    assert lines[5] == "首次填报不足 100 万元，且较上年增长不足 100 万元（依据：五（四））。"
    assert [line for line in lines if "、" in line[:2]] == [
        "一、决定", "二、理由", "三、认定的事实", "四、依据", "五、审查情况", "六、救济途径",
    ]  # fmt: skip
    assert lines[-1] == RIGHTS
    assert not any("50,000.00" in line for line in lines), "a refusal computes nothing"


def test_what_no_clause_says_is_not_told_as_its_rule():
    """M5.1: 30 % paid is our proposal for what the clause calls 成功落地; nobody official has said it."""
    found = decide(m5_1.AWARD, m5_1.deal(contract_paid_yuan=200_000), cases.JUDGED, m5_1.SET)
    lines = said(cases.refused(answer=as_json(found)))
    why = next(line for line in lines if line.startswith("已付金额没有达到"))
    assert why.startswith(f"已付金额没有达到视为落地的比例（依据：五（一）；{OWN}），核算：")
    assert f"实施地在本市（五（一）；{OWN}）——满足。" in lines
    assert not any("非官方" in line for line in lines)


def test_a_condition_says_the_document_or_the_clause_it_stands_on():
    found = decide(m2_1.AWARD, m2_1.vice(qualification="other", registered_in_city=False), cases.JUDGED, m2_1.SET)
    lines = said(cases.refused(answer=as_json(found)))
    assert "聘任企业没有登记在本市（依据：二（一）、六（二））。" in lines
    rule = "《聊城市“科技副总”管理办法》（2025年5月20日）"
    assert f"科技副总应为博士或副高及以上（依据：二（一）、{rule}）。" in lines


def test_what_the_office_has_set_is_told_with_its_document():
    half = since((m5_1.FIRST_DAY, Fraction(1, 2)), sources=((m5_1.FIRST_DAY, "聊科字〔2026〕3号"),))
    found = decide(m5_1.AWARD, m5_1.deal(), cases.JUDGED, m5_1.SET | {"landed_least_paid": half})
    lines = said(cases.refused(answer=as_json(found)))
    assert any("（依据：五（一）；主管部门设定，聊科字〔2026〕3号）" in line for line in lines)


def test_clauses_are_those_of_a_document():
    assert "本决定依据《某市办法》（征求意见稿）的下列条款：" in said(
        cases.granted(policy="《某市办法》（征求意见稿）")
    )


def test_the_office_says_why_when_the_rule_would_grant():
    found = cases.answer(firm(6_000_000, 5_000_000, True)) | {"why": "公示期内异议成立\n2026-11-20 核实"}
    lines = said(cases.refused(answer=found))
    assert lines[3:5] == ["二、理由", "审查意见：公示期内异议成立 2026年11月20日核实。"]
    assert "五、金额的计算" not in lines
    # The rule could not be asked at all: only the office's words are kept.
    assert "审查意见：材料不实。" in said(cases.refused(answer={"why": "材料不实"}))


def test_a_refusal_without_a_reason_is_not_written():
    for empty in ({}, {"why": "  "}, cases.answer(firm(6_000_000, 5_000_000, True))):
        with pytest.raises(BadLetter) as why:
            cases.refused(answer=empty)
        assert why.value.code == "reasons"


def test_another_amount_than_computed_is_explained():
    lines = said(cases.granted(granted_fen=4_000_000))
    assert "上列计算的结果为50,000.00元；本决定给予的支持总额为40,000.00元，以本决定为准。" in lines
    assert not any(line.startswith("上列") for line in said(cases.granted()))


def test_nothing_granted_is_not_refused():
    assert "给予你单位“研发投入奖励”支持，金额为人民币零元整（0.00元）。" in said(cases.granted(granted_fen=0))


def test_shares_of_a_common_award_are_listed():
    shares = [{"id": "聊城大学", "granted_fen": 3_000_000}, {"id": "甲厂", "granted_fen": 2_000_001}]
    lines = said(cases.granted(answer=cases.answer(firm(6_000_000, 5_000_000, True)) | {"shares": shares}))
    assert lines[lines.index("（三）分配") :][:3] == ["（三）分配", "聊城大学 | 30,000.00", "甲厂 | 20,000.01"]


def test_rights_are_left_out_only_when_asked_and_name_the_city_when_told():
    assert RIGHTS not in said(cases.granted(rights=False))
    named = said(cases.granted(review_by="聊城市人民政府", court="聊城市东昌府区人民法院"))[-1]
    assert "向聊城市人民政府申请行政复议" in named
    assert "向聊城市东昌府区人民法院提起行政诉讼" in named


def test_a_decision_by_meeting_without_a_computed_answer():
    lines = said(cases.granted(answer={}))
    assert [line for line in lines if "、" in line[:2]] == ["一、决定", "二、依据", "三、救济途径"]


def test_a_notice():
    items = [
        NoticeItem("甲厂", "研发费用增长", 5_000_000, "五（四）"),
        NoticeItem("乙校", "平台认定", None, "一（一）"),
    ]
    letter = cases.notice(items)
    assert (letter.kind, letter.addressee) == ("notice", "")
    assert said(letter) == [
        "根据《若干措施》五（四），现对下列2个事项予以公示，拟支持金额合计人民币伍万元整（50,000.00元）。",
        "一、公示内容",
        "1 | 甲厂 | 研发费用增长 | 50,000.00 | 五（四）",
        "2 | 乙校 | 平台认定 | — | 一（一）",
        "二、公示时间",
        "自2026年11月24日起至2026年11月30日24时止。",
        "三、异议的提出",
        OBJECTIONS,
        "异议受理：聊城市科学技术局规划科，电话 0635-0000000。",
    ]


def test_a_notice_without_money_has_no_column_for_it():
    letter = cases.notice([NoticeItem("乙校", "平台认定", None, "一（一）")], legal=[])
    assert said(letter)[0] == "现对下列1个事项予以公示。"
    assert letter.blocks[2].head == ("序号", "名称", "事项", "依据")


def test_a_notice_does_not_end_before_it_starts():
    with pytest.raises(BadLetter, match="2026年11月23日"):
        cases.notice(last=date(2026, 11, 23))
    assert "自2026年11月24日起至2026年11月24日24时止。" in said(cases.notice(last=date(2026, 11, 24)))


def test_an_agreement_with_three_milestones():
    letter = cases.agreement()
    assert (letter.kind, letter.title) == ("agreement", "轴承钢热处理工艺攻关任务书")
    lines = said(letter)
    assert lines[:11] == [
        "甲方：聊城市科学技术局",
        "乙方：聊城大学",
        "为明确双方的权利和义务，甲乙双方签订本任务书。",
        "一、支持金额",
        "甲方支持乙方人民币叁拾万元伍角（300,000.50元），直接拨付到乙方的单位账户。",
        "二、里程碑和拨付",
        "里程碑经甲方考核通过后，拨付相应资金；未通过的，不予拨付。",
        "1 | 工艺方案通过论证 | 2027年3月31日 | 100,000.00",
        "2 | 样品通过第三方检测 | 2027年12月31日 | 150,000.50",
        "3 | 通过验收 | 2028年6月30日 | 50,000.00",
        " | 合计 |  | 300,000.50",
    ]
    assert lines[11:15] == ["三、乙方的义务", "乙方应当：", "每半年报告一次进展。", "在成果上标注支持来源。"]
    assert lines[-4:-2] == ["甲方（盖章）： | 乙方（盖章）：", "聊城市科学技术局 | 聊城大学"]


@pytest.mark.parametrize("title, paper", [("共建协议", "协议"), ("技术开发合同", "合同"), ("项目任务书", "任务书")])
def test_an_agreement_is_called_what_its_title_says(title, paper):
    letter = cases.agreement(title=title)
    assert letter.title == title
    assert f"为明确双方的权利和义务，甲乙双方签订本{paper}。" in said(letter)


def test_milestones_come_to_what_is_granted():
    with pytest.raises(BadLetter, match="合计300,000.50元，与支持金额300,000.51元不等".replace(".", "[.]")):
        cases.agreement(granted_fen=30_000_051)


def test_a_payment_notice():
    letter = cases.payment()
    assert (letter.kind, letter.title) == ("payment", "关于拨付研发投入奖励资金的通知")
    assert said(letter) == [
        "根据聊科决〔2026〕12号，现向你单位拨付“研发投入奖励”资金人民币伍万元整（50,000.00元），具体如下：",
        "收款单位 | 山东东阿精密轴承有限公司",
        "开户银行 | 中国建设银行聊城分行",
        "银行账号 | 尾号2345",
        "金额（大写） | 人民币伍万元整",
        "金额（小写） | 50,000.00元",
        "拨款依据 | 聊科决〔2026〕12号",
        "请核对到账情况；账户信息有误或者资金未到账的，请及时书面告知本机关。",
        "请按照规定使用和核算资金，并接受财政、审计部门的监督检查。",
    ]


def test_a_payment_names_the_order_the_bank_has():
    assert said(cases.payment(order="2026ABC"))[7] == "支付编号 | 2026ABC"


def test_of_an_account_only_four_digits_are_printed():
    lines = said(cases.payment(account_tail="6222 0000-1111 2345"))
    assert "银行账号 | 尾号2345" in lines
    assert not any("1111" in line for line in lines)
    assert "银行账号 | —" in said(cases.payment(account_tail=""))


def test_a_payment_without_a_document_names_none():
    lines = said(cases.payment(document=""))
    assert lines[0].startswith("现向你单位拨付")
    assert "拨款依据 | —" in lines


def test_nothing_is_not_paid():
    for fen in (0, -1):
        with pytest.raises(BadLetter):
            cases.payment(amount_fen=fen)


@pytest.mark.parametrize("example", AWARD.examples, ids=lambda one: one.title)
def test_every_worked_example_of_the_award_can_be_written(example):
    answer = cases.answer(example.facts, example.decided)
    lines = said(cases.decision(example.facts, answer=answer, granted_fen=answer["granted_fen"]))
    assert answer["granted_fen"] == example.granted_fen
    assert (example.granted_fen is None) == ("二、理由" in lines)
