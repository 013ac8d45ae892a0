"""The trail of the copied rows: what was told of a row is told of each copy, with its own number and time, chained
anew. The digests of what a row holds (`kept`) are made of the copy itself, for its last row that has them."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.db import connection

from bench.grown import DAYS, HALF_YEAR, TICKS, UNMOVED, Table
from triplehelix.fund import orders
from triplehelix.fund.models import Payment
from triplehelix.market.contracts import check as sales
from triplehelix.market.finance import check as finance
from triplehelix.market.introductions import check as introductions
from triplehelix.market.listings import check as listings
from triplehelix.procedure.cases import check as cases
from triplehelix.procedure.notices import check as notices
from triplehelix.procedure.panels import check as panels
from triplehelix.records.trail import digest, kept
from triplehelix.records.trail.keyed import keyed

#: Kinds of the trail → the table their number is of.
KINDS = {
    "parties.organisation": "parties_organisation", "parties.account": "parties_account", "market.need": "needs_need",
    "market.achievement": "achievements_achievement", "market.diagnosis": "diagnosis_diagnosis",
    "market.nda": "nda_agreement", "market.visit": "visits_visit", "market.visit_ask": "visits_ask",
    "market.introduction": "introductions_introduction", "market.sale": "contracts_sale", "market.bid": "contracts_bid",
    "market.publication": "contracts_publication", "market.trial": "contracts_trial",
    "market.objection": "contracts_objection", "market.finance": "finance_application", "finance.lead": "finance_lead",
    "finance.qualification": "finance_qualification", "procedure.case": "cases_case", "procedure.round": "cases_round",
    "procedure.panel": "panels_panel", "procedure.seat": "panels_seat", "procedure.notice": "notices_notice",
    "procedure.objection": "notices_objection", "procedure.barred": "cases_barred", "procedure.tie": "panels_tie",
    "procedure.opening": "openings_opening", "fund.commitment": "fund_commitment",
}  # fmt: skip
#: Keys of what a row says → the table whose number stands there.
NAMED = {
    "account": "parties_account", "organisation": "parties_organisation", "sale": "contracts_sale",
    "buyer": "parties_organisation", "need": "needs_need", "achievement": "achievements_achievement",
    "case": "cases_case", "round": "cases_round", "publication": "contracts_publication",
    "objection": "notices_objection", "successor": "parties_organisation",
}  # fmt: skip
COLUMNS = ("subject_kind", "subject_id", "n", "actor", "actor_account", "verb", "at", "data", "why", "algorithm",
           "parts", "prev", "digest")  # fmt: skip


def copy(made: dict[str, Table]) -> int:
    """Write the trail of every copy, oldest half-year first. Returns how many rows."""
    told = _told(made)
    again = _Again(made, _values(), dict(Payment.objects.values_list("pk", "key")))
    many, heads = 0, []
    for tick in reversed(range(TICKS)):
        rows: list[Any] = []
        due = [(kind, subject) for kind, subject in told if made[KINDS[kind]].has(subject, tick)]
        again.read(tick, due)
        for kind, subject in due:
            rows += again.rows(kind, subject, told[kind, subject])
            heads.append((kind, rows[-1].subject_id, rows[-1].n, rows[-1].digest))
        _write("trail_entry", COLUMNS, (_columns(row) for row in rows))
        many += len(rows)
    _write("trail_head", ("subject_kind", "subject_id", "n", "digest"), heads)
    return many


def _columns(row: Any) -> list[Any]:
    return [json.dumps(value) if name == "data" else value for name, value in ((n, getattr(row, n)) for n in COLUMNS)]


def _write(table: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY; nothing else may be asked meanwhile."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as out:
        for row in rows:
            out.write_row(row)


def _told(made: dict[str, Table]) -> dict[tuple[str, int], list[Any]]:
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM trail_entry WHERE subject_kind = ANY(%s) ORDER BY seq",
            [list(KINDS)],
        )
        for row in cursor.fetchall():
            one = SimpleNamespace(**dict(zip(COLUMNS, row, strict=True)))
            one.data = json.loads(one.data) if isinstance(one.data, str) else one.data
            if int(one.subject_id) in made[KINDS[one.subject_kind]].chosen[True]:
                found[one.subject_kind, int(one.subject_id)].append(one)
    return found


def _values() -> dict[str, tuple[Any, Callable[[Any], Any]]]:
    """Kind → its rows and what the trail keeps of one: as the rooms' own checks, which are asked here, have it."""
    found: dict[str, tuple[Any, Callable[[Any], Any]]] = {}

    def altered(rows: Any, kind: str, groups_of: Any, labels: Any, **more: Any) -> Iterator[str]:
        found[kind] = (rows, groups_of)
        yield from ()

    nothing = mock.patch.object(kept, "lost", lambda *said, **more: iter(()))
    with mock.patch.object(kept, "altered", altered), nothing:
        for check in (cases, sales, introductions, listings, finance, notices, panels):
            list(check.problems())
    return found


