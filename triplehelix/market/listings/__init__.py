"""Owns: what every listing 挂牌信息 has: fields, workflow, relations, the verbs that write it.
May use: records, foundation.
Used by: market.achievements, market.needs, market.imports, matching, board, doors.
"""
