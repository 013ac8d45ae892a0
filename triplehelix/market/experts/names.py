"""Names of authors as written: 张三, Zhang San, San Zhang, ZHANG S. — and how well two of them agree.

A name never proves who somebody is: equal names make two works worth comparing, no more.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

import pypinyin

from triplehelix.foundation.text import normalise

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
ALL_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff·]+")
#: Marks of notes behind a name, titles before it, and “and others”. A bracket is sought from the last one opened: from
#: each of thousands that nobody closes the search would go to the end of the cell.
MARKS = re.compile(r"[\d*†‡§¶#]+|[（(\[【][^（(\[【）)\]】]*[）)\]】]")
TITLES = re.compile(r"^(?:prof(?:essor)?|dr|mr|mrs|ms)\.?\s+", re.IGNORECASE)
OTHERS = re.compile(r"(?:等|(?<![^\W_])(?:et\.? al\.?|and others|others))$", re.IGNORECASE)
#: Surnames of two characters, and those read otherwise than the character mostly is.
LONG = frozenset([
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容",
    "令狐", "宇文", "长孙", "夏侯", "轩辕", "端木", "南宫", "独孤", "万俟", "呼延",
])  # fmt: skip
READ = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "查": "zha", "朴": "piao", "区": "ou", "盖": "ge",
    "任": "ren", "华": "hua", "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun", "乐": "yue", "缪": "miao",
    "翟": "zhai", "覃": "qin", "沈": "shen", "曲": "qu", "石": "shi", "柏": "bai", "薄": "bo", "洗": "xian",
    "繁": "po", "员": "yun", "折": "she", "黑": "he", "种": "chong", "召": "shao", "燕": "yan", "应": "ying",
    "纪": "ji", "宁": "ning", "都": "du", "车": "che", "褚": "chu", "晁": "chao", "卜": "bu", "尹": "yin",
}  # fmt: skip
MOST_FORMS = 16
#: Stands in a list for who is not named, or for what somebody in it does not have.
NOBODY = "—"
#: How two names agree, best first.
SAME_HAN, SAME_LETTERS, INITIALS = "han", "letters", "initials"


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a name: `family` and `given` in letters without blanks, `initials` the first letters known.

    `given` is empty where only initials are written.
    """

    family: str
    given: str
    initials: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, its characters when it is Chinese, and every way it may be read."""

    written: str
    han: str
    forms: frozenset[Form]

    @property
    def keys(self) -> frozenset[str]:
        """What names that may be the same have in common: family and first letter, `zhang s`."""
        return frozenset(f"{form.family} {form.initials[:1]}" for form in self.forms if form.initials)


@lru_cache(maxsize=50_000)
def parse(written: str) -> Name:
    """A name out of what stands in a source. One without a letter has no forms and agrees with none."""
    text = OTHERS.sub("", TITLES.sub("", MARKS.sub("", normalise(written)).strip())).strip(f" .,;，；、·{NOBODY}")
    together = _in_two_fields(text) or text.replace(" ", "")
    if ALL_HAN.fullmatch(together):
        return Name(together, together, _of_han(together))
    return Name(" ".join(text.split()), "", _of_letters(text))


def agree(one: Name, other: Name) -> str:
    """`han` the same characters, `letters` the same in letters, `initials` not against each other; "" otherwise."""
    if one.han and other.han:
        return SAME_HAN if one.han == other.han else ""
    found = ""
    for a, b in product(one.forms, other.forms):
        if a.family != b.family:
            continue
        if a.given and a.given == b.given:
            return SAME_LETTERS
        if (not a.given or not b.given) and _initials(a, b):
            found = INITIALS
    return found


def _initials(a: Form, b: Form) -> bool:
    """Whether the initials do not contradict each other: the shorter begins the longer."""
    short, long = sorted((a.initials, b.initials), key=len)
    return bool(short) and long.startswith(short)


def _of_han(name: str) -> frozenset[Form]:
    if "·" in name or len(name) < 2:  # 买买提·艾力: read as it stands
        letters = "".join(pypinyin.lazy_pinyin(name.replace("·", "")))
        return frozenset({Form(letters, "", letters[:1])}) if letters else frozenset()
    cut = 2 if name[:2] in LONG and len(name) > 2 else 1
    family = _flat(READ.get(name[:cut]) or "".join(pypinyin.lazy_pinyin(name[:cut])))
    given = pypinyin.pinyin(name[cut:], style=pypinyin.Style.NORMAL, heteronym=True)
    forms = []
    for syllables in islice(product(*given), MOST_FORMS):  # never all of them: forty heteronyms have 5^40 readings
        forms.append(Form(family, _flat("".join(syllables)), "".join(one[:1] for one in syllables)))
    return frozenset(forms)


def _flat(text: str) -> str:
    """吕 is written Lü, Lv, Lyu and Lu: one spelling for all."""
    return re.sub(r"([ln])(?:v|yu)", r"\1u", text)


def _letters(text: str) -> str:
    """Lower case without accents, blanks and dashes."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return _flat(re.sub(r"[^\w]|_", "", plain))


