"""Numbers and addresses that point to somebody, whoever it is: telephones, mail, web, ORCID, codes, patents.

Looked for in text of half width and lower case (`blind._fold`). Every pattern is anchored and bounded, so that a page
of dots and digits costs no more than its length.
"""

import re
from collections.abc import Callable, Iterator

from stdnum.cn import ric
from stdnum.iso7064 import mod_11_2

from triplehelix.foundation.codes import BadCode, Uscc
from triplehelix.procedure.review.names import bare

#: Blanks and all that is typed for a dash.
GAP = r"[-\s\u2010-\u2015\u2212]"
PHONE = re.compile(
    rf"(?<!\d)(?:\+?86{GAP}?)?1[3-9]\d(?:(?:{GAP}|[./·•_])?\d){{8}}(?!\d)"
    r"|(?<!\d)(?<!\d )1 [3-9](?: \d){9}(?! ?\d)"
    rf"|(?<!\d)0\d{{2,3}}(?:{GAP}|\)){{0,3}}[2-9]\d{{2,3}}{GAP}?\d{{4}}(?!\d)"
    rf"|\+86{GAP}?\d{{2,3}}{GAP}?[2-9]\d{{2,3}}{GAP}?\d{{4}}(?!\d)"
    rf"|(?<!\d)[48]00{GAP}\d{{3,4}}{GAP}?\d{{3,4}}(?!\d)"
)
#: `zhang(at)x.cn` is read as people read it.
EMAIL = re.compile(
    r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,80} ?(?:@|[\[(] ?at ?[\])]) ?[a-z0-9-]{1,63}(?: ?\. ?[a-z0-9-]{1,63}){1,6}"
)
USCC = re.compile(r"(?<![0-9a-z])[0-9a-z]{2}(?:[ -]?[0-9]){6}(?:[ -]?[0-9a-z]){10}(?![0-9a-z])")
#: To its end: what is asked for (?user=…) and whose page it is (/~zhang) stand there. Without https:// by its ending.
_REST = r"[!-~]{0,2000}[a-z0-9/_~%=&#+$*@-]"
WEB = re.compile(
    rf"(?:https?://|www\.){_REST}"
    r"|(?<![a-z0-9@._-])(?!(?:asp|ado|vb)\.net)(?:[a-z0-9-]{1,63}\.){1,5}(?:com|cn|net|org|edu|gov|top|tech|info)"
    rf"(?![a-z0-9.-])(?:[:/?#]{_REST}|/)?"
)
ORCID = re.compile(rf"(?<![\d-])\d{{4}}(?:{GAP}\d{{4}}){{2}}{GAP}\d{{3}}[\dx](?![\dx-])")
PATENT = re.compile(
    r"(?<![a-z0-9])(?:zl ?(?:\d ?){8,12}(?:\. ?[\dx])?|cn ?\d{7,12} ?[abcuys]?|pct ?/ ?cn ?\d{4} ?/ ?\d{5,6}"
    r"|(?:19|20)\d\d ?[1-389] ?\d{7} ?\. ?[\dx])(?![a-z0-9])"
)
#: Of the national programmes and the province's. Who leads a project can be looked up by its number.
PROJECT = re.compile(r"(?<![a-z0-9])(?:20\d\dyf[a-z]\d{7}|zr20\d\d[a-z]{2}\d{3}|20\d\dcxgc\d{6})(?![a-z0-9])")
#: Those of 国家自然科学基金 are bare digits: only behind its name, several in a row.
FOUNDATION = re.compile(r"(?:自然科学基金|国自然|nsfc)([^。;\n]{0,80})")
GRANT = re.compile(r"(?<![a-z0-9.])[a-z]?\d{7,8}(?![a-z0-9]| ?[元万件])")
ACCOUNT = re.compile(r"(?:微信|qq)(?:号|群)?[:是为 ]{0,3}[a-z0-9_-]{5,20}(?![a-z0-9_-])")
RESIDENT = re.compile(r"(?<!\d)[1-9]\d{5}(?:[ -]?\d){11}[ -]?[\dx](?![0-9a-z])")


def _any(_found: str) -> bool:
    return True


def _is_uscc(found: str) -> bool:
    try:
        return bool(Uscc.check(bare(found).upper()))
    except BadCode:
        return False


#: What is found: kind (blind.KINDS), its shape, and what else must hold of it.
SHAPES: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("phone", PHONE, _any),
    ("email", EMAIL, _any),
    ("uscc", USCC, _is_uscc),
    ("resident", RESIDENT, lambda found: bool(ric.is_valid(bare(found).upper()))),
    ("web", WEB, _any),
    ("web", ORCID, lambda found: bool(mod_11_2.is_valid(bare(found).upper()))),
    ("patent", PATENT, _any),
    ("project", PROJECT, _any),
    ("account", ACCOUNT, _any),
)


def anybodys(text: str) -> Iterator[tuple[int, int, str]]:
    """Where such a number stands, as [start, end), and of which kind."""
    for kind, pattern, holds in SHAPES:
        for found in pattern.finditer(text):
            if holds(found.group()):
                yield found.start(), found.end(), kind
    for near in FOUNDATION.finditer(text):
        start, end = near.span(1)
        for grant in GRANT.finditer(text, start, end + 10):  # the last one to its end
            if grant.start() < end:
                yield grant.start(), grant.end(), "project"
