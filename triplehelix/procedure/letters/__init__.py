"""Owns: 文书: what 公示, 决定书, 任务书 and 拨款通知 say, 大写金额, and their GB/T 9704 layout as docx; plain data.
May use: policy, foundation.
Used by: procedure, doors.
"""
