"""Chinese text as terms: width folded, segmented in search mode, with character bigrams beside the words."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import rjieba

#: Terms are stored as positive 31-bit integers below pgvector's limit of 1e9 dimensions.
TERM_SPACE = 999_999_937  # the largest prime below 1e9
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
WORD = re.compile(r"\w")
#: Characters without a shape that Unicode counts among letters and marks.
UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
SPACES = re.compile(r"[ \t\u3000\u00a0]+")
#: Words that say nothing about a technology.
STOP = frozenset(
    {
        *("的", "了", "和", "与", "及", "或", "在", "对", "等", "为", "是", "有", "中", "将", "并", "个", "其", "该"),
        *("可", "能", "要", "以", "于", "由", "从", "到", "使", "被", "把", "就", "都", "而", "也", "上", "下", "不"),
        *("进行", "一种", "一个"),
        *("the", "a", "an", "of", "and", "or", "in", "on", "for", "to", "is", "are", "with", "by"),
    }
)
#: 〔2026〕 is typed [2026] or (2026) on most keyboards.
ALIKE = str.maketrans("〔[【{〈《「『〕]】}〉》」』‐‑‒–—−－", "((((((((" + "))))))))" + "-------")


def normalise(text: str) -> str:
    """Full-width forms folded (NFKC), runs of blanks made one. Idempotent."""
    return SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def visible(text: str) -> str:
    """Without the characters nobody sees and two texts may differ by: zero-width and directional ones (Unicode Cf),
    variation selectors, fillers."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf" and not UNSEEN.match(one))


def search_words(text: str) -> list[str]:
    """Words in search mode (long words and the shorter ones inside them), lower case, stop words out."""
    words = (w.strip() for w in rjieba.cut_for_search(normalise(text).lower()))
    return [w for w in words if w not in STOP and WORD.search(w)]


@lru_cache(maxsize=1 << 16)
def part_of_speech(word: str) -> str:
    """As jieba's dictionary names it (n a noun, m a number, q a unit, eng what is written in letters); "" of what is
    no single word of it. Some 50 µs for a word not met before."""
    tagged = rjieba.tag(word)
    return tagged[0][1] if len(tagged) == 1 else ""


def bigrams(text: str) -> list[str]:
    """Every two neighbouring Chinese characters."""
    return [run[i : i + 2] for run in HAN.findall(normalise(text)) for i in range(len(run) - 1)]


def search_terms(text: str) -> list[str]:
    """What a text is found by: words, and the bigrams that survive a wrong segmentation."""
    return search_words(text) + bigrams(text)


def folded(number: str) -> str:
    """A number of a paper as it is compared: the same whatever its width, case, blanks, brackets and dashes, and
    whatever stands in it that nobody sees."""
    return "".join(visible(unicodedata.normalize("NFKC", number)).upper().translate(ALIKE).split())


def term_id(term: str) -> int:
    """A stable number for a term: the same on every machine and in every version."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big") % TERM_SPACE + 1


def spans(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Where terms stand in a text, as [start, end) without overlaps, longest terms first."""
    low, taken, found = text.lower(), bytearray(len(text)), []
    if len(low) != len(text):  # İ becomes two characters: such letters stay, so that places stay
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for term in sorted(set(terms), key=len, reverse=True):
        start = low.find(term)
        while term and start >= 0:
            end = start + len(term)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append((start, end))
            start = low.find(term, end)
    return sorted(found)
