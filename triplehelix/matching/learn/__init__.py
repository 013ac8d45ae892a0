"""Owns: what judgements teach: a ranking learned from levels, a level for a pair, models as files.
May use: matching (scoring, words, encoder), foundation; no tables.
Used by: doors.
"""
