"""Owns: 成果 achievements and 需求 needs, what they share (listings), and their import from sheets.
May use: records, foundation.
Used by: matching, board, doors.
"""
