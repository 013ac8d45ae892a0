"""The pack of an invented city, 云泽市: articles through eight chapters, other money, periods, lists and sheets.

It has no 科技金融. Its reference folder holds what differs from the house's; the rest is copied beside it (city.py).
"""

import datetime

FIRST_DAY = datetime.date(2026, 3, 1)
POLICY = "云泽市促进科技成果转化和产学研合作办法"
EDITION = "云政发〔2026〕2号"
CHAPTERS = {
    1: "第一章 总则", 2: "第二章 创新平台", 3: "第三章 需求与攻关", 4: "第四章 成果转化", 5: "第五章 人才",
    6: "第六章 企业研发", 7: "第七章 资金与评审", 8: "第八章 附则",
}  # fmt: skip
