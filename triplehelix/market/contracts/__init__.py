"""Owns: 交易: the sale of an achievement, from the rights check to the landed contract: pricing, contract, settlement.
May use: market.introductions, market.achievements, market.needs, market.listings, records, foundation.
Used by: matching, procedure.cases, procedure.openings, board, doors.
"""
