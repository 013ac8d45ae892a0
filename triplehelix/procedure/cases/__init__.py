"""Owns: 办件 cases and 批次 rounds: applications, candidates, their steps, money and milestones; what each step asks.
May use: procedure.terms, procedure.review, fund, matching, market, policy, records, foundation.
Used by: procedure, programmes, board, doors, config.
"""