class _Again:
    """The rows of a subject's trail, told of its copy of a tick. `keys`: of every payment."""

    def __init__(self, made: dict[str, Table], values: dict[str, Any], keys: dict[int, str]) -> None:
        self.made, self.values, self.keys, self.tick = made, values, keys, 0
        self.payments = {key: pk for pk, key in keys.items()}
        self.copies: dict[str, dict[int, Any]] = {}

    def read(self, tick: int, due: list[tuple[str, int]]) -> None:
        """The copies of a tick whose values the trail keeps, together."""
        self.tick = tick
        numbers: dict[str, list[int]] = defaultdict(list)
        for kind, subject in due:
            table = self.made[KINDS[kind]]
            numbers[kind].append(table.number(subject, tick, table))
        self.copies = {
            kind: self.values[kind][0].in_bulk(those) for kind, those in numbers.items() if kind in self.values
        }

    def rows(self, kind: str, subject: int, rows: list[Any]) -> Iterator[Any]:
        table = self.made[KINDS[kind]]
        pk, prev = table.number(subject, self.tick, table), b""
        back = timedelta(days=0 if table.name.startswith(UNMOVED) else self.tick // HALF_YEAR * DAYS)
        last = next((row for row in reversed(rows) if kept.KEY in row.data), None)
        for row in rows:
            one = SimpleNamespace(**vars(row))
            one.subject_id, one.prev, one.at = str(pk), prev, row.at - back
            one.actor_account = self._number(table, "account", row.actor_account)
            one.data = self._data(table, row.data)
            if kind == orders.KIND and row.verb == "order":
                payment = Payment.objects.get(key=one.data["payment"])
                one.data[kept.KEY] = _digests(row, orders.groups(payment))
            elif row is last and kind in self.values:
                one.data[kept.KEY] = _digests(row, self.values[kind][1](self.copies[kind][pk]))
            one.parts, one.digest = digest.of_entry(one)
            prev = one.digest
            yield one

    def _data(self, table: Table, data: dict[str, Any]) -> dict[str, Any]:
        found = {key: self._number(table, key, value) for key, value in data.items()}
        if table.name == "fund_commitment":
            if (key := data.get("payment")) in self.payments:
                found["payment"] = self.keys[self.made["fund_payment"].number(self.payments[key], self.tick, table)]
            if ref := data.get("case_ref"):
                case = self.made["cases_case"].number(int(ref.removeprefix("case:")), self.tick, table)
                found["case_ref"] = f"case:{case}"
        return found

    def _number(self, table: Table, key: str, value: Any) -> Any:
        named = self.made[NAMED[key]] if key in NAMED and isinstance(value, int) else None
        return named.number(value, self.tick, table) if named is not None and value in named.base else value


def _digests(row: Any, groups: dict[str, Any]) -> dict[str, str]:
    return {name: keyed(groups[name]) for name in row.data[kept.KEY] if name in groups}
