"""Owns: sheets in and out: reading xlsx, xls and csv, checking rows, templates, annotated errors, safe writing.
May use: foundation.
Used by: market, matching, board, doors, procedure, fund, programmes.

`read_table` → `Schema.check` → records and errors by row and column; `annotate` gives the errors back inside the
user's own sheet. `template`, `write_xlsx` and `write_csv` go the other way.
"""

from triplehelix.foundation.sheet.annotate import annotate
from triplehelix.foundation.sheet.cells import Cell, Problem, Row, RowError, SheetError, Table, same
from triplehelix.foundation.sheet.column import Column
from triplehelix.foundation.sheet.read import MAX_BYTES, MAX_ROWS, read_table
from triplehelix.foundation.sheet.schema import EXAMPLE_MARK, Checked, Record, Schema
from triplehelix.foundation.sheet.template import template
from triplehelix.foundation.sheet.write import Sheet, neutralised, width_of, write_csv, write_xlsx

__all__ = [
    "EXAMPLE_MARK",
    "MAX_BYTES",
    "MAX_ROWS",
    "Cell",
    "Checked",
    "Column",
    "Problem",
    "Record",
    "Row",
    "RowError",
    "Schema",
    "Sheet",
    "SheetError",
    "Table",
    "annotate",
    "neutralised",
    "read_table",
    "same",
    "template",
    "width_of",
    "write_csv",
    "write_xlsx",
]
