"""Owns: 保密协议: who may open what a firm said of a confidential need, and the record of who did.
May use: market.needs, market.listings, records, foundation.
Used by: market.diagnosis, doors.
"""
