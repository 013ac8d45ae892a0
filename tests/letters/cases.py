"""The worked cases of the letters: 50,000 yuan granted, a refusal with two reasons, three milestones."""

from datetime import date

from triplehelix.measures.liaocheng.m5_4 import AWARD, firm
from triplehelix.policy.answer import as_json
from triplehelix.policy.decision import decide
from triplehelix.procedure.letters import write

JUDGED, DAY = date(2026, 11, 20), date(2026, 11, 23)
ISSUER, FIRM = "聊城市科学技术局", "山东东阿精密轴承有限公司"


def answer(facts, decided=None):
    found = decide(AWARD, facts, JUDGED, decided)
    return as_json(found) | {"facts": {fact.label: fact.written(found.facts[fact.code]) for fact in AWARD.facts}}


def decision(facts, **changed):
    usual = {
        "number": "聊科决〔2026〕12号", "issuer": ISSUER, "day": DAY, "payee": FIRM, "award_name": AWARD.name,
        "articles": [(article.ref, article.quote) for article in AWARD.articles],
        "answer": answer(facts),
    }  # fmt: skip
    return write.decision(**usual | {"granted_fen": usual["answer"]["granted_fen"]} | changed)


def granted(**changed):
    return decision(firm(6_000_000, 5_000_000, True), **changed)


def refused(**changed):
    return decision(firm(600_000, 500_000, True, above_scale=False), **{"granted_fen": None} | changed)


def notice(items=None, **changed):
    items = items or [write.NoticeItem(FIRM, "研发费用较上年增长", 5_000_000, "五（四）")]
    usual = {
        "number": "聊科公〔2026〕5号", "title": "关于研发投入奖励拟支持名单的公示", "issuer": ISSUER, "day": DAY,
        "items": items, "first": date(2026, 11, 24), "last": date(2026, 11, 30),
        "objections_to": "聊城市科学技术局规划科，电话 0635-0000000", "legal": ["《若干措施》五（四）"],
    }  # fmt: skip
    return write.notice(**usual | changed)


def agreement(**changed):
    stages = [
        ("工艺方案通过论证", 10_000_000, date(2027, 3, 31)),
        ("样品通过第三方检测", 15_000_050, date(2027, 12, 31)),
        ("通过验收", 5_000_000, date(2028, 6, 30)),
    ]
    usual = {
        "number": "聊科任〔2026〕3号", "issuer": ISSUER, "day": DAY, "payee": "聊城大学",
        "title": "轴承钢热处理工艺攻关",
        "granted_fen": 30_000_050, "milestones": stages, "duties": ["每半年报告一次进展", "在成果上标注支持来源"],
    }  # fmt: skip
    return write.agreement(**usual | changed)


def payment(**changed):
    usual = {
        "number": "聊科拨〔2026〕8号", "issuer": ISSUER, "day": DAY, "payee": FIRM, "award_name": AWARD.name,
        "amount_fen": 5_000_000, "account_tail": "2345",
        "bank": "中国建设银行聊城分行", "document": "聊科决〔2026〕12号",
    }  # fmt: skip
    return write.payment(**usual | changed)


ALL = {"notice": notice, "granted": granted, "refused": refused, "agreement": agreement, "payment": payment}
