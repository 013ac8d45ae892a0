"""Owns: what tells the outside how things stand, from every room below: webhooks.
May use: procedure, matching, market, records, foundation.
Used by: doors.
"""
