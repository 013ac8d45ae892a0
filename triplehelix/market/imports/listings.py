"""Sheets of needs and achievements: checks across rows, and landing them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.alike import same_title
from triplehelix.foundation.sheet import RowError, Schema
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.achievements.people import Register
from triplehelix.market.imports.access import importer
from triplehelix.market.imports.columns import SCHEMAS
from triplehelix.market.imports.kinds import Kind, Rows
from triplehelix.market.imports.models import Import
from triplehelix.market.imports.organisations import misnamed, namesakes, registered
from triplehelix.market.listings.flow import VALID_DAYS
from triplehelix.market.listings.models import LEAST_TEXT, Listing
from triplehelix.market.needs.models import CONFIDENTIAL, Need
from triplehelix.market.needs.words import PARTS
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail import actions as trail

#: Where the rows of each kind of sheet go.
MODELS: dict[str, type[Listing]] = {"market.need": Need, "market.achievement": Achievement}
NAMES = {"market.need": gettext_lazy("企业需求"), "market.achievement": gettext_lazy("科技成果")}
BATCH = 1000
#: So many rows are named in one sentence.
MOST_NAMED = 20


def kind_of(what: str) -> Kind:
    """The kind of sheet for one of the two listings."""
    return Kind(what, NAMES[what], _schema(what), _check, _write, sealed=what == Need.kind, notes=partial(_notes, what))


def landed(case: Import) -> "QuerySet[Listing] | None":
    """The listings an import has written, in the order of its rows; None for sheets of other things and before it has
    landed."""
    if case.what not in MODELS or case.state != "landed" or not case.receipt:
        return None
    rows, found = MODELS[case.what]._default_manager.select_related("organisation"), case.receipt
    # Two imports may land in the same moment: their numbers can mix.
    at = datetime.fromisoformat(found["at"])
    return rows.filter(pk__range=(found["first"], found["last"]), created_by=case.account_id, created_at=at).order_by(
        "pk"
    )


def _schema(what: str) -> Callable[[date, str], Schema]:
    return lambda on, _about: SCHEMAS[what](on)


def _check(case: Import, rows: Rows, now: datetime) -> Iterable[RowError]:
    yield from _twice(rows)
    yield from _stored(MODELS[case.what], rows, case.organisation)
    yield from _unnumbered(case.what, rows)
    yield from _foreign(rows, case.organisation)
    own = case.organisation
    # Whose code it is, is told of one's own rows only: the others are refused anyway.
    yield from misnamed([one for one in rows if own is None or one[1].get("uscc") == own.uscc])
    yield from _beyond(rows, case, timezone.localdate(now))
    if case.what == Need.kind:
        yield from _told(rows, case.publish)
    else:
        yield from _known(rows)
    if case.publish:
        yield from _thin(rows)
        yield from _unchecked(rows, case.organisation)


def _twice(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterable[RowError]:
    seen: dict[tuple[Any, Any], int] = {}
    for row, values in rows:
        key = (values.get("uscc"), values.get("number"))
        if all(key) and (first := seen.setdefault(key, row)) != row:
            yield RowError(
                row, "编号", _("编号 %(number)s 与第 %(row)d 行重复") % {"number": key[1], "row": first}, "twice"
            )


def _stored(
    model: type[Listing], rows: list[tuple[int, dict[str, Any]]], own: Organisation | None
) -> Iterable[RowError]:
    codes = {values["uscc"] for _row, values in rows if values.get("uscc")}
    found = model._default_manager.filter(organisation__uscc__in=codes).exclude(number="")
    taken = {
        (code, number): state for code, number, state in found.values_list("organisation__uscc", "number", "state")
    }
    for row, values in rows:
        state = taken.get((values.get("uscc") or "", values.get("number") or ""))
        if state is None:
            continue
        # A draft opens for its own people alone: an office that sends its sheet again cannot go there.
        if own is None and state == model.workflow.start:
            said = _("编号 %(number)s 已经在系统里，是这家单位的草稿：由单位登录后提交或发布")
        else:
            said = _("编号 %(number)s 已经在系统里；要修改请到那一条去改")
        yield RowError(row, "编号", said % {"number": values["number"]}, "stored")


def _unnumbered(what: str, rows: Rows) -> Iterable[RowError]:
    """What has no number of its own is told from others of its organisation by its title."""
    known = _titled(what, {values["uscc"] for _row, values in rows if values.get("uscc") and not values.get("number")})
    first: dict[tuple[Any, str], int] = {}
    for row, values in rows:
        if not values.get("uscc") or not values.get("title"):
            continue
        key = (values["uscc"], same_title(values["title"]))
        before = first.setdefault(key, row)
        if values.get("number"):
            continue
        if before != row:
            said = _("与第 %(row)d 行是同一单位的同一标题：重复的请删去一行，不是重复的请写编号") % {"row": before}
            yield RowError(row, "标题", said, "twice")
        elif key in known:
            said = _("这家单位已经有一条同样标题的：重复的请删去这一行，不是重复的请写编号")
            yield RowError(row, "标题", said, "stored")


def _titled(what: str, codes: set[str]) -> set[tuple[str, str]]:
    """The titles there are of these organisations, as they are compared."""
    listed = MODELS[what]._default_manager.filter(organisation__uscc__in=codes).exclude(state="withdrawn")
    return {(code, same_title(title)) for code, title in listed.values_list("organisation__uscc", "title")}


def _notes(what: str, rows: Rows) -> Iterable[str]:
    yield from namesakes(rows)
    yield from _again(what, rows)


def _again(what: str, rows: Rows) -> Iterable[str]:
    """Rows under another number but the title of one that is there: clerks number a sheet anew when they send it
    again, and a firm may mean two things by one title."""
    there = _titled(what, {values["uscc"] for _row, values in rows})
    again = []
    for row, values in rows:
        key = (values["uscc"], same_title(values["title"]))
        if key in there:
            again.append(row)
        there.add(key)
    if again:
        named = "、".join(map(str, again[:MOST_NAMED])) + ("…" if len(again) > MOST_NAMED else "")
        said = _("%(n)d 行的标题，同一单位已经有一条或在表里写过，导入后会有两份；不是重复的可以继续：第 %(rows)s 行")
        yield said % {"n": len(again), "rows": named}


def _foreign(rows: Iterable[tuple[int, dict[str, Any]]], own: Organisation | None) -> Iterable[RowError]:
    if own is None:
        return
    for row, values in rows:
        if values.get("uscc") and values["uscc"] != own.uscc:
            yield RowError(
                row, "统一社会信用代码", _("您只能导入本单位（%(uscc)s）的内容") % {"uscc": own.uscc}, "foreign"
            )


def _beyond(rows: list[tuple[int, dict[str, Any]]], case: Import, on: date) -> Iterable[RowError]:
    """An office's sheet keeps to its own units, and publishes only where the office vouches for what it publishes."""
    who = importer(case.account, on) if case.organisation is None else None
    if who is None:
        return
    if case.publish and not who.publishes:
        yield RowError(0, "", _("技术经理人导入的内容由企业或主管部门发布：请不选“导入后直接发布”"), "drafts_only")
    if who.units is None:
        return
    codes = {values["uscc"] for _row, values in rows if values.get("uscc")}
    known = dict(Organisation.objects.filter(uscc__in=codes).values_list("uscc", "unit"))
    for row, values in rows:
        unit = known.get(values.get("uscc") or "", values.get("region") or who.home)
        if values.get("uscc") and unit not in who.units:
            message = _("这家单位不归您所在的县市区管理：请由它所在的县市区或市科技局导入")
            yield RowError(row, "统一社会信用代码", message, "elsewhere")


