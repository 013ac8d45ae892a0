"""Owns: 候选名单: who is entitled, from a sheet of data: its columns, the check of units, and the cases it makes.
May use: procedure.cases, procedure.cases.actions, fund, market.imports, policy, records, foundation.
Used by: procedure, doors.
"""
