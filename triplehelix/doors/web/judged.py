"""Judgements as the page of matches shows them: beside each hit for whoever may judge, and all that were given."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web.found import MODELS, PATHS, Shown
from triplehelix.doors.web.shown import account_of
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback import access, finds
from triplehelix.matching.feedback.inforce import InForce
from triplehelix.matching.feedback.models import LEVELS
from triplehelix.matching.feedback.ranked import in_words
from triplehelix.records.parties.access import audiences


class Judge(NamedTuple):
    """components/judge.html: where a level goes, the token it needs, the level given."""

    url: str
    token: str
    level: int | None
    choices: Sequence[tuple[int, Any]]
    title: str


class Word(NamedTuple):
    """One judged pair of the list: the other side, its level, how it came about, and the form to change it."""

    title: str
    url: str
    level: int
    label: Any
    words: str
    judge: Judge | None


def beside(
    hits: Sequence[Shown], words: Sequence[Word], kind: str, listing: Listing, request: HttpRequest
) -> list[Shown]:
    """The hits with what was said of them and, for whoever may, the form to judge."""
    said = {word.url: word for word in words}
    judging = access.may_judge(account_of(request), timezone.localdate())
    found = []
    for hit in hits:
        word = said.get(hit.url)
        here = judging and hit.pk > 0  # what another market lists is not judged here
        form = _judge(kind, listing, hit.pk, hit.title, word.level if word else None, request) if here else None
        found.append(hit._replace(said=word.words if word else "", judge=form))
    return found


def words_about(kind: str, listing: Listing, request: HttpRequest) -> list[Word]:
    """What was said of a listing's pairs, the best first, as far as the viewer may read it."""
    account, today = account_of(request), timezone.localdate()
    held, judging = audiences(account, today), access.may_judge(account, today)
    rows = finds.about(listing)
    other_kind = Achievement.kind if isinstance(listing, Need) else Need.kind
    others = MODELS[other_kind]._default_manager.filter(pk__in=rows, state="published").order_by("pk")
    found = []
    for other in others:
        row = rows[other.pk]
        if access.reads_pair(held, listing.organisation_id, other.organisation_id):
            url = reverse("web:listing", args=[PATHS[other_kind], other.pk])
            form = _judge(kind, listing, other.pk, other.title, row.level, request) if judging else None
            found.append(Word(other.title, url, row.level or 0, dict(LEVELS)[row.level or 1], in_words(row), form))
    return sorted(found, key=lambda word: -word.level)


def of_pair(need: Need, achievement: Achievement, request: HttpRequest) -> Judge | None:
    """The form to judge one pair, with the viewer's own level, for whoever may judge."""
    account = account_of(request)
    if account is None or not access.may_judge(account, timezone.localdate()):
        return None
    own = next((row.level for row in finds.of_pair(need, achievement) if row.by_id == account.pk), None)
    return _judge("needs", need, achievement.pk, achievement.title, own, request)


def _judge(kind: str, listing: Listing, pk: int, title: str, level: int | None, request: HttpRequest) -> Judge:
    url = reverse("web:judge", args=[kind, listing.pk, pk])
    return Judge(url, get_token(request), level, LEVELS, title)


def ranked_by(force: InForce, listing: Listing, request: HttpRequest) -> str:
    """What ranked this page, for those who read models."""
    if not access.may_read(account_of(request), timezone.localdate()):
        return ""
    if force.ranker is None or force.switched is None or not isinstance(listing, Need):
        return _("按零样本排序，评判过的随评判升降") if isinstance(listing, Need) else ""
    return _("按学习的模型 V%(n)d 排序，评判过的随评判升降") % {"n": force.switched.number}
