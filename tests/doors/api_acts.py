"""Bodies of the acts over the API, each of the right shape, for the table of who may call what: nobody has seen the
version they name, so whoever may see the case is told that it has changed (409), and everybody else finds nothing."""

from tests.market.sheets import code

DAY = "2026-11-23"
UNSEEN = {"seen_version": 10**9}
PUBLIC = {"basis": "评估值", "document": "办纪 1 号"}
NOTICE = PUBLIC | {"objections_to": "科技大市场", "unit_first": DAY}
MONEY = {"amount_fen": 100, "on": DAY, "number": "R1"}
CONTRACT = {"number": "1", "type": "ASSIGN", "structure": "fixed", "price_fen": 100, "signed_on": DAY,
            "site": "371521", "pay_by": DAY}  # fmt: skip
REGISTERED = {"number": "1", "type": "ASSIGN", "certified_fen": 100, "technical_fen": 100, "decided_on": DAY}
RESULT = {"exchange": "产权交易所", "document": "成交 1 号", "held_on": DAY, "winner": code(9001), "price_fen": 100}
#: act → its body; those in SALE_PAPERS are forms, with this paper beside `given`.
SALE = {
    "rights": {"owners": []},
    "propose": NOTICE | {"method": "agreed"},
    "notice": NOTICE,
    "list": PUBLIC,
    "announce": PUBLIC | {"method": "auction"},
    "buyer": {"buyer": code(9001)},
    "price": {"price_fen": 100},
    "relist": {"document": "办纪 2 号", "price_fen": 100},
    "result": RESULT,
    "correct_result": RESULT | {"reason": "成交价看错一位"},
    "sign": CONTRACT,
    "amend": CONTRACT | {"ground": "entry", "reason": "选错了实施地"},
    "submit": {"authority": "MIIT"},
    "register": REGISTERED,
    "correct_registration": REGISTERED | {"reason": "少写了一个零"},
    "refuse": {"reason": "缺附件"},
    "revoke": {"reason": "虚报"},
    "money": MONEY,
    "money_back": MONEY | {"reason": "多付"},
    "void_receipt": {"number": "R1", "reason": "登记错了"},
    "royalty": {"period": "三季度", "base_fen": 100, "due_on": DAY},
    "void_royalty": {"seq": 1, "reason": "报错了"},
    "reward": {"income_fen": 100, "rule_bp": 7000, "rule_document": "9 号", "contributors": []},
    "follow": {"year": 2026, "in_use": True, "text": "在用"},
    "tags": {"tags": []},
}
SALE_PAPERS = {"rights": "", "propose": "", "notice": "", "result": "file", "correct_result": "", "sign": "file",
               "amend": "", "register": "file", "correct_registration": "", "money": "file",
               "money_back": "file"}  # fmt: skip
WHY = {"why": "查过了"}
#: Acts on a support case, by whose they are: of the applicant, the clerk, the finance bureau.
CASE_APPLICANT = {
    "account": {"account": {"name": "某公司", "number": "6222020200112233445", "bank": "某银行"}},
    "proof": {"text": "试验完成，指标由省检测中心实测合格，报告见附件。"},
    "evaluate": {"output": 1, "benefit": 1, "satisfaction": 1, "text": "x"},
}
CASE_CLERK = {
    "confirm": {"facts": ["x"]},
    "correct": WHY | {"facts": {"x": 1}},
    "rejudge": WHY,
    "milestones": {"milestones": []},
    "agreement": {"number": "1", "signed_on": DAY, "ends_on": DAY},
    "pass": WHY | {"passed": True},
    "unpass": WHY | {"seq": 1},
    "extend": WHY | {"ends_on": DAY, "document": "1 号"},
    "demand": WHY | {"amount_fen": 100},
    "change_demand": WHY | {"amount_fen": 100, "document": "1 号"},
    "lift_demand": WHY | {"document": "1 号"},
}
CASE_FINANCE = {"refund": {"amount_fen": 100, "receipt": "J1"}, "void_refund": {"receipt": "J1", "reason": "金额写错"}}
PAID = {"amount_fen": 100, "on": DAY, "number": "P1"}
AGREED = {"until": "2027-01-31", "digest": "x"}
CONTRACT = {
    "number": "1",
    "amount_fen": 100,
    "rate_ppm": 0,
    "first_on": DAY,
    "last_on": "2027-11-23",
    "use": "research",
}
FINANCE = {
    "grant": CONTRACT,
    "decline": {"code": "other"},
    "submit": {},
    "correct_contract": CONTRACT | {"reason": "登记错了"},
    "pay": PAID | {"kind": "interest"},
    "loss": {"principal_fen": 100, "document": "认定书", "on": DAY},
    "void_payment": {"number": "P1", "reason": "登记错了"},
    "recovery": PAID,
    "void_recovery": {"number": "Z1", "reason": "登记错了"},
    "claim_interest": {},
    "claim_premium": {},
    "claim_guarantee": {},
    "claim_payout": {"base_fen": 100},
    "claim_loss": {},
    "revoke": {},
    "unfile": WHY,
    "refile": WHY,
}
DEAL = {"firm": code(9001), "mode": "equity", "round": "a", "ticket_fen": 100, "number": "1", "signed_on": DAY}
PROJECT = {"kind": "needs", "listing": 10**9, "teaser": "求中试资金", "amount_fen": 100, "round": "a"}
EQUITY = {
    "convert": {"pre_fen": 100, "post_fen": 200, "converted_on": DAY},
    "exit": {"exit_kind": "buyback", "exit_on": DAY, "exit_fen": 100},
}
PEER = {"market": "x", "name": "某市场", "url": "https://market.example.com/exchange/v1/", "public": "x"}
ROADSHOW = {"title": "路演", "starts_at": "2026-01-01T09:00:00", "ends_at": "2026-01-01T11:00:00", "capacity": 10,
            "contact": "市场"}  # fmt: skip
TIE = {"kind": "dispute", "one": "没有这个人", "other": "没有这个人", "since": DAY, "source": "举报核实"}
BARRED = {"who": "没有这家单位", "since": DAY, "until": DAY, "reason": "失信", "document": "1 号"}
