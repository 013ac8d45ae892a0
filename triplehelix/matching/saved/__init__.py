"""Owns: 订阅: searches somebody keeps, and the letters that say what is new in them.
May use: matching, matching.feedback, market, records, foundation.
Used by: doors; config, whose demo asks for the first letters.
"""
