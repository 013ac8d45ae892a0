"""What each document says. Amounts are in fen; days are calendar days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from triplehelix.procedure.letters import reasons
from triplehelix.procedure.letters.letter import BadLetter, Block, Letter
from triplehelix.procedure.letters.words import amount, capital, figures, sentence
from triplehelix.procedure.letters.words import day as written_day

NUMERALS = "一二三四五六七八九十"
TITLES = ("任务书", "协议", "协议书", "合同", "合同书")
#: What stands where nothing is known.
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One line of a 公示: who, for what, how much in fen (None when no money is meant), on which clause."""

    name: str
    matter: str
    amount_fen: int | None
    basis: str


def notice(
    *, number: str, title: str, issuer: str, day: date, items: Sequence[NoticeItem], first: date, last: date,
    objections_to: str, legal: Sequence[str],
) -> Letter:  # fmt: skip
    """公示 of `items` from `first` to `last`, both included. Raises BadLetter: days."""
    if last < first:
        raise BadLetter("days", f"公示的最后一天（{written_day(last)}）早于第一天（{written_day(first)}）")
    amounts = [item.amount_fen for item in items if item.amount_fen is not None]
    basis = f"根据{'、'.join(legal)}，" if legal else ""
    total = f"，拟支持金额合计{amount(sum(amounts))}" if amounts else ""
    blocks = (
        Block("text", f"{basis}现对下列{len(items)}个事项予以公示{total}。"),
        *_numbered(
            ("公示内容", [_items_table(items, with_amounts=bool(amounts))]),
            ("公示时间", [Block("text", f"自{written_day(first)}起至{written_day(last)}24时止。")]),
            (
                "异议的提出",
                [
                    Block(
                        "text",
                        "对公示内容有异议的单位和个人，应当在公示时间内以书面形式实名提出，写明异议事项、事实依据和联系方式，"
                        "并附相关证明材料；以单位名义提出的，应当加盖单位公章。对异议人的身份信息依法保密。",
                    ),
                    Block("text", sentence(f"异议受理：{objections_to}")),
                ],
            ),
        ),
    )
    return Letter("notice", title, number, "", blocks, issuer, day)


def _items_table(items: Sequence[NoticeItem], *, with_amounts: bool) -> Block:
    head = ["序号", "名称", "事项", "拟支持金额（元）", "依据"]
    rows = [
        [str(n), one.name, one.matter, NOTHING if one.amount_fen is None else figures(one.amount_fen), one.basis]
        for n, one in enumerate(items, start=1)
    ]
    if not with_amounts:
        head, rows = [*head[:3], head[4]], [[*row[:3], row[4]] for row in rows]
    return Block("table", rows=tuple(map(tuple, rows)), head=tuple(head))


def decision(
    *, number: str, issuer: str, day: date, payee: str, award_name: str, articles: Sequence[tuple[str, str]],
    answer: Mapping[str, Any], granted_fen: int | None, announced: tuple[str, date, date] | None = None,
    rights: bool = True, review_by: str = "本级人民政府", court: str = "有管辖权的人民法院", policy: str = "",
) -> Letter:  # fmt: skip
    """决定书: granted with an amount in fen, or refused (None) with every reason and its clause.

    `articles` are (reference, words of the clause); `answer` is the decision as kept with the case: policy's `as_json`,
    and beside it `facts` (label: value) and `why`, the office's own words. `announced`: the public notice it was on,
    by number, first and last day. `rights`: how to contest it, before the government `review_by` or the `court`.
    `policy`: the document the articles are of, 《…》. Raises BadLetter: reasons, when a refusal has none.
    """
    refused = granted_fen is None
    why_not = reasons.refused(answer, number) if refused else []
    if refused and not why_not:
        raise BadLetter("reasons", "不予支持的决定必须逐项写明理由和依据")
    result = (
        _revoked(answer) + f"对你单位的“{award_name}”事项不予支持。"
        if granted_fen is None
        else f"给予你单位“{award_name}”支持，金额为{amount(granted_fen)}。"
    )
    blocks = (
        Block("text", f"你单位的“{award_name}”事项，本机关已经审查{_publicly(announced)}，现作出如下决定。"),
        *_numbered(
            ("决定", [Block("text", result)]),
            ("理由", _listed("", why_not)),
            ("认定的事实", reasons.facts(answer)),
            (
                "依据",
                _listed(
                    f"本决定依据{policy and policy + '的'}下列条款：", [f"{ref}　{quote}" for ref, quote in articles]
                ),
            ),
            ("审查情况", _listed(reasons.law_of(answer), reasons.conditions(answer, number))),
            ("金额的计算", [] if granted_fen is None else _arithmetic(answer, granted_fen, number)),
            ("救济途径", [Block("text", _remedies(review_by, court))] if rights else []),
        ),
    )
    return Letter("decision", f"{award_name}{'不予' if refused else ''}支持决定书", number, payee, blocks, issuer, day)


