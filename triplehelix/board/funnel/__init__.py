"""Owns: the funnel 供需漏斗: from a need to money that arrived and a deal that landed, counted from what happened.
May use: market.needs, market.diagnosis, market.introductions, market.contracts, records.
Used by: doors.
"""
