"""Owns: the official documents of cases and notices, as letters: which there are by now, for whom, and what they say.
May use: procedure.cases, procedure.letters, procedure.notices, procedure.terms, fund, records, foundation.
Used by: doors.
"""
