"""Cases as they are sent, turned into the columns a batch wants."""

from fractions import Fraction

import numpy as np

from triplehelix.policy.batch import decide_columns
from triplehelix.policy.columns import Numbers, Rows, Truths
from triplehelix.policy.facts import Choices, Day, Listed, Number, YesNo, read_facts


def columns_of(award, cases):
    """64-bit columns for cases given as JSON would give them."""
    values = []
    for case in cases:
        read, errors = read_facts(award.facts, case)
        assert errors == {}
        values.append(read)
    found = {}
    for fact in award.facts:
        column = [one[fact.code] for one in values]
        if isinstance(fact, Listed):
            found[fact.code] = rows(fact, column)
        elif isinstance(fact, Number) and any(isinstance(v, Fraction) for v in column):
            assert len(set(column)) == 1
            found[fact.code] = column[0]
        elif isinstance(fact, Number):
            missing = [v is None for v in column]
            found[fact.code] = np.ma.masked_array([int(v or 0) for v in column], missing, dtype=np.int64)
        elif isinstance(fact, Day):
            found[fact.code] = np.array(column, "datetime64[D]")
        elif isinstance(fact, YesNo):
            found[fact.code] = np.array(column, bool)
        elif isinstance(fact, Choices):
            found[fact.code] = np.array([f" {' '.join(v)} " for v in column])
        else:
            found[fact.code] = np.array([str(v) for v in column])
    return found


def rows(fact, column):
    every = [row for table in column for row in table]
    case = np.array([n for n, table in enumerate(column) for _row in table], np.int64)
    ids = np.array([sorted(r["id"] for r in table).index(row["id"]) for table in column for row in table], np.int64)
    inner = {}
    for one in fact.columns:
        cells = [row[one.code] for row in every]
        if isinstance(one, YesNo):
            inner[one.code] = Truths(np.array(cells, bool))
        else:
            inner[one.code] = Numbers(np.array([int(cell) for cell in cells], np.int64))
    return Rows(inner, case, ids, len(column))


def batch_of(award, cases, example):
    """The batch's answer for these cases, under an example's day and decided terms."""
    return decide_columns(award, columns_of(award, cases), award.day_of(example), example.decided)
