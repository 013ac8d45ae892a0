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
CHAPTERS = {
    1: "一、加强产学研深度融合平台建设",
    2: "二、支持校企联合引进培育人才",
    3: "三、鼓励校企联合开展关键技术攻关",
    4: "四、建强产学研深度融合主阵地",
    5: "五、打造产学研深度融合优良环境",
    6: "六、构建产学研深度融合保障机制",
}
