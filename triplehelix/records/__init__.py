"""Owns: what every room records: 主体 parties, 材料 evidence, 留痕 trail, 通知 outbox, 异议 objections, workflow steps.
May use: foundation.
Used by: market, fund, procedure, matching, board, doors, config.
"""
