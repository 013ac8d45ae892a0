"""Owns: 供需清单: 企业需求清单 and 高校院所成果清单, published as numbered, dated snapshots that never change.
May use: market.needs, market.achievements, market.listings, records, foundation.
Used by: doors.
"""
