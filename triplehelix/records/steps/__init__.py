"""Owns: 办理: the one function that takes a step of a workflow. No table of its own.
May use: records.parties, records.outbox, records.trail, foundation.
Used by: market, matching, procedure, fund, board, doors, config.
"""
