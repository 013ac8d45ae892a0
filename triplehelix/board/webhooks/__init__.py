"""Owns: 消息推送 webhooks: addresses that are told of listings, introductions, sales and cases their owner may see.
May use: procedure.cases, market, records, foundation.
Used by: doors.
"""
