"""谈判室: messages, files, versions of the terms, and the version both sides accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.money import Fen
from triplehelix.market.introductions.access import ACHIEVEMENT, MANAGER, NEED
from triplehelix.market.introductions.actions.shared import (
    KIND,
    Refused,
    fields,
    go,
    hold,
    long,
    saved,
    short,
    side_of,
    tell,
)
from triplehelix.market.introductions.models import MOST_ROWS, WORDS_LENGTH, Introduction, Message, Paper, Version
from triplehelix.market.introductions.states import RUNNING
from triplehelix.market.listings.rules import MOST_FEN
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.reference import code_list
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

PARTIES = frozenset({NEED, ACHIEVEMENT, MANAGER})
MESSAGE_LENGTH = 2000
#: A side that says several things in a row writes one letter in this time.
ONE_LETTER = timedelta(hours=24)
TEXTS = {
    "royalty_base": short(120),
    "rights": long(WORDS_LENGTH),
    "delivery": long(WORDS_LENGTH),
    "other": long(WORDS_LENGTH),
    "why": short(300),
}
Row = tuple[str, int, date | None]


@dataclass(frozen=True)
class Terms:
    """Terms as they were entered. Money in whole fen; `rows` are (what for, fen, last day or None)."""

    mode: str
    structure: str
    price_fen: int
    rows: Sequence[Row] = ()
    royalty_ppm: int = 0
    royalty_base: str = ""
    equity_bp: int = 0
    rights: str = ""
    delivery: str = ""
    other: str = ""
    why: str = ""


@transaction.atomic
def say(*, introduction: Introduction, text: str, actor: Account, now: datetime) -> Message:
    """A message in the room; the others are told that there is one. Messages do not get into each other's way: no
    version is asked for. Raises Refused, Invalid at `text`."""
    held = _entered(introduction, actor, now)
    rule = {"text": long(MESSAGE_LENGTH)}
    cleaned = fields(rule, {"text": text}, now)
    if not cleaned["text"]:
        raise Invalid({"text": _("请写内容")})
    before = held.messages.order_by("-pk").first()
    made = Message.objects.create(
        introduction=held, side=side_of(held, actor, now), said_at=now, said_by=actor, **cleaned
    )
    _moved(held, "say", actor, now, {"message": made.pk})
    if before is None or before.side != made.side or made.said_at - before.said_at > ONE_LETTER:
        tell(held, "say", lambda: _spoken(made), actor, now)
    return made


def _spoken(message: Message) -> tuple[str, str]:
    """What was said stays in the room: a letter may be read by others."""
    said = {"case": str(message.introduction), "side": message.get_side_display()}
    return (
        _("有新的留言：%(case)s") % said,
        _("%(side)s在“%(case)s”的谈判室留了言，请登录后查看、答复。") % said + "\n",
    )


@transaction.atomic
def lay(*, introduction: Introduction, file: File, title: str, actor: Account, now: datetime) -> Paper:
    """A file on the table, for both sides and their manager. The same file twice is the same paper. Raises Refused,
    Invalid at `title`."""
    held = _entered(introduction, actor, now)
    cleaned = fields({"title": short(120)}, {"title": title}, now)
    known = held.papers.filter(file=file).first()
    if known is not None:
        return known
    made = Paper.objects.create(
        introduction=held, file=file, side=side_of(held, actor, now), added_at=now, added_by=actor, **cleaned
    )
    _moved(held, "lay", actor, now, {"file": file.sha256})
    tell(held, "lay", lambda: _laid(made), actor, now)
    return made


def _laid(paper: Paper) -> tuple[str, str]:
    said = {"case": str(paper.introduction), "side": paper.get_side_display()}
    return (
        _("有新的文件：%(case)s") % said,
        _("%(side)s在“%(case)s”的谈判室放了一份文件，请登录后查看。") % said + "\n",
    )


def _entered(introduction: Introduction, actor: Account, now: datetime) -> Introduction:
    """The introduction, locked, for somebody who may speak in its room now. Raises Refused."""
    held = Introduction.objects.select_for_update(of=("self",)).get(pk=introduction.pk)
    return hold(held, actor, now, by=PARTIES, seen=held.version, states=RUNNING)


def _moved(held: Introduction, verb: str, actor: Account, now: datetime, data: dict[str, Any]) -> None:
    """A sign of life that changes nothing another page was looking at: the version stays."""
    held.moved_at = now
    held.save(update_fields=["moved_at"])
    data |= kept.said(held.kept_values())
    trail.record(kind=KIND, id=str(held.pk), verb=verb, actor=actor, now=now, data=data)


@transaction.atomic
def propose(*, introduction: Introduction, terms: Terms, actor: Account, now: datetime, seen_version: int) -> Version:
    """A new version of the terms, which takes the place of the one before; its side has accepted it by proposing it.

    A manager's version waits for both sides. The others are told. Raises Refused, Invalid at the fields of Terms and
    `row_<n>` from 1, with `_amount` where it is that.
    """
    held = hold(introduction, actor, now, by=PARTIES, seen=seen_version, states=RUNNING)
    cleaned = _checked(terms, now)
    side, before = side_of(held, actor, now), held.versions.order_by("-n").first()
    if before is not None and all(getattr(before, name) == value for name, value in cleaned.items() if name != "why"):
        raise Invalid({"mode": _("与第 %(n)d 版完全一样：要接受它，请直接点“接受这一版”") % {"n": before.n}})
    made = Version(
        introduction=held, n=before.n + 1 if before else 1, side=side, proposed_at=now, proposed_by=actor, **cleaned
    )
    if side != MANAGER:
        _accepted(made, side, actor, now)
    made.save(force_insert=True)
    held = saved(held, "propose", actor, now, {"n": made.n, "side": side})
    if held.state != "negotiating":
        go(held, "negotiate", actor, now)  # which tells them
    else:
        tell(held, "propose", lambda: _proposed(made), actor, now)
    return made


def _proposed(version: Version) -> tuple[str, str]:
    said = {"case": str(version.introduction), "n": version.n, "side": version.get_side_display()}
    return (
        _("第 %(n)d 版条款：%(case)s") % said,
        _("%(side)s为“%(case)s”提出了第 %(n)d 版条款，以前各版不再有效。请登录后接受，或提出新的一版。") % said + "\n",
    )


def _accepted(version: Version, side: str, actor: Account, now: datetime) -> None:
    setattr(version, f"{side}_accepted_at", now)
    setattr(version, f"{side}_accepted_by", actor)


@transaction.atomic
def accept_terms(
    *, introduction: Introduction, n: int, actor: Account, now: datetime, seen_version: int
) -> Introduction:
    """A side accepts the newest version. When both have accepted the same one, the terms are agreed and stay as they
    are. Raises Refused (another version is newer; accepted already)."""
    held = hold(introduction, actor, now, by={NEED, ACHIEVEMENT}, seen=seen_version, states=("negotiating",))
    newest = held.versions.select_for_update().order_by("-n").first()
    if newest is None or newest.n != n:
        raise Refused(_("已经有更新的一版条款，请先看最新一版"))
    waiting = [side for side in (NEED, ACHIEVEMENT) if side not in newest.accepted_by]
    mine = held.relations_of(actor, now)
    side = next((one for one in waiting if one in mine), None)
    if side is None:
        raise Refused(_("本方已经接受这一版，等对方答复"))
    _accepted(newest, side, actor, now)
    newest.save(update_fields=[f"{side}_accepted_at", f"{side}_accepted_by"])
    held = saved(held, "accept_terms", actor, now, {"n": n, "side": side})
    if len(waiting) == 1:
        held = go(held, "agree", actor, now)
    return held


def _checked(terms: Terms, now: datetime) -> dict[str, Any]:
    """What a version stores. Raises Invalid with every wrong field at once."""
    errors = _wrong(terms)
    try:
        cleaned = fields(TEXTS, {name: getattr(terms, name) for name in TEXTS}, now)
    except Invalid as why:
        raise Invalid({**errors, **why.errors}) from None
    for name, needed in (("rights", _("请写明权属：归谁、许可到什么范围、后续改进归谁")),
                         ("delivery", _("请写明交付什么、什么时候、怎样验收"))):  # fmt: skip
        if not cleaned[name]:
            errors.setdefault(name, needed)
    if terms.structure == "royalty" and not cleaned["royalty_base"]:
        errors["royalty_base"] = _("请写明按什么提成，例如“产品不含税销售额”")
    rows = _rows(terms, errors, timezone.localdate(now))
    if errors:
        raise Invalid(errors)
    royalty, equity = terms.structure == "royalty", terms.structure == "equity"
    return cleaned | {
        "mode": terms.mode, "structure": terms.structure, "price_fen": terms.price_fen, "rows": rows,
        "royalty_ppm": terms.royalty_ppm if royalty else 0,
        "royalty_base": cleaned["royalty_base"] if royalty else "", "equity_bp": terms.equity_bp if equity else 0,
    }  # fmt: skip


def _wrong(terms: Terms) -> dict[str, str]:
    errors: dict[str, str] = {}
    if terms.mode not in code_list("transfer_modes"):
        errors["mode"] = _("请选择合作方式")
    if terms.structure not in dict(Version.STRUCTURES):
        errors["structure"] = _("请选择付款方式")
    if not 0 < terms.price_fen <= MOST_FEN:
        errors["price"] = _("金额应大于零、不超过 1000 亿元")
    if terms.structure == "royalty" and not 0 < terms.royalty_ppm <= 1_000_000:
        errors["royalty"] = _("提成比例应大于 0、不超过 100%")
    if terms.structure == "equity" and not 0 < terms.equity_bp <= 10_000:
        errors["equity"] = _("股权比例应大于 0、不超过 100%")
    return errors


#: How the instalments stand to the whole price.
NO_ROWS = frozenset({"fixed", "equity"})
NAME = short(120, needed=gettext_lazy("请写付款条件"))


def _rows(terms: Terms, errors: dict[str, str], on: date) -> list[dict[str, Any]]:
    """The instalments as they are kept. Only a royalty's price may be more than they come to."""
    rows = [] if terms.structure in NO_ROWS else list(terms.rows)
    if not rows and terms.structure in ("instalments", "royalty"):
        errors["row_1"] = _("请至少写一期付款")
    if len(rows) > MOST_ROWS:
        errors["row_1"] = _("最多 %(most)d 期") % {"most": MOST_ROWS}
    kept = []
    for n, (name, fen, due) in enumerate(rows, start=1):
        try:
            kept.append({"name": NAME(name, on), "fen": fen, "due": str(due or "")})
        except ValueError as why:
            errors.setdefault(f"row_{n}", str(why))
        if not 0 < fen <= MOST_FEN:
            errors.setdefault(f"row_{n}_amount", _("金额应大于零"))
    total = sum(fen for _name, fen, _due in rows)
    if rows and "price" not in errors and not any(key.startswith("row_") for key in errors):
        said = {"sum": Fen(total).in_wan(), "price": Fen(terms.price_fen).in_wan()}
        last = f"row_{len(rows)}_amount"
        if terms.structure == "royalty" and total > terms.price_fen:
            errors[last] = _("入门费合计 %(sum)s，不能超过总价 %(price)s") % said
        elif terms.structure != "royalty" and total != terms.price_fen:
            errors[last] = _("各期合计 %(sum)s，应等于总价 %(price)s") % said
    return kept
