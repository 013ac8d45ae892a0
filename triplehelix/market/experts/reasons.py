"""Why two experts look like one person: kept as a code and what goes into the sentence, said in the reader's language.

Kept is `{"code": "coauthor", "names": ["赵钱", "孙李"]}`; `said` makes "共同的合作者：赵钱、孙李" of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: A reason as it is kept: its code and, by name, what the sentence needs (a text, or a list of texts).
Reason = Mapping[str, Any]

WORDS: Mapping[str, Any] = {
    "han": gettext_lazy("姓名相同"),
    "letters": gettext_lazy("姓名拼写相同"),
    "initials": gettext_lazy("姓名缩写相符"),
    "orcid": gettext_lazy("ORCID 相同"),
    "orcid_told": gettext_lazy("ORCID 相同，但出自不同单位的清单，请核对"),
    "organisation": gettext_lazy("同在%(name)s"),
    "elsewhere": gettext_lazy("单位不同"),
    "coauthor": gettext_lazy("共同的合作者：%(names)s"),
    "source": gettext_lazy("来源库认为是同一人"),
    "subject": gettext_lazy("研究方向相近：%(words)s"),
    "years": gettext_lazy("年份相差很远"),
    "by_hand": gettext_lazy("人工指定"),
    "by_person": gettext_lazy("本人确认"),
    # A sentence from before reasons had codes that is none of these: shown as it was written.
    "written": "%(text)s",
}


def reason(code: str, **given: str | list[str]) -> Reason:
    """One reason. Raises KeyError for a code without words, or one that lacks what its sentence needs."""
    made = {"code": code, **given}
    _sentence(made)
    return made


def said(reasons: Iterable[Reason]) -> list[str]:
    """Each as a sentence in the language of now."""
    return [_sentence(one) for one in reasons]


def _sentence(one: Reason) -> str:
    given = {name: _("、").join(value) if isinstance(value, list) else value for name, value in one.items()}
    return str(WORDS[one["code"]]) % given
