"""Workbooks made for tests the way people make them: formulas, merged cells, passwords, parts changed by hand."""

import io
import zipfile

import msoffcrypto.format.ooxml
import xlsxwriter

SHEET = "xl/worksheets/sheet1.xml"


def book(rows, *, formulas=(), merges=(), sheets=("表",), hidden=(), others=None):
    """xlsx bytes: `rows` from A1 on the first of `sheets`; formulas as (row, column, text), merges as (area, text);
    `others` are the rows of further sheets by name."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        pages = [made.add_worksheet(name) for name in sheets]
        for page in pages:
            if page.get_name() in hidden:
                page.hide()
        shown = next(page for page in pages if page.get_name() not in hidden)
        shown.activate()
        shown.set_first_sheet()
        page = pages[0]
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if hasattr(value, "isoformat"):
                    page.write_datetime(number, place, value, day)
                elif value is not None:
                    page.write(number, place, value)
        for further in pages[1:]:
            for number, row in enumerate((others or {}).get(further.get_name(), ())):
                further.write_row(number, 0, row)
        for row, column, text in formulas:
            page.write_formula(row, column, text, None, 7)
        for area, text in merges:
            page.merge_range(area, text)
    return out.getvalue()


def changed(content, parts, *, name=SHEET):
    """The package with a part rewritten: `parts` is called with its bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            data = before.read(info)
            after.writestr(info.filename, parts(data) if info.filename == name else data)
    return out.getvalue()


def with_password(content, password="secret"):
    """The workbook as Excel stores it behind a password."""
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def texts(table):
    """Rows as lists of texts, for comparing."""
    return [[cell.text for cell in row.cells.values()] for row in table.rows]
