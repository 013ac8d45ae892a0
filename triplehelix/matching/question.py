"""The question as it is read: cut to what is used, and what is said of how it is put."""

from django.utils.translation import gettext as _

from triplehelix.foundation.text import search_words
from triplehelix.matching import candidates
from triplehelix.matching.score import Offer, Wish
from triplehelix.matching.situation import Asked

MOST_CHARACTERS = 20_000
#: A page begins with a line that says what it is about; a sentence is only itself.
PAGE_CHARACTERS, HEADING_CHARACTERS = 120, 80
#: A question of so few words tells nothing apart.
FEW_WORDS = 2
#: Of demo needs with their true answer among so many achievements, 46 of 60 are answered; among three, 2.
FEW_DOCUMENTS = 5


def read(title: str, text: str, wish: Wish | None, offer: Offer | None) -> Asked:
    """Cut to what is used; a pasted page is its first line and the whole of it."""
    title, text = (_clean(part)[:MOST_CHARACTERS].strip() for part in (title, text))
    if not title and len(text) > PAGE_CHARACTERS:
        heading, _line_end, rest = text.partition("\n")
        if rest.strip() and 1 < len(heading.strip()) <= HEADING_CHARACTERS:
            title = heading.strip()
    return Asked(title, text if text != title else "", wish, offer)


def _clean(text: str) -> str:
    """Without what no text may hold: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def about_length(title: str, text: str, terms: int) -> list[str]:
    """What is told of a text too long to be used as a whole."""
    if len(text) > MOST_CHARACTERS or len(title) > MOST_CHARACTERS:
        return [_("资料超过 %(most)d 字，只用了前 %(most)d 字") % {"most": MOST_CHARACTERS}]
    if terms > candidates.MOST_TERMS:
        return [_("资料很长：按其中最有区别力的 %(most)d 个词查找") % {"most": candidates.MOST_TERMS}]
    return []


def about_words(asked: Asked) -> list[str]:
    """What helps where nothing stands out, though the word may be in every other text: chance gives a word or two the
    same."""
    if len(set(search_words(" ".join(asked.parts)))) > FEW_WORDS:
        return []
    return [_("只有一两个词，看不出哪一条更合适：写成一句话，说明是什么东西、要达到什么指标，才找得准")]


def about_few(documents: int) -> list[str]:
    """A score is in deviations of what there is, and among n documents none is further out than (n − 1)/√n: so few
    cannot reach the line where answers begin, however well one fits."""
    if documents >= FEW_DOCUMENTS:
        return []
    return [_("这里一共才 %(n)d 条，太少，比不出哪一条合适：请打开列表，自己看一看") % {"n": documents}]
