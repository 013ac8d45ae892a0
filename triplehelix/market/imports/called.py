"""What else offices call the columns of needs and achievements, in the sheets they have kept so far.

Only headings that mean one thing wherever they stand: 负责人 may be the contact or the inventor, 专利号 is half of a
right, 应用领域 no field of technology. What is not here is asked about (`foundation.sheet.headings.notes`).
"""

#: In both sheets, by column key.
SHARED: dict[str, tuple[str, ...]] = {
    "uscc": (
        "信用代码",
        "社会信用代码",
        "单位信用代码",
        "企业信用代码",
        "企业统一社会信用代码",
        "单位统一社会信用代码",
    ),
    "organisation": ("单位", "企业名称", "企业全称", "单位全称", "公司名称", "申报单位"),
    "field": ("领域", "所属领域", "所属技术领域"),
    "chain": ("所属产业链", "所在产业链", "重点产业链"),
    "region": ("行政区划", "县区", "县市区", "县（市、区）", "所属县区", "所在县区", "所属县市区", "所在地"),
    "modes": ("合作模式", "转化方式", "拟合作方式", "拟转化方式"),
    "contact_name": ("联系人姓名",),
    "contact_phone": ("电话", "联系方式", "联系人电话", "手机", "手机号", "手机号码"),
    "contact_email": ("邮箱", "电子邮箱", "电子邮件", "E-mail"),
}

#: In a sheet of needs instead of these.
OF_NEEDS: dict[str, tuple[str, ...]] = {
    "number": ("需求编号",),
    "title": ("名称", "需求名称", "需求标题", "技术需求", "技术需求名称"),
    "text": (
        "摘要",
        "正文",
        "简介",
        "需求内容",
        "需求描述",
        "需求简介",
        "需求说明",
        "技术需求内容",
        "技术需求描述",
        "主要内容",
    ),
    "organisation": (*SHARED["organisation"], "需求单位"),
}
BUDGETS = ("预算金额", "预算经费", "拟投入", "拟投入资金", "拟投入金额", "计划投入")
#: In a sheet of achievements instead of these.
OF_ACHIEVEMENTS: dict[str, tuple[str, ...]] = {
    "number": ("成果编号",),
    "title": ("名称", "成果名称", "成果标题", "技术名称", "项目名称"),
    "text": (
        "摘要",
        "正文",
        "简介",
        "成果简介",
        "成果内容",
        "成果介绍",
        "成果描述",
        "成果说明",
        "技术简介",
        "主要内容",
    ),
    "organisation": (*SHARED["organisation"], "成果单位", "完成单位", "所属单位", "持有单位"),
}