def _revoked(answer: Mapping[str, Any]) -> str:
    """Which earlier decision this one takes back, if it does."""
    was = answer.get("revoked")
    if not was:
        return ""
    day = f"{written_day(date.fromisoformat(was['decided_on']))}作出的" if was["decided_on"] else ""
    money = f"（金额为{amount(was['granted_fen'])}）" if was["granted_fen"] else ""
    return f"撤销{day}支持决定{money}，尚未拨付的资金不再拨付；"


def _publicly(announced: tuple[str, date, date] | None) -> str:
    """Where and when it could be objected to."""
    if announced is None:
        return ""
    number, first, last = announced
    return f"，并自{written_day(first)}起至{written_day(last)}公示（{number}）期满"


def _arithmetic(answer: Mapping[str, Any], granted_fen: int, number: str) -> list[Block]:
    """The standards and the sums, one step an item; then the shares; then why the result is another, if it is."""
    parts = (
        ("适用的标准", _listed("", reasons.standards(answer, number))),
        ("计算步骤", _listed("", reasons.sums(answer))),
        ("分配", reasons.shares(answer)),
    )
    found = _numbered(*parts, mark="（{}）")
    computed = answer.get("granted_fen")
    if found and computed is not None and computed != granted_fen:
        said = f"上列计算的结果为{figures(computed)}元；本决定给予的支持总额为{figures(granted_fen)}元，以本决定为准。"
        found.append(Block("text", said))
    return found


def _remedies(review_by: str, court: str) -> str:
    """行政复议法 60 days, 行政诉讼法 six months, both from the day the decision is known."""
    return (
        f"对本决定不服的，可以自收到本决定书之日起60日内，依法向{review_by}申请行政复议；也可以自收到本决定书之日起6个月内，"
        f"依法向{court}提起行政诉讼。"
    )


def agreement(
    *, number: str, issuer: str, day: date, payee: str, title: str, granted_fen: int,
    milestones: Sequence[tuple[str, int, date]], duties: Sequence[str], ends_on: date | None = None,
    extended: Sequence[tuple[str, date, date]] = (),
) -> Letter:  # fmt: skip
    """任务书 or 协议 between the office (甲方) and the payee (乙方).

    `milestones` are (name, fen paid when it is passed, last day); `extended` by which document, from and to which last
    day. Raises BadLetter: sum, unless the milestones come to `granted_fen`.
    """
    total = sum(fen for _name, fen, _due in milestones)
    if milestones and total != granted_fen:
        raise BadLetter("sum", f"里程碑金额合计{figures(total)}元，与支持金额{figures(granted_fen)}元不等")
    full = title if title.endswith(TITLES) else f"{title}任务书"
    paper = "协议" if full.endswith(("协议", "协议书")) else "合同" if full.endswith(("合同", "合同书")) else "任务书"
    pays = f"甲方支持乙方{amount(granted_fen)}，直接拨付到乙方的单位账户。"
    blocks = (
        Block("text", f"甲方：{issuer}"),
        Block("text", f"乙方：{payee}"),
        Block("text", f"为明确双方的权利和义务，甲乙双方签订本{paper}。"),
        *_numbered(
            ("支持金额", [Block("text", pays)]),
            ("里程碑和拨付", _milestones(milestones, total)),
            ("任务期限", _term(ends_on, extended)),
            ("乙方的义务", _listed("乙方应当：", [sentence(duty) for duty in duties])),
            ("资金管理", _listed("", FUND_RULES)),
            ("变更", [Block("text", CHANGES)]),
            ("生效", [Block("text", f"本{paper}一式两份，甲乙双方各执一份，自双方签字、盖章之日起生效。")]),
        ),
        Block("table", rows=_signatures(issuer, payee)),
    )
    return Letter("agreement", full, number, "", blocks, issuer, day)


