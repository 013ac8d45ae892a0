"""Owns: 引荐: a need and an achievement brought together, from the invitation over talk, visit, intent to agreed terms.
May use: market.needs, market.achievements, market.listings, records, foundation.
Used by: market.contracts, matching, board, doors.
"""
