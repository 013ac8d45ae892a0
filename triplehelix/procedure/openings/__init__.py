"""Owns: 自动开办: what has happened elsewhere and opens a case of an award, and waits while no round is open.
May use: procedure.cases, procedure.cases.actions, procedure.terms, market, policy, records, foundation.
Used by: procedure, board, doors.
"""
