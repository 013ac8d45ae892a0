"""Owns: 公示 public notices and 异议 objections: their periods, extensions, answers.
May use: procedure.cases, procedure.cases.actions, records, foundation.
Used by: procedure, board, doors.
"""
