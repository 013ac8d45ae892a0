"""What one case is about, so that the same matter is listed and paid once."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from triplehelix.foundation.text import folded
from triplehelix.policy.award import Award
from triplehelix.policy.facts import About, read_facts

#: Who sees a fact that says nothing of it.
USUAL = frozenset(About("usual", "usual").seen_by)


def named(award: Award, facts: Mapping[str, Any]) -> str:
    """The matter as it stands in the fund's books, which more people read than the case. Facts that fewer may see than
    usual are replaced by a short digest: the same for one number however it is typed, and made with the site's key, so
    that nobody finds the number by trying."""
    whole, public = matter_of(award, facts), matter_of(award, facts, public=True)
    if whole == public:
        return whole
    digest = salted_hmac("procedure.matter", folded(whole), algorithm="sha256").hexdigest()[:12]
    return "；".join(part for part in (public, f"#{digest}") if part)


def matter_of(award: Award, facts: Mapping[str, Any], *, public: bool = False) -> str:
    """What the award is given for, in the words of the facts it names as unique; "" where it names none.

    `public` leaves out what fewer may see than usual (a person's certificate number).
    """
    return said(award, award.once, facts, public=public)


def said(award: Award, codes: Iterable[str], facts: Mapping[str, Any], *, public: bool = False) -> str:
    """What facts of the award say, `public` without those that fewer may see than usual."""
    shown = (code for code in codes if not public or USUAL.issubset(award.fact(code).about.seen_by))
    return written(award, shown, facts)


def written(award: Award, codes: Iterable[str], facts: Mapping[str, Any]) -> str:
    """What these facts of the award say, as people read it; "" where there are none."""
    asked = tuple(award.fact(code) for code in codes)
    found, _errors = read_facts(asked, {fact.key: facts.get(fact.key) for fact in asked})
    return "；".join(fact.written(found.get(fact.code)) for fact in asked)
