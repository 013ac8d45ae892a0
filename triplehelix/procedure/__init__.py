"""Owns: 办理: settled terms, rounds, cases, review, notices, agreements, milestones: the procedure, written once.
May use: fund, matching, market, policy, records, foundation.
Used by: programmes, measures, board, doors, config.
"""
