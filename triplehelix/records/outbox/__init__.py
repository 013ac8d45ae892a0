"""Owns: 通知: messages committed with their cause, and the senders that deliver them afterwards.
May use: records, records.trail, foundation.
Used by: records, market, matching, procedure, board, doors, config.
"""
