"""Owns: 评判: what people say of matches, the models learned from it, which is in force, and how both move a ranking.
May use: matching, matching.learn, matching.index, market, records, foundation.
Used by: matching.saved, doors.
"""
