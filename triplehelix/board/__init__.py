"""Owns: what tells how things stand, from every room below: the funnel, webhooks.
May use: procedure, matching, market, records, foundation.
Used by: doors.
"""
