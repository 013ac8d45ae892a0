"""Owns: what several rooms tell together, for reading only: no table and no writer of its own.
May use: market, matching, fund, procedure, programmes, records, foundation.
Used by: doors.
"""
