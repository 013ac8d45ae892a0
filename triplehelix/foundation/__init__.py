"""Owns: values without a word of the field: money, dated values, calendar, workflow, sheets, codes, text.
May use: nothing of the house.
Used by: every room.
"""
