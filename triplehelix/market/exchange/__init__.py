"""Owns: 与其他市场交换: peers, the signed feed of our own listings for each, listings received from them, conflicts.
May use: market.lists, market.needs, market.achievements, market.listings, records, foundation.
Used by: matching, doors.
"""
