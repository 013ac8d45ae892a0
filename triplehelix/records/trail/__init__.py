"""Owns: 留痕: who did what to which subject, when and why; hash chains, daily seals, inboxes of followers.
May use: records, foundation.
Used by: records, market, matching, procedure, fund, board, doors, config.
"""
