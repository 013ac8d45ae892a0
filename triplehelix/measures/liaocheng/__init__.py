"""Owns: the pack of Liaocheng 聊城: one file a measure (m1_1.py … m6_4.py), and reference/*.toml with chains, regions,
units, fields, lists, working days.
May use: policy, foundation.
Used by: doors, config.
"""

import datetime

#: The draft is open for comment; its first day is not printed. Until it is, the year's first day stands in for it.
FIRST_DAY = datetime.date(2026, 1, 1)
POLICY = "聊城市人民政府关于推进产学研深度融合构建一流创新生态的若干措施（征求意见稿）"
EDITION = "征求意见稿"
