"""The filing sheet out, and the announcement's outcomes in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import Column, RowError, Schema, Sheet, Table, write_xlsx
from triplehelix.market.finance import terms
from triplehelix.market.finance.models import Filing, Qualification
from triplehelix.market.finance.money import rate_words
from triplehelix.records.parties.rules import short

#: What the sheet holds of a firm, by the fields a consent names.
OF_FIRM = frozenset({"identity", "standing"})
OUTCOMES = {"准予备案": "accepted", "备案": "accepted", "退回": "refused", "不予备案": "refused"}
YES = {"是": True, "否": False}
HEADINGS = [
    "序号", "合作银行", "银行统一社会信用代码", "企业名称", "企业统一社会信用代码", "合同号", "贷款金额（元）",
    "年利率", "起始日", "到期日", "资金用途", "早期研发信用贷款", "入库编号或科融信", "结果", "备案编号", "退回原因",
    "核定早期研发信用贷款",
]  # fmt: skip


def _at_most(most: int) -> Callable[[str], str]:
    """One line that the column of the table holds whole."""
    return lambda cell: str(short(most)(cell, date.max))


#: Headings of the sheet that goes out, so that the same sheet comes back filled in; unknown columns are left alone.
SCHEMA = Schema(
    (
        Column("uscc", "银行统一社会信用代码", ("银行信用代码",), required=True),
        Column("loan", "合同号", ("借款合同号",), required=True),
        Column("outcome", "结果", ("备案结果",), choices=tuple(OUTCOMES)),
        Column("filing", "备案编号", ("编号",), parse=_at_most(40)),
        Column("reason", "退回原因", ("原因",), parse=_at_most(300)),
        Column("early", "核定早期研发信用贷款", choices=tuple(YES)),
    )
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of an announcement. `number` is the row of the sheet, `early` whether it is confirmed as early-stage,
    None in a sheet without that column."""

    number: int
    uscc: str
    loan: str
    outcome: str
    filing: str
    reason: str
    early: bool | None = False


@dataclass(frozen=True, slots=True)
class Line:
    """One filing as the sheet shows it: what may not be seen of the firm is empty."""

    filing: Filing
    firm: str
    firm_uscc: str
    proof: str


def month_lines(rows: Iterable[tuple[Filing, frozenset[str]]]) -> list[Line]:
    """The rows of a month's sheet. Each comes with the fields of the firm (of OF_FIRM) that may stand in it."""
    filings = list(rows)
    borrowers = [one.loan.borrower_id for one, seen in filings if "standing" in seen]
    proofs: dict[tuple[int, int], str] = {}
    for row in Qualification.objects.filter(organisation__in=borrowers, void_why="", confirmed_at__isnull=False):
        proofs[row.organisation_id, row.year] = row.number
    return [
        Line(
            one,
            one.loan.borrower.name if "identity" in seen else "",
            one.loan.borrower.uscc if "identity" in seen else "",
            proofs.get((one.loan.borrower_id, one.year), "") if "standing" in seen else "",
        )
        for one, seen in filings
    ]


def month_sheet(month: date, rows: Iterable[tuple[Filing, frozenset[str]]]) -> bytes:
    """The filing sheet of a month as a workbook, with the columns the answer is written into."""
    uses = terms.listed("uses")
    lines = (
        (
            n, row.filing.loan.institution.organisation.name, row.filing.loan.institution.organisation.uscc,
            row.firm, row.firm_uscc, row.filing.loan.number, Fen(row.filing.loan.amount_fen),
            rate_words(row.filing.loan.rate_ppm), row.filing.loan.first_on, row.filing.loan.last_on,
            uses.label(row.filing.loan.use), "是" if row.filing.loan.early_stage else "否", row.proof,
            {"accepted": "准予备案", "refused": "退回"}.get(row.filing.outcome, ""), row.filing.number,
            row.filing.reason, _confirmed(row.filing),
        )
        for n, row in enumerate(month_lines(rows), start=1)
    )  # fmt: skip
    return write_xlsx([Sheet(terms.filing_title(month), HEADINGS, lines)])


def _confirmed(filing: Filing) -> str:
    """What the city has said of an early-stage loan; empty for it to be filled in while the outcome is awaited."""
    if filing.outcome != "accepted":
        return ""
    return "是" if filing.loan.early_stage else "否"


def read_outcomes(table: Table) -> tuple[list[Outcome], list[RowError]]:
    """The rows that have an outcome, and what is wrong with them; a row without one still waits. Raises SheetError."""
    found = SCHEMA.check(table)
    errors, rows = list(found.errors), []
    asked = "early" in SCHEMA.headers(found.table)
    for record in found.records:
        if record.values["outcome"] is None:
            continue
        given = {key: record.values[key] or "" for key in ("uscc", "loan", "filing", "reason")}
        outcome = OUTCOMES[record.values["outcome"]]
        if outcome == "accepted" and not given["filing"]:
            errors.append(RowError(record.number, "备案编号", "准予备案的要有备案编号", "required"))
        elif outcome == "refused" and not given["reason"]:
            errors.append(RowError(record.number, "退回原因", "退回的要写明原因", "required"))
        else:
            early = YES.get(record.values["early"] or "", False) if asked else None
            filing = given["filing"] if outcome == "accepted" else ""
            rows.append(Outcome(record.number, given["uscc"], given["loan"], outcome, filing, given["reason"], early))
    return rows, sorted(errors, key=lambda one: one.row)
