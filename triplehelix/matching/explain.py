"""Why a hit is a hit, in words a manager can say on the telephone.

Everything is read off the two texts: the terms both have, the pair of clauses that fit best and what they speak of,
and what is missing. Nothing is generated.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from django.utils.translation import gettext, gettext_noop

from triplehelix.foundation.text import part_of_speech, search_words, term_id
from triplehelix.matching.score import Offer, Wish

MOST_TERMS = 8
TELLING = 1.0  # an idf above which a word says something: it stands in fewer than about a quarter of all documents
SHOWN_TERMS = 4
CLAUSE = re.compile(r"[^。；;！!？?\n]+")
MOST_CLAUSES = 40
QUOTED = 36

#: What a clause speaks of, told by words that announce it. Order decides between equals.
PARTS: dict[str, re.Pattern[str]] = {
    "性能": re.compile(
        r"≥|≤|>|<|％|%|℃|MPa|GPa|dB|[0-9]\s*(?:度|倍|小时|毫米|微米|纳米|千瓦|吨|克|米|天|次|ppm|mm|μm|nm|kW|h\b)|提高|降低|降到|达到|"
        r"低于|高于|不超过|寿命|精度|效率|强度|损耗|合格率|良率|能耗|成本"
    ),
    "工艺": re.compile(
        r"采用|通过|利用|方法|工艺|制备|涂层|镀|焊|铸|轧|烧结|热处理|退火|萃取|发酵|酶|催化|合成|改性|算法|模型|识别|检测|控制|膜|装置"
    ),
    "应用": re.compile(r"用于|应用|适用|场景|产线|生产线|车间|现场|客户|用户|市场|量产|中试|示范|已在"),
}
OBJECT = "对象"
#: Words that two texts of any trade share; they find nothing out and are not shown as what they have in common.
COUNTED = re.compile(
    r"[零一二三四五六七八九十百千万两几半多数第0-9]+[个月年天日次种条项件台吨米克度元倍层道步处类套批只根张片时分秒小多]*"
)
GENERAL = frozenset(
    {
        *("没有", "可以", "需要", "目前", "现在", "要求", "希望", "办法", "问题", "不能", "已经"),
        *("以上", "以下", "左右", "时候", "什么", "怎么", "有没有", "能不能"),
        *("一直", "之后", "以后", "其中", "每年", "国内", "试过", "超过", "达到"),
        *(
            "降到",
            "压到",
            "低于",
            "高于",
            "小于",
            "大于",
            "增加",
            "提高",
            "降低",
            "减少",
            "减小",
            "加大",
            "不降",
            "不变",
            "不到",
        ),
        *(
            "每吨",
            "每公斤",
            "每升",
            "每米",
            "每片",
            "单台",
            "出来",
            "过来",
            "过去",
            "里头",
            "之间",
            "以内",
            "累计",
            "平均",
        ),
        *("保持", "满足", "采用", "使用", "目标", "情况", "全部", "直接", "普通", "长期", "一致"),
    }
)
#: Units: that both texts measure something in micrometres is nothing they have in common.
UNITS = frozenset(
    {
        *("毫米", "微米", "厘米", "分米", "千米", "公里", "平方", "平方米", "立方", "立方米", "毫升", "微升", "公顷"),
        *("公斤", "千克", "毫克", "微克", "小时", "分钟", "秒钟", "毫秒", "微秒", "百分", "百分之", "万元", "亿元"),
        *("每秒", "每分钟", "每小时", "每天", "每月", "千瓦", "兆瓦", "千帕", "兆帕", "千伏", "毫安", "安时"),
        *("赫兹", "千赫", "兆赫", "吉赫", "分贝", "摄氏", "摄氏度"),
        *("mm", "um", "μm", "nm", "cm", "km", "kg", "mg", "ug", "μg", "ml", "ppm", "ppb", "min", "kw", "kwh", "mah"),
        *("kpa", "mpa", "gpa", "kv", "hz", "khz", "mhz", "ghz", "db"),
    }
)
UNTOLD = GENERAL | UNITS
#: Parts of speech that tell nothing apart: numbers, units, pronouns, conjunctions, prepositions.
SAYS_NOTHING = frozenset({"m", "mq", "q", "r", "c", "p"})


class Clause(str):
    """A part of an explanation, in Chinese, that can be said in another language; `./run match` says it where no
    catalogue is loaded. Of a value that is a tuple each word is said after the other."""

    template: str
    values: dict[str, Any]

    @classmethod
    def of(cls, template: str, **values: Any) -> Self:
        clause = cls(template % {k: "、".join(v) if isinstance(v, tuple) else v for k, v in values.items()})
        clause.template, clause.values = template, values
        return clause

    def told(self) -> str:
        """In the language in force."""
        return gettext(self.template) % {name: _told(value) for name, value in self.values.items()}


def _told(value: Any) -> Any:
    if isinstance(value, tuple):
        return gettext("、").join(value)
    return value.told() if isinstance(value, Clause) else value


def told(clauses: Iterable[Clause]) -> str:
    """Clauses as one sentence, in the language in force."""
    return gettext("；").join(clause.told() for clause in clauses)


@dataclass(frozen=True)
class Explanation:
    """Why two texts fit. Spans are [start, end) in the four texts as shown.

    `part` says what fits best: 对象, 性能, 工艺 or 应用; `pair` the two clauses it is read from ('' when none);
    `clauses` all of it but what is missing, as a sentence.
    """

    terms: tuple[str, ...]
    part: str
    pair: tuple[str, str]
    missing: tuple[Clause, ...]
    clauses: tuple[Clause, ...]

    @property
    def why(self) -> str:
        """The whole in one sentence, in Chinese."""
        return "；".join((*self.clauses, *self.missing))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    words = (w for w in search_words(text) if len(w) > 1)
    return frozenset(w for w in words if w not in UNTOLD and not COUNTED.fullmatch(w))


def _shared(asked: frozenset[str], offered: frozenset[str]) -> list[str]:
    """Words of both that tell something; only these are looked up in the dictionary, which takes longest."""
    return [word for word in asked & offered if part_of_speech(word) not in SAYS_NOTHING]


def shared_terms(asked: str, offered: str, idf: Mapping[int, float]) -> tuple[str, ...]:
    """Words both texts have, the most telling first, a word inside a longer one left out."""
    value = {word: idf.get(term_id(word), 0.0) for word in _shared(_words(asked), _words(offered))}
    # In a corpus of a few documents no word is rare: then the rarest ones have to do.
    least = min(TELLING, max(value.values(), default=0.0) / 2)
    kept: list[str] = []
    for word in sorted(value, key=lambda w: (-value[w], -len(w), w)):
        if value[word] > least and not any(word in longer for longer in kept):
            kept = [*(w for w in kept if w not in word), word]
    return tuple(kept[:MOST_TERMS])


def _clauses(title: str, text: str) -> list[str]:
    found = [" ".join(c.split()).strip("，,、：: ") for c in CLAUSE.findall(f"{title}\n{text}")]
    return [c for c in found if len(c) > 1][:MOST_CLAUSES]


def _best_pair(asked: list[str], offered: list[str], idf: Mapping[int, float]) -> tuple[str, str]:
    """The two clauses that share the most telling words, for their length."""
    best, pair = 0.0, ("", "")
    offered_words = [(clause, _words(clause)) for clause in offered]
    for one in asked:
        words = _words(one)
        for other, others in offered_words:
            value = sum(idf.get(term_id(w), 0.0) for w in _shared(words, others)) / (10 + len(one) + len(other)) ** 0.5
            if value > best:
                best, pair = value, (one, other)
    return pair


def part_of(asked: str, offered: str) -> str:
    """What two clauses speak of together: the kind both announce; the object when they announce none."""
    counts = {name: min(len(cue.findall(asked)), len(cue.findall(offered))) for name, cue in PARTS.items()}
    name = max(counts, key=lambda n: counts[n])
    return name if counts[name] else OBJECT


def missing(wish: Wish, offer: Offer, rights: str = "") -> tuple[Clause, ...]:
    """What stands between the hit and a contract, as far as the facets tell."""
    found: list[Clause] = []
    if wish.trl and offer.trl and offer.trl < wish.trl:
        low = gettext_noop("成熟度 %(has)d 级，低于所要的 %(wants)d 级")
        found.append(Clause.of(low, has=offer.trl, wants=wish.trl))
    if wish.trl and not offer.trl:
        found.append(Clause.of(gettext_noop("没有写成熟度")))
    if wish.region and offer.region and wish.region != offer.region:
        found.append(Clause.of(gettext_noop("不在所要的地区")))
    if rights == "共有":
        found.append(Clause.of(gettext_noop("权属共有，需共有人同意")))
    return tuple(found)


def explain(
    *,
    asked: tuple[str, str],
    offered: tuple[str, str],
    idf: Mapping[int, float],
    wish: Wish | None = None,
    offer: Offer | None = None,
    rights: str = "",
    by_meaning: bool = True,
) -> Explanation:
    """Explain one hit. `asked` and `offered` are (title, text); `idf` by term number, over the corpus. `by_meaning`:
    vectors were compared too, and not words alone."""
    terms = shared_terms(" ".join(asked), " ".join(offered), idf)
    pair = _best_pair(_clauses(*asked), _clauses(*offered), idf) if terms else ("", "")
    part = part_of(*pair) if terms else ""
    lacks = missing(wish or Wish(), offer or Offer(), rights)
    return Explanation(terms, part, pair, lacks, _clauses_said(terms, part, pair, by_meaning))


def _clauses_said(terms: tuple[str, ...], part: str, pair: tuple[str, str], by_meaning: bool) -> tuple[Clause, ...]:
    if not terms:
        if by_meaning:
            return (Clause.of(gettext_noop("没有突出的相同词，按意思相近找到")),)
        return (Clause.of(gettext_noop("只按词比较，没有突出的相同词")),)
    quoted = pair[1][:QUOTED] + ("…" if len(pair[1]) > QUOTED else "")
    return (
        Clause.of(gettext_noop("共同点：%(words)s"), words=terms[:SHOWN_TERMS]),
        Clause.of(gettext_noop("%(part)s相近：“%(quoted)s”"), part=Clause.of(part), quoted=quoted),
    )
