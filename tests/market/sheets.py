"""Sheets as officials send them: ten thousand rows, three in a hundred wrong, each in a known way."""

import csv
import io
import random
from dataclasses import dataclass, field

import xlsxwriter

from triplehelix.foundation.codes import Uscc

HEADINGS = [
    "编号",
    "标题",
    "内容",
    "统一社会信用代码",
    "单位名称",
    "技术领域",
    "产业链",
    "地区",
    "合作方式",
    "联系电话",
    "预算（万元）",
]
REGIONS = ["371502", "371503", "371521", "371522", "371524", "371525", "371526", "371581"]
FIELDS = ["新材料", "先进制造", "电子信息", "农业"]
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def code(number: int) -> str:
    """A valid, invented 统一社会信用代码."""
    seventeen = f"91371502MA{number:07d}"
    return seventeen + Uscc.check_digit(seventeen)


def good(number: int) -> dict[str, str]:
    organisation = number % 700
    return {
        "编号": f"X{number:06d}",
        "标题": f"第 {number} 号生产线节能改造的技术需求",
        "内容": f"第 {number} 号生产线能耗偏高，现在每吨 {300 + number % 90} 千瓦时，"
        "希望降到 250 千瓦时以下，试过变频，效果不够。",
        "统一社会信用代码": code(organisation),
        "单位名称": f"示例第{organisation}厂",
        "技术领域": FIELDS[number % len(FIELDS)],
        "产业链": f"LC{number % 12 + 1:02d}",
        "地区": REGIONS[number % len(REGIONS)],
        "合作方式": "技术开发、技术服务",
        "联系电话": "0635-8400000",
        "预算（万元）": str(10 + number % 500),
    }


def _other_last(text: str) -> str:
    return text[:-1] + next(c for c in LETTERS if c != text[-1])


#: How a row goes wrong: the heading, and what the cell becomes.
FAULTS = {
    "统一社会信用代码": lambda row: _other_last(row["统一社会信用代码"]),
    "预算（万元）": lambda row: "１２０",
    "地区": lambda row: "379999",
    "地区 retired": lambda row: "371523",
    "产业链": lambda row: "LC13",
    "标题": lambda row: "",
}


@dataclass
class Sheet:
    rows: list[dict[str, str]]
    #: (row as Excel numbers it, heading) of every wrong cell
    wrong: set[tuple[int, str]] = field(default_factory=set)

    def xlsx(self, headings: list[str] = HEADINGS, formula: tuple[int, str] | None = None, merge: str = "") -> bytes:
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out)
        page = book.add_worksheet("需求")
        page.write_row(0, 0, headings)
        for n, row in enumerate(self.rows, start=1):
            for column, heading in enumerate(headings):
                page.write_string(n, column, row[heading])
        if formula:
            row, heading = formula
            page.write_formula(row - 1, headings.index(heading), "=1+1", value=2)
        if merge:
            page.merge_range(merge, "合并")
        book.close()
        return out.getvalue()

    def csv(self, encoding: str) -> bytes:
        out = io.StringIO()
        writer = csv.DictWriter(out, HEADINGS)
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue().encode(encoding)


def sheet(count: int, *, wrong_share: float = 0.0, seed: int = 7) -> Sheet:
    """`count` rows, of which about `wrong_share` carry one fault each, the kinds in turn."""
    rng = random.Random(seed)
    made = Sheet([good(n) for n in range(count)])
    faults = list(FAULTS.items())
    chosen = sorted(rng.sample(range(count), round(count * wrong_share)))
    for turn, n in enumerate(chosen):
        kind, fault = faults[turn % len(faults)]
        heading = kind.split()[0]
        made.rows[n][heading] = fault(made.rows[n])
        made.wrong.add((n + 2, heading))
    return made
