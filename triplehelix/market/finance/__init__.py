"""Owns: 科技金融: institutions and their dated products, self-check, consents, cases, filing, claims.
May use: market.achievements, market.needs, policy, records, foundation.
Used by: market.equity, market.visits, procedure.cases, board, doors.
"""
