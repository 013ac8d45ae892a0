"""Owns: 主体: organisations, people, accounts, memberships and offices with their terms, keys, and who belongs to what.
May use: records, records.outbox, records.trail, foundation.
Used by: records, market, matching, procedure, fund, board, doors, config.
"""
