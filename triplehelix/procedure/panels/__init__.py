"""Owns: 评审 panels: who was drawn for a round, who scores which case, the scores, and what they come to.
May use: procedure.cases, procedure.review, matching, market.achievements, market.experts, records, foundation.
Used by: procedure, programmes, doors.
"""
