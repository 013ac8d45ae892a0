"""Sheets as clerks send them: days in every form, what Excel spoils, columns and rows nobody meant to leave out."""

import csv
import io
from datetime import date

import pytest

from tests.foundation.workbooks import book
from tests.market.sheets import HEADINGS, good
from tests.market.test_imports import NOW, checked, confirmed, messages
from triplehelix.market.imports import actions
from triplehelix.market.needs.models import Need

DAY = "最晚什么时候要"


def csv_of(rows, headings=HEADINGS):
    """csv of Excel's Chinese edition: GBK, whatever `rows` hold of the headings."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(headings)
    lines.writerows([[row.get(heading, "") for heading in headings] for row in rows])
    return out.getvalue().encode("gb18030")


def xlsx_of(rows, headings=HEADINGS, **made):
    return book([headings, *([row.get(heading) for heading in headings] for row in rows)], **made)


def with_day(text):
    return csv_of([good(1) | {DAY: text}], [*HEADINGS, DAY])


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2027-3-5", "2027/3/5", "2027.3.5", "2027年3月5日", "20270305", "2027/3/5 0:00"])
def test_a_day_in_any_form_lands_as_that_day(officer, text):
    case = confirmed(checked(officer, with_day(text), name="需求.csv"))
    assert actions.land(pk=case.pk, now=NOW).state == "landed"
    assert Need.objects.get().needed_by == date(2027, 3, 5)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text, said",
    [
        ("46451", "“46451”是 Excel 的日期序号（2027-03-05）：请把这一列设为日期格式，或写成 2027-03-05"),
        ("2027-03-05至2027-04-01", "日期请写成 2026-12-31 这样，现在是“2027-03-05至2027-04-0”"),
        ("2027-03-051", "日期请写成 2026-12-31 这样，现在是“2027-03-051”"),
        ("2027年3月", "日期请写成 2026-12-31 这样，现在是“2027年3月”"),
        ("２０２７-03-05", "含有全角数字，请改为半角：2027-03-05"),
    ],
)
def test_what_is_no_single_day_is_named_and_never_cut(officer, text, said):
    assert messages(checked(officer, with_day(text), name="需求.csv"), DAY) == [said]
