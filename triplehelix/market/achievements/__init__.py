"""Owns: 科技成果: what a laboratory or firm can offer.
May use: market.listings, records, foundation.
Used by: market.imports, matching, procedure, board, doors.
"""
