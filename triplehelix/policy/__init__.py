"""What the law says, as data and expressions: articles, facts, dated terms, conditions, amounts; and what follows from
them for one case or for a column of a million. No Django, no tables.

Owns: articles, terms, conditions, awards, measures, worked examples, decisions, the manual.
May use: foundation.
Used by: market, fund, procedure, programmes, measures, board, doors, config.
"""
