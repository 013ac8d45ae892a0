"""What counts of what was said: of each voice its last word, of each pair the latest of these."""

from collections.abc import Iterable

from django.db.models import QuerySet

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.models import Judgement, LearnedModel, Switch

Pair = tuple[int, int]


def last_words() -> QuerySet[Judgement]:
    """The last word of every voice, those that took theirs back among them."""
    order = ("need_id", "achievement_id", "voice")
    return Judgement.objects.order_by(*order, "-pk").distinct(*order)


def of_pair(need: Need, achievement: Achievement) -> list[Judgement]:
    """The last words about one pair that stand, latest first."""
    rows = last_words().filter(need=need, achievement=achievement).select_related("by")
    return sorted((row for row in rows if row.level is not None), key=lambda row: -row.pk)


def about(listing: Listing) -> dict[int, Judgement]:
    """What counts of each pair of a listing: the other side's number → the latest word that stands."""
    side = {"need": listing.pk} if isinstance(listing, Need) else {"achievement": listing.pk}
    other = "achievement_id" if isinstance(listing, Need) else "need_id"
    counting = _latest(last_words().filter(**side)).values()
    return {getattr(row, other): row for row in counting}


def levels() -> dict[int, dict[int, int]]:
    """The level of every judged pair: need → achievement → level."""
    found: dict[int, dict[int, int]] = {}
    for (need, achievement), row in sorted(_latest(last_words()).items()):
        if row.level is not None:
            found.setdefault(need, {})[achievement] = row.level
    return found


def _latest(rows: Iterable[Judgement]) -> dict[Pair, Judgement]:
    found: dict[Pair, Judgement] = {}
    for row in rows:
        if row.level is not None:
            pair = (row.need_id, row.achievement_id)
            found[pair] = max(found.get(pair, row), row, key=lambda one: one.pk)
    return found


def versions() -> QuerySet[LearnedModel]:
    """All models, the newest first, without what only a model's own page shows."""
    return LearnedModel.objects.select_related("asked_by").defer("each", "weights")


def last_switch() -> Switch | None:
    """The latest switch with its model; None before anybody has switched."""
    return Switch.objects.select_related("model", "by").defer("model__each").first()
