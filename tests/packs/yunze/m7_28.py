"""第二十八条 绩效评价: a duty of the bureau, without any payment."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Stage

WORDS = Article("第二十八条", "市科学技术局于每年三月底前完成上一年度绩效评价。", chapter=7)
MEASURE = Measure(
    "M7.28", "绩效评价", WORDS, "市科学技术局", (Stage("自评"), Stage("复核")),
    duties=(Duty("市科学技术局", "完成上一年度绩效评价", "每年 3 月 31 日", "policy"),),
)  # fmt: skip
