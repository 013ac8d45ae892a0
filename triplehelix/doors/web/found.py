"""What a search found, as the pages show it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from triplehelix.doors.web.shown import options
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.exchange import finds as exchange
from triplehelix.market.exchange.models import ForeignListing
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.explain import Clause
from triplehelix.matching.search import Facets, Hit, Result
from triplehelix.records.amounts import in_words
from triplehelix.records.parties import reference

FEW = 5
MODELS: dict[str, type[Listing]] = {Achievement.kind: Achievement, Need.kind: Need}
PATHS = {Achievement.kind: "achievements", Need.kind: "needs"}


#: For a hit, the address that brings the two together, or shows that they were ("" where the viewer may not), and
#: what stands on its button.
Door = Callable[[Hit], tuple[str, Any]]


class Shown(NamedTuple):
    """One hit for components/hit.html."""

    title: str
    url: str
    text: str
    facts: list[str]
    trl: int | None
    trl_assessed_by: str
    money: str
    score: int
    terms: tuple[str, ...]
    part: str
    pair: tuple[str, str]
    missing: tuple[Clause, ...]
    by_meaning: bool
    twins: list[dict[str, str]]
    pk: int = 0
    said: str = ""
    judge: Any = None
    invite: str = ""
    invite_word: Any = ""


def shown(result: Result, *, weak: bool = False, door: Door | None = None) -> list[Shown]:
    """The hits with what only the listings know (who assessed the maturity, the money), and the way to an introduction
    where `door` opens one. Weak hits only when asked."""
    hits = [hit for hit in result.hits if weak or not hit.weak]
    listings = _listings(hits)
    foreign = _foreign(hits)
    found = []
    for hit in hits:
        if hit.subject_id in foreign:
            found.append(_elsewhere(hit, foreign[hit.subject_id]))
        elif (hit.kind, hit.subject_id) in listings:
            one = _one(hit, listings, foreign)
            url, word = door(hit) if door is not None else (one.invite, one.invite_word)
            found.append(one._replace(invite=url, invite_word=word))
    return found


def context(result: Result | None, what: str, chosen: Facets, door: Door | None = None) -> dict[str, Any]:
    """Everything _results.html asks for."""
    picked = {"chain": list(chosen.chain), "field": list(chosen.field), "region": list(chosen.region)}
    found: dict[str, Any] = {
        "what": what,
        "options": options(),
        "chosen": picked | {"trl_min": str(chosen.trl_min or "")},
        "counts": {"chain": {}, "field": {}, "region": {}},
        "hits": [],
        "nearby": [],
        "total": 0,
        "notices": (),
    }
    if result is not None:
        hits, facets = shown(result, door=door), result.facets
        if 0 < len(hits) < FEW:
            # Below the line, with figures that say so: a caller looks at the next ones too. They are counted as well.
            hits, facets = shown(result, weak=True, door=door)[:FEW], _facets(result.hits[:FEW])
        found |= {"hits": hits, "total": max(result.total, len(hits)), "notices": result.notices}
        found["counts"] |= facets
        if not hits:
            found["nearby"] = shown(result, weak=True, door=door)[:3]
    return found


def _facets(hits: Sequence[Hit]) -> dict[str, dict[str, int]]:
    """How many of these say what; what says nothing is not counted."""
    said = {name: Counter(getattr(hit, name) for hit in hits) for name in ("chain", "field", "region")}
    return {name: {code: n for code, n in counts.most_common() if code} for name, counts in said.items()}


def one(hit: Hit) -> Shown:
    """A single hit of ours, whatever its score."""
    return _one(hit, _listings([hit]), _foreign([hit]))


def _listings(hits: Sequence[Hit]) -> dict[tuple[str, int], Listing]:
    found: dict[tuple[str, int], Listing] = {}
    for kind, model in MODELS.items():
        wanted = {pk for hit in hits if hit.kind == kind for pk in (hit.subject_id, *hit.same_as)}
        if wanted:
            rows = model._default_manager.select_related("organisation").filter(pk__in=wanted, state="published")
            found |= {(kind, row.pk): row for row in rows}
    return found


def _foreign(hits: Sequence[Hit]) -> dict[int, ForeignListing]:
    """Listings of other markets among these, by their subject, which lies below zero."""
    wanted = {-pk for hit in hits for pk in (hit.subject_id, *hit.same_as) if pk < 0}
    return {-row.pk: row for row in exchange.shown().filter(pk__in=wanted)} if wanted else {}


def _elsewhere(hit: Hit, listing: ForeignListing) -> Shown:
    """A listing of another market says first where it is from; those folded under it are found by themselves there."""
    body = listing.body
    facts = [_("来自 %(market)s") % {"market": listing.peer.name}, hit.holder, body["region_name"], body["chain"]]
    said = _("预算 %(wan)s") if listing.what == "need" else _("意向价 %(wan)s")
    price = body["price_fen"]
    return Shown(
        title=hit.title,
        url=reverse("web:foreign", args=[listing.pk]),
        text=hit.text,
        facts=[fact for fact in facts if fact],
        trl=hit.trl if listing.what == "achievement" else None,
        trl_assessed_by=body["trl_assessed_by"],
        money=_("面议") if price is None else said % {"wan": in_words(price)},
        score=hit.percent,
        terms=hit.terms,
        part=hit.part,
        pair=hit.pair,
        missing=hit.missing,
        by_meaning=hit.dense is not None,
        twins=[],
    )


def _one(hit: Hit, listings: dict[tuple[str, int], Listing], foreign: dict[int, ForeignListing]) -> Shown:
    listing = listings[hit.kind, hit.subject_id]
    facts = [hit.holder, reference.regions().label(hit.region), reference.chains().label(hit.chain)]
    twins = (listings.get((hit.kind, pk)) for pk in hit.same_as)
    others = [
        {"title": one.title, "url": reverse("web:foreign", args=[one.pk]), "where": one.peer.name}
        for one in (foreign.get(pk) for pk in hit.same_as)
        if one is not None
    ]
    return Shown(
        title=hit.title,
        url=reverse("web:listing", args=[PATHS[hit.kind], hit.subject_id]),
        text=hit.text,
        facts=[fact for fact in facts if fact],
        trl=hit.trl if isinstance(listing, Achievement) else None,
        trl_assessed_by=getattr(listing, "trl_assessed_by", ""),
        money=_money(listing),
        score=hit.percent,
        terms=hit.terms,
        part=hit.part,
        pair=hit.pair,
        missing=hit.missing,
        by_meaning=hit.dense is not None,
        twins=[*_twins(hit.kind, filter(None, twins)), *others],
        pk=hit.subject_id,
    )


def _money(listing: Listing) -> str:
    if listing.price_fen is None:
        return _("面议")
    said = _("预算 %(wan)s") if isinstance(listing, Need) else _("意向价 %(wan)s")
    return said % {"wan": in_words(listing.price_fen)}


def _twins(kind: str, listings: Iterable[Listing]) -> Iterable[dict[str, str]]:
    for one in listings:
        url = reverse("web:listing", args=[PATHS[kind], one.pk])
        yield {"title": one.title, "url": url, "where": one.organisation.name}
