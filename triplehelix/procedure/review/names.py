"""The ways a unit or a person is written: in full, without legal form or place, abbreviated.

A form is either sure (it names this unit and no other) or only likely (聊大, 张教授): then a person has to look.
Forms are folded: half width, lower case, without blanks and punctuation.
"""

import re
import unicodedata
from collections.abc import Iterable

#: Legal forms, a longer one before those it ends with.
LEGAL = (
    *("集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司", "有限责任公司", "有限公司"),
    *("集团总公司", "集团公司", "总公司", "公司", "集团"),
)
#: How a firm is called after its name.
SHORT_LEGAL = ("", "有限公司", "股份有限公司", "集团有限公司", "集团公司", "公司", "集团", "股份")
#: Words that say what a firm does, not which firm it is.
TRADE = frozenset(
    {
        *("科技", "技术", "新材料", "材料", "新能源", "能源", "生物", "医药", "制药", "机械", "制造", "电子", "信息"),
        *("轴承", "化工", "环保", "农业", "食品", "汽车", "配件", "装备", "智能", "工程", "实业", "发展", "贸易"),
        *("产业", "工业", "设备", "软件", "网络", "数据", "投资", "控股", "咨询", "服务", "研发", "纺织", "铝业"),
        *("铜业", "钢管", "建材", "电气", "精密", "数字", "集团", "股份", "产业技术", "职业技术"),
    }
)
TITLES = ("教授", "副教授", "院士", "研究员", "博士", "老师", "总工", "高工", "主任", "总经理", "董事长")
DOUBLE_SURNAMES = frozenset({"欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒"})
#: A name of fewer letters is also a word or a formula (Li Na); one with initials names nobody.
LONG_IN_LETTERS, LEAST_INITIALS = 6, 4
GAP, APART = re.compile(r"[\s.,]"), re.compile(r"[;:!?、。]")
#: Shorter stems name too much.
STEM_LEAST = 3


def han(text: str) -> bool:
    """Whether the text is of Chinese characters only, at least one."""
    return bool(text) and all("\u3400" <= c <= "\u4dbf" or "\u4e00" <= c <= "\u9fff" for c in text)


