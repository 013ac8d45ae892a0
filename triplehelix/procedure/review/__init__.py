"""Owns: 专家评审: score sheets, scores, 回避, the draw, assignment, blind copies, expert credit; plain data.
May use: foundation.
Used by: procedure, programmes, measures, board, doors.
"""
