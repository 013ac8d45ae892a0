"""How official documents write amounts, days and names."""

import re
from collections.abc import Iterable
from datetime import date
from math import ceil

import cn2an
import rjieba

from triplehelix.foundation.money import MOST_DIGITS, Fen, MoneyError

ISO_DAY = re.compile(r" ?(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-]) ?")
BLANKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
#: Signs no XML may hold, halves of a pair, and those that turn the reading direction: an amount must read as it is.
UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def capital(fen: int) -> str:
    """大写金额 of an amount in fen: 人民币伍万元整, 人民币壹佰元零伍分.

    Raises MoneyError for a negative amount, one of more than 18 digits, or anything but whole fen.
    """
    exact = Fen(fen)
    if exact < 0:
        raise MoneyError("not_a_number", f"文书里的金额不能为负：{exact}")
    if len(str(int(exact))) > MOST_DIGITS:
        raise MoneyError("too_long", f"金额超过 {MOST_DIGITS} 位数字，请核对单位")
    # As text with two decimals: a float would lose the fen of a large amount.
    return f"人民币{cn2an.an2cn(exact.yuan, 'rmb')}"


def amount(fen: int) -> str:
    """An amount in fen in both writings: 人民币伍万元整（50,000.00元）."""
    return f"{capital(fen)}（{figures(fen)}元）"


def figures(fen: int) -> str:
    """An amount in fen as yuan in a table's column: 50,000.00."""
    return str(Fen(fen)).removesuffix(" 元")


def day(on: date) -> str:
    """2026年11月23日; 2026年1月5日 without a zero in front."""
    return f"{on.year}年{on.month}月{on.day}日"


def chinese_days(text: str) -> str:
    """The text with every 2026-01-05 in it, and the blanks beside it, written as 2026年1月5日; what is no day stays."""

    def written(found: re.Match[str]) -> str:
        try:
            return day(date(*map(int, found.groups())))
        except ValueError:
            return found[0]

    return ISO_DAY.sub(written, text)


def clean(text: str) -> str:
    """One line of what can be seen: line ends become blanks, control signs go. Rare and private characters stay."""
    return BLANKS.sub(" ", UNSEEN.sub("", text)).strip()


def sentence(text: str) -> str:
    """The text with a full stop behind it, unless it has one."""
    text = text.strip()
    return text if text.endswith(("。", "！", "？", "；")) else f"{text}。"


def wide(text: str) -> float:
    """How many Chinese characters wide a text is: a figure, sign or Latin letter takes half of one."""
    return sum(0.5 if ord(c) < 0x2000 else 1 for c in text)


def _whole(words: Iterable[str]) -> list[str]:
    """Words, a figure together with the 年, 月, 日, 号 or 期 behind it."""
    found: list[str] = []
    for word in words:
        if found and found[-1][-1:].isdigit() and word[:1] in "年月日号期":
            found[-1] += word
        else:
            found.append(word)
    return found


def balanced(text: str, width: int) -> list[str]:
    """A title in lines of at most about `width` characters, alike in length, with no word torn (词意完整)."""
    lines, rest = [""], wide(text)
    left = max(ceil(rest / width), 1)
    for word in _whole(rjieba.cut(text, hmm=False)):
        now, more = wide(lines[-1]), wide(word)
        # Begin a new line where that comes closer to an equal share of what is left.
        if left > 1 and now and abs(now + more - rest / left) > abs(now - rest / left):
            rest, left = rest - now, left - 1
            lines.append("")
        lines[-1] += word
    return lines
