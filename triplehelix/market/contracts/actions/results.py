"""成交结果: who has won an auction, a tender or a competition, as the licensed exchange reported it with its paper."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.contracts.access import CITY
from triplehelix.market.contracts.actions.amended import amended, tell_amended
from triplehelix.market.contracts.actions.shared import as_number, go, line, locked, paper, price, saved
from triplehelix.market.contracts.effects import answer_bids
from triplehelix.market.contracts.guards import current
from triplehelix.market.contracts.models import Amendment, Outcome, Publication, Sale
from triplehelix.records.amounts import exact
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.finds import family, gone, members_of
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused


@dataclass(frozen=True)
class Result:
    """成交结果 as a licensed exchange reports it: number of its confirmation, day, winner, price in fen, the paper."""

    exchange: str
    document: str
    held_on: date
    winner: Organisation | None
    price_fen: int
    file: File | None


@transaction.atomic
def record_result(*, sale: Sale, said: Result, actor: Account | None, now: datetime, seen_version: int) -> Outcome:
    """What the licensed exchange reports.

    Raises Refused, Invalid at `exchange`, `document`, `held_on`, `winner`, `price`, `file`.
    """
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states={"announced", "bidding"})
    public, errors = current(held), dict[str, str]()
    assert public is not None
    said = _checked(held, public, said, timezone.localdate(now), errors)
    paper(said.file, errors, "file", _("成交确认书"))
    if errors:
        raise Invalid(errors)
    made = Outcome(publication=public, recorded_at=now, recorded_by=actor)
    winner = _won(held, made, said)
    data = {"document": made.document, "exchange": made.exchange, "winner": winner.pk, "fen": made.price_fen}
    data |= {"file": made.file.sha256, "need": held.need_id}
    go(saved(held, "result", actor, now, data), "record_result", actor, now)
    return made


@transaction.atomic
def correct_result(
    *, sale: Sale, said: Result, reason: str, actor: Account | None, now: datetime, seen_version: int
) -> Amendment:
    """What was entered wrong of a result is put right before anything is signed on it; what stood there stays to be
    read. Bidders who were told something else are answered again. `said.file`: the right scan, or None.

    Raises Refused (no result; nothing differs), Invalid as `record_result`, and at `reason`.
    """
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states={"priced"})
    public, errors = current(held), dict[str, str]()
    row = getattr(public, "outcome", None)
    if public is None or row is None:
        raise Refused(_("这笔交易没有登记过成交结果"))
    why = line(reason, _("更正的原因"), 300, errors, "reason")
    said = _checked(held, public, said, timezone.localdate(now), errors, row)
    if errors:
        raise Invalid(errors)
    was, old = _kept(row), (row.winner, row.file)
    winner = _won(held, row, said)
    changes = {f"result_{name}": [was[name], value] for name, value in _kept(row).items() if was[name] != value}
    if not changes and said.file is None:
        raise Refused(_("没有改动：请改好再保存"))
    made = amended(held, "result", why, changes, actor, now, file=said.file, replaced=old[1])
    done = saved(held, "correct_result", actor, now, made.told(), why)
    if winner != old[0]:
        told = public.standing_bids().filter(family(winner) | family(old[0]))
        told.update(result="", answered_at=None)
        answer_bids(done, actor, now)
        _tell_who_has_not_won(done, public, old[0], why, now)
    tell_amended(done, made, actor, now)
    return made


def _tell_who_has_not_won(sale: Sale, public: Publication, firm: Organisation, why: str, now: datetime) -> None:
    """Whoever was told of a win that was another's learns why, and opens the sale no more: what was public is open."""

    def words() -> tuple[str, str]:
        body = _("此前登记贵单位成交，登记有误，已按成交确认书更正，受让方不是贵单位。原因：%(why)s") % {"why": why}
        return _("成交结果已更正：%(sale)s") % {"sale": sale}, body + "\n"

    told = members_of(firm, timezone.localdate(now))
    acts.write(sale, "not_won", told, words, now, page=reverse("web:market-notice", args=[public.pk]))


def _kept(row: Outcome) -> dict[str, Any]:
    return {
        "exchange": row.exchange, "document": row.document, "held_on": row.held_on.isoformat(),
        "winner": f"{row.winner.name} {row.winner.uscc}", "price_fen": row.price_fen,
    }  # fmt: skip


def _checked(
    sale: Sale, public: Publication, said: Result, today: date, errors: dict[str, str], row: Outcome | None = None
) -> Result:
    """The report with its words evened out; what cannot be so is put into `errors`. `row`: what it corrects."""
    exchange = line(said.exchange, _("交易机构"), 120, errors, "exchange")
    document = line(as_number(said.document), _("成交确认书编号"), 80, errors, "document")
    fen = price(said.price_fen, errors, "price")
    errors |= _result_wrong(sale, public, said.winner, fen, said.held_on, today)
    others = Outcome.objects.filter(document=document)
    if (others if row is None else others.exclude(pk=row.pk)).exists():
        errors["document"] = _("这份成交确认书已经登记过")
    return replace(said, exchange=exchange, document=document)


def _won(sale: Sale, row: Outcome, said: Result) -> Organisation:
    """Write the result, and who has won at which price into the sale, which is saved by whoever calls. Raises Invalid
    at `document` when somebody has just used it."""
    assert said.winner is not None
    row.exchange, row.document, row.held_on, row.winner = said.exchange, said.document, said.held_on, said.winner
    row.price_fen, row.file = said.price_fen, said.file or row.file
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as why:
        raise Invalid({"document": _("这份成交确认书已经登记过")}) from why
    sale.take_buyer(said.winner)
    sale.price_fen = said.price_fen
    return said.winner


def _result_wrong(
    sale: Sale, public: Publication, winner: Organisation | None, fen: int, held_on: date, today: date
) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    if winner is None or winner.confirmed_at is None:
        errors["winner"] = _("没有这家单位，或还没有经过核实")
    elif winner.ending:
        errors["winner"] = gone(winner)
    elif winner.standing_id == sale.seller.standing_id:
        errors["winner"] = _("受让方与转让方是同一单位")
    elif public.method == "listing" and not public.standing_bids().filter(family(winner)).exists():
        errors["winner"] = _("受让方没有在挂牌期内登记")
    if fen < public.price_fen:
        errors["price"] = _("成交价低于公布的 %(price)s") % {"price": exact(public.price_fen)}
    if held_on > today:
        errors["held_on"] = _("日期还没有到")
    elif held_on <= public.last:
        errors["held_on"] = _("成交日期应在公告期满（%(last)s）以后") % {"last": public.last}
    return errors
