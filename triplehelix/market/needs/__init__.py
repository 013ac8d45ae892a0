"""Owns: 企业需求: what a firm cannot solve alone.
May use: market.listings, records, foundation.
Used by: market.imports, matching, board, doors.
"""