FUND_RULES = (
    "乙方对支持资金单独核算、专款专用，接受甲方和财政、审计部门的监督检查。",
    "有弄虚作假、截留挪用资金，或者因乙方原因终止任务的，甲方停止拨付，并依法追回已拨付的资金。",
)
CHANGES = "任务内容、里程碑或者期限需要变更的，乙方应当在期限届满前书面提出，经甲方书面同意后变更。"


def _milestones(milestones: Sequence[tuple[str, int, date]], total: int) -> list[Block]:
    if not milestones:
        return []
    rows = [(str(n), name, written_day(due), figures(fen)) for n, (name, fen, due) in enumerate(milestones, start=1)]
    rows.append(("", "合计", "", figures(total)))
    return [
        Block("text", "里程碑经甲方考核通过后，拨付相应资金；未通过的，不予拨付。"),
        Block("table", rows=tuple(rows), head=("序号", "里程碑", "完成期限", "拨付金额（元）")),
    ]


def _term(ends_on: date | None, extended: Sequence[tuple[str, date, date]]) -> list[Block]:
    """Until when, and by what it became so: the days of the milestones above are those after it."""
    said = [f"任务截止日期为{written_day(ends_on)}。"] if ends_on else []
    said += [
        f"根据{document}，截止日期由{written_day(was)}延至{written_day(last)}，当时未通过的里程碑的期限相应顺延。"
        for document, was, last in extended
    ]
    return [Block("text", one) for one in said]


def _signatures(issuer: str, payee: str) -> tuple[tuple[str, str], ...]:
    signs, dated = "代表（签字）：", "日期：　　年　　月　　日"
    return ("甲方（盖章）：", "乙方（盖章）："), (issuer, payee), (signs, signs), (dated, dated)


def payment(
    *, number: str, issuer: str, day: date, payee: str, award_name: str, amount_fen: int, account_tail: str, bank: str,
    document: str, order: str = "",
) -> Letter:  # fmt: skip
    """拨款通知 of an amount in fen, on the strength of `document`. Of the account only the last four digits are shown.

    `order` is the key by which the bank knows the payment: a line of the table to look for in the account.
    Raises BadLetter: amount, unless something is paid.
    """
    if amount_fen <= 0:
        raise BadLetter("amount", "拨款通知的金额应大于零")
    basis = f"根据{document}，" if document else ""
    # A whole number handed in by mistake is not printed either.
    digits = "".join(c for c in account_tail if c.isdecimal())[-4:]
    rows = (
        ("收款单位", payee),
        ("开户银行", bank or NOTHING),
        ("银行账号", f"尾号{digits}" if digits else NOTHING),
        ("金额（大写）", capital(amount_fen)),
        ("金额（小写）", f"{figures(amount_fen)}元"),
        ("拨款依据", document or NOTHING),
        *([("支付编号", order)] if order else []),
    )
    blocks = (
        Block("text", f"{basis}现向你单位拨付“{award_name}”资金{amount(amount_fen)}，具体如下："),
        Block("table", rows=rows, head=("项目", "内容")),
        Block("text", "请核对到账情况；账户信息有误或者资金未到账的，请及时书面告知本机关。"),
        Block("text", "请按照规定使用和核算资金，并接受财政、审计部门的监督检查。"),
    )
    return Letter("payment", f"关于拨付{award_name}资金的通知", number, payee, blocks, issuer, day)


def _numbered(*sections: tuple[str, Sequence[Block]], mark: str = "{}、") -> list[Block]:
    """The sections that say something, under 一、二、三、 or （一）（二）（三）."""
    kept = [(name, blocks) for name, blocks in sections if blocks]
    return [
        block
        for numeral, (name, blocks) in zip(NUMERALS, kept, strict=False)
        for block in (Block("heading", f"{mark.format(numeral)}{name}"), *blocks)
    ]


def _listed(lead: str, items: Sequence[str]) -> list[Block]:
    """A list with a sentence before it; nothing when there are no items."""
    if not items:
        return []
    before = [Block("text", lead)] if lead else []
    return [*before, Block("list", rows=tuple((item,) for item in items))]