def bare(text: str) -> str:
    """Half width, lower case, nothing but letters and digits."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def unit_forms(name: str, places: Iterable[str] = ()) -> dict[str, bool]:
    """Every form of a unit's name, and whether it is sure. `places` are names of regions, as 聊城市.

    聊城市鲁西轴承有限公司 gives 聊城鲁西轴承, 鲁西轴承公司 and 鲁西轴承, sure, and 鲁西集团, likely. A name that only
    says place and trade (聊城市轴承有限公司) has no form without its place and legal form.
    """
    full = bare(name)
    forms = {full: True} if len(full) > 1 else {}
    regions = _regions(places)
    legal = next((ending for ending in LEGAL if full.endswith(ending) and len(full) > len(ending)), "")
    found = _firm(full, legal, regions) if legal else _institute(full, regions)
    return found | dict.fromkeys(partner_forms(name, places), True) | forms


def partner_forms(name: str, places: Iterable[str] = ()) -> frozenset[str]:
    """The forms that name a unit and hardly anything else: it is one of many that might be meant, so 山东农业 for
    山东农业大学 is left alone. With and without legal form, 市 or 县 of the place, and the school of a 大学."""
    full = bare(name)
    legal = next((ending for ending in LEGAL if full.endswith(ending) and len(full) > len(ending)), "")
    stems = {full, full[: len(full) - len(legal)]}
    for place in _regions(places):
        short = place[:-1] if place[-1:] in "省市区县" else ""
        stems |= {short + stem[len(place) :] for stem in stems if len(short) > 1 and stem.startswith(place)}
    at = full.find("大学")
    stems |= {full[: at + 2]} if at > 1 else set()
    return frozenset(stem for stem in stems if len(stem) > 1)


def person_forms(name: str) -> dict[str, bool]:
    """The name, sure; a Chinese surname with a title, likely. A name in letters in either order, sure, and with
    initials, likely."""
    whole = bare(name)
    if len(whole) < (2 if han(whole) else 4):
        return {}
    forms = {whole: True}
    if not han(whole):
        return _in_letters(name) | forms
    surname = whole[:2] if whole[:2] in DOUBLE_SURNAMES else whole[:1]
    return forms | {surname + title: False for title in TITLES}


def _in_letters(name: str) -> dict[str, bool]:
    """Of Zhang, Wei-Ming: zhangweiming and weimingzhang, sure; zhangwm, wmzhang, zhangw and wzhang, likely. Without a
    comma the first or the last word may be the family."""
    family, comma, rest = name.replace("，", ",").partition(",")
    words = name.split()
    ways = [(family, rest.split())] if comma else [(words[-1], words[:-1]), (words[0], words[1:])]
    forms: dict[str, bool] = {}
    for first, given in ways:
        parts = [part for word in given for part in re.split(r"[-.\s]+", word) if bare(part)]
        one, other = bare(first), bare("".join(parts))
        if not one or not other:
            continue
        forms |= {one + other: True, other + one: True}
        initials = "".join(bare(part)[:1] for part in parts)
        for short in {initials, initials[:1]}:
            for form in (one + short, short + one):
                if len(form) >= LEAST_INITIALS:
                    forms.setdefault(form, False)
    return forms


def as_a_name(said: str, *, whole: bool) -> bool:
    """Whether letters that make up a name are written as one: not of two in a list (Zhou ST; Li S). A short name
    (`whole`) and one of initials stand apart and begin with capitals: Li Na and Li, N., not Li-Na, and not lin."""
    said = unicodedata.normalize("NFKC", said)
    if APART.search(said):
        return False
    if whole and len(bare(said)) >= LONG_IN_LETTERS:
        return True
    words = re.findall(r"[^\W\d_]+", said)
    if len(words) < 2 or not all(word[0].isupper() for word in words):
        return False
    return len(said.split()) == len(words) and not re.search(r"[^\w\s]", said) if whole else bool(GAP.search(said))


def _regions(places: Iterable[str]) -> list[str]:
    """Places with and without 省市区县, longest first."""
    known = {bare(place) for place in places}
    known |= {place[:-1] for place in known if place[-1:] in "省市区县" and len(place) > 2}
    return sorted(known - {""}, key=lambda place: (-len(place), place))


def _without_places(text: str, regions: list[str]) -> str:
    """Places taken off the front, as many as stand there."""
    while place := next((p for p in regions if text.startswith(p) and len(text) > len(p)), ""):
        text = text[len(place) :]
    return text


def _brand(stem: str) -> tuple[str, list[str]]:
    """The stem without the words of its trade at the end, and those words: 鲁西 of 鲁西精密轴承, 轴承 and 精密."""
    words = []
    while word := next((w for w in sorted(TRADE, key=len, reverse=True) if stem.endswith(w)), ""):
        stem = stem[: -len(word)]
        words.append(word)
    return stem, words


def _firm(full: str, legal: str, regions: list[str]) -> dict[str, bool]:
    stem = _without_places(full[: -len(legal)], regions)
    for place in regions:  # 鲁西（聊城）轴承: the place in brackets is often left out
        if place in stem[1:]:
            stem = stem[:1] + stem[1:].replace(place, "", 1)
            break
    brand, words = _brand(stem)
    heads = ["", *reversed(regions)]
    forms: dict[str, bool] = {}
    for head in heads:
        for tail in SHORT_LEGAL:
            told = (len(stem) >= STEM_LEAST and brand) or (head and tail)
            if told:
                forms[head + stem + tail] = True
            if len(brand) > 1 and brand not in regions and tail:
                forms.setdefault(head + brand + tail, False)
    if len(brand) > 1 and brand not in regions:
        for form in (*(brand + word for word in words), *([brand] if len(brand) >= STEM_LEAST else [])):
            forms.setdefault(form, False)
    return forms


def _institute(full: str, regions: list[str]) -> dict[str, bool]:
    """A university: itself when a school of it is named, without 大学 when that still names it, and as 聊大."""
    at = full.find("大学")
    if at < 2:
        return {}
    stem = full[:at]
    forms = {stem + "大学": True}
    if len(stem) > STEM_LEAST and stem not in regions:
        forms[stem] = True
    forms[stem[0] + "大"] = False
    return forms
