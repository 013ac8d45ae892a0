"""The period a list is of: a year, a half, a quarter or a month, written 2026, 2026H2, 2026Q4, 2026-11."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

WRITTEN = re.compile(r"(20\d\d)(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)
HALVES = ("上半年", "下半年")
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")


@dataclass(frozen=True, slots=True)
class Period:
    """`first` and `last` are its days, both included; `label` is its name in a title, always Chinese."""

    code: str
    first: date
    last: date
    label: str

    @staticmethod
    def parse(code: str) -> "Period":
        """Raises ValueError that says how a period is written."""
        found = WRITTEN.fullmatch(code.strip())
        if found is None:
            raise ValueError(_("期别应写作 2026、2026H1、2026Q4 或 2026-11"))
        year, half, quarter, month = (int(part) if part else 0 for part in found.groups())
        if half:
            first, months, label = 6 * half - 5, 6, HALVES[half - 1]
        elif quarter:
            first, months, label = 3 * quarter - 2, 3, QUARTERS[quarter - 1]
        elif month:
            first, months, label = month, 1, f"{month}月"
        else:
            first, months, label = 1, 12, ""
        begins = date(year, first, 1)
        ends = date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1) - timedelta(days=1)
        return Period(code.strip(), begins, ends, f"{year}年{label}")


def offered(on: date) -> list[Period]:
    """What an officer chooses from on a day: the running quarter first, the one before, months, halves, the year."""
    before = on.replace(day=1) - timedelta(days=1)
    quarter_before = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1) - timedelta(days=1)
    codes = [_quarter(on), _quarter(quarter_before), f"{on:%Y-%m}", f"{before:%Y-%m}", _half(on)]
    half_before = date(on.year, 1 if on.month <= 6 else 7, 1) - timedelta(days=1)
    return [Period.parse(code) for code in (*codes, _half(half_before), str(on.year), str(on.year - 1))]


def _quarter(on: date) -> str:
    return f"{on.year}Q{(on.month + 2) // 3}"


def _half(on: date) -> str:
    return f"{on.year}H{1 if on.month <= 6 else 2}"
