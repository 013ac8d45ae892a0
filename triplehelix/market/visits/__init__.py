"""Owns: 摸排走访: what a visit to a firm brings: a technical need as a draft, talent and finance needs to answer.
May use: market.finance, market.needs, market.listings, records, foundation.
Used by: doors.
"""