def _of_letters(text: str) -> frozenset[Form]:
    """`Zhang, San` says which is the family; otherwise the first or the last word may be."""
    family, comma, rest = text.partition(",")
    if comma and rest.strip():
        return frozenset(filter(None, [_form(family, rest.split())]))
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if len(words) < 2:
        return frozenset()
    ways = [(words[-1], words[:-1]), (words[0], words[1:])]
    # Initials are no family: Zhang S, S. Zhang.
    ways = [way for way in ways if not _is_initials(way[0])] or ways
    return frozenset(filter(None, (_form(family, given) for family, given in ways)))


def _is_initials(word: str) -> bool:
    """S., S.F., SF, S-F; a family in capitals is longer."""
    bare = re.sub(r"[.\-\s]", "", word)
    return 0 < len(bare) <= 3 and bare.isupper() and (len(bare) == 1 or "." in word or not re.search("[AEIOUYV]", bare))


def _form(family: str, given: list[str]) -> Form | None:
    name = _letters(family)
    if not name or not given:
        return None
    if all(_is_initials(word) for word in given):
        initials = "".join(_letters(word) for word in given)
        return Form(name, "", initials) if initials else None
    parts = [part for word in given for part in re.split(r"[-\s]", word) if _letters(part)]
    whole = "".join(map(_letters, parts))
    # Of Sanfeng only the S is sure; of San-Feng both are.
    return Form(name, whole, "".join(_letters(part)[:1] for part in parts)) if whole else None


def split(text: str) -> list[str]:
    """Authors of one cell, in order. Raises ValueError for a list that can be read two ways."""
    text = text.strip()
    if "\n" in text:
        parts = text.split("\n")
    elif re.search(r"[;；]", text):
        parts = re.split(r"[;；]", text)
    else:
        parts = " ".join(text.split()).split(" and ")
    parts = [" ".join(part.split()) for part in parts]
    parts = _in_one_list(parts[0]) if len(parts) == 1 else [one for part in parts for one in _in_one_place(part)]
    return [_in_two_fields(one) or one for one in map(str.strip, parts) if parse(one).written]


def _in_two_fields(text: str) -> str:
    """张三 of “张, 三”: programs that keep family and given name apart write Chinese names so. "" of anything else."""
    family, comma, given = (part.replace(" ", "") for part in text.replace("，", ",").partition(","))
    name = comma and ALL_HAN.fullmatch(family) and ALL_HAN.fullmatch(given)
    return family + given if name and (len(family) == 1 or family in LONG) else ""


def _in_one_place(part: str) -> list[str]:
    """One of several parts: a name, or Chinese names that commas keep apart."""
    pieces = [piece.strip() for piece in re.split(r"[、，,]", part)]
    several = len(pieces) > 1 and all(ALL_HAN.fullmatch(MARKS.sub("", piece)) for piece in pieces)
    return pieces if several and not _in_two_fields(part) else [part]


def _in_one_list(text: str) -> list[str]:
    """A list without semicolons."""
    if _in_two_fields(text):
        return [text]
    if "、" not in text and not HAN.search(text):
        return _by_commas(re.split(r"[,，]", text))
    parts = re.split(r"[、，,]", text)
    words = text.split()
    alone = len(parts) == 1 and len(words) > 1 and all(ALL_HAN.fullmatch(word) and len(word) > 1 for word in words)
    return words if alone else parts


def _by_commas(parts: list[str]) -> list[str]:
    parts = [part.strip() for part in parts if part.strip()]
    if len(parts) <= 1 or all(" " in part for part in parts):
        return parts
    if len(parts) == 2:
        return [", ".join(parts)]
    raise ValueError("作者之间请用分号隔开，如 Zhang, San; Li, Si")


def best(names: Iterable[str]) -> str:
    """Of several ways to write one name the one to show: Chinese characters first, then the longest."""
    return max(dict.fromkeys(names), key=lambda one: (bool(HAN.search(one)), len(one)), default="")
