"""第三十二条 施行: from which day on, and until when, the whole counts."""

from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Stage

WORDS = Article("第三十二条", "本办法自2026年3月1日起施行，有效期五年。", chapter=8)
MEASURE = Measure(
    "M8.32", "施行期限", WORDS, "各有关单位", (Stage("施行"),),
    duties=(Duty("市科学技术局", "期满前评估是否延续", "2031 年 2 月底前", "policy"),),
)  # fmt: skip