def _unchecked(rows: Iterable[tuple[int, dict[str, Any]]], own: Organisation | None) -> Iterable[RowError]:
    """An organisation nobody has checked publishes no sheet of its own; an officer's sheet is vouched for."""
    if own is None or own.confirmed_at:
        return
    for row, _values in rows:
        yield RowError(
            row,
            "统一社会信用代码",
            _("您的单位还没有经过核实，不能直接发布：请不选“导入后直接发布”，导入后逐条提交，由主管部门核对"),
            "unconfirmed",
        )


def _known(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterable[RowError]:
    """Everybody named is somebody registered: nobody is made up by a sheet."""
    named = [(row, values) for row, values in rows if values.get("people") and values.get("uscc")]
    register = Register(one for _row, values in named for one in values["people"])
    for row, values in named:
        try:
            register.named(values["people"], uscc=values["uscc"])
        except Invalid as why:
            yield RowError(row, "完成人", why.errors["people"], "people")


#: Where a refusal of the need itself stands in the sheet.
SHOWN_AT = {"title": "标题", "text": "内容", "rest": "内容", "teaser": "公开摘要"}
GIVES_AWAY = {
    "title": gettext_lazy("标题人人可见，却照抄了保密正文，请换一种不带细节的说法"),
    "teaser": gettext_lazy("公开摘要照抄了保密正文，请换一种不带细节的说法"),
}


def _told(rows: Iterable[tuple[int, dict[str, Any]]], publish: bool) -> Iterable[RowError]:
    """A need says something, in one piece or in parts; a confidential one has a summary that gives nothing away."""
    rows = list(rows)
    if len(rows) > 1 and not any(values.get(name) for _row, values in rows for name in ("text", *PARTS)):
        said = _("没有读到一行内容：表里要有“内容”一列，或者“对象”“现状”“要达到的指标”“试过的办法”几列")
        yield RowError(0, "内容", said, "required")
        return
    for row, values in rows:
        if not any(values.get(name) for name in ("text", *PARTS)):
            yield RowError(row, "内容", _("请填写内容，或者分项填写：对象、现状、要达到的指标、试过的办法"), "required")
        elif values.get("secrecy") == CONFIDENTIAL or any(values.get(name) for name in PARTS):
            need = Need(field="·")
            try:
                need.take_in(_words(values))
            except Invalid as why:
                for name, message in why.errors.items():
                    # What is kept of an import quotes no confidential words.
                    yield RowError(row, SHOWN_AT[name], str(GIVES_AWAY.get(name, message)), "words")
                continue
            if publish and (missing := need.lacks()):
                yield RowError(row, "公开摘要" if need.is_confidential else "内容", missing, "thin")


def _words(values: dict[str, Any]) -> dict[str, Any]:
    """What a row gives a listing: empty cells are left out; beside parts, 内容 is what is added to them."""
    given = {key: value for key, value in values.items() if key not in ("uscc", "organisation") and value is not None}
    if "text" in given and any(given.get(name) for name in PARTS):
        given["rest"] = given.pop("text")
    return given


def _thin(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterable[RowError]:
    for row, values in rows:
        if 0 < len(values.get("text") or "") < LEAST_TEXT and not any(values.get(name) for name in PARTS):
            yield RowError(row, "内容", _("要直接发布，内容至少 %(least)d 个字") % {"least": LEAST_TEXT}, "thin")


def _write(case: Import, rows: Rows, now: datetime) -> dict[str, Any]:
    model = MODELS[case.what]
    who = importer(case.account, timezone.localdate(now)) if case.organisation is None else None
    organisations = registered(
        [values for _row, values in rows], case.account, now, of_firms=model is Need, home=who.home if who else ""
    )
    days: dict[str, Any] = (
        {"state": "published", "published_at": now, "valid_until": now + timedelta(days=VALID_DAYS)}
        if case.publish
        else {"state": model.workflow.start}
    )
    common = {"created_at": now, "changed_at": now, "created_by": case.account, **days}
    listings = [model(organisation=organisations[values["uscc"]], **common) for _row, values in rows]
    for listing, (_row, values) in zip(listings, rows, strict=True):
        listing.take_in(_words(values))
        listing.region = listing.region or listing.organisation.region
    model._default_manager.bulk_create(listings, batch_size=BATCH)
    for listing in listings:
        listing.keep_beside()
    trail.record_many(
        kind=model.kind,
        ids=[str(listing.pk) for listing in listings],
        verb="import",
        actor=case.account,
        now=now,
        data={"import": case.pk, "state": days["state"], "version": 1},
    )
    return {"first": listings[0].pk, "last": listings[-1].pk}
