"""The demo city after years: its rows again and again, with numbers of their own, in the past.

A copy is a *tick*. Every row of the tables below is copied in each tick, or in each n-th (`EVERY`): firms come more
seldom than cases. What has ended is copied in every tick, what is still under way in the first ones only, so that a
city of five years has as much in hand as one of two months. Two half-years are a year back in time. Officers, offices,
universities, experts, files and the year's purses stay as they are: they have 800 ticks of work behind them.
Rows are copied by the database, one statement a table; the trail of each copy is written anew with digests of the
copied row (`grown_trail`), the fund's money comes by its own actions (`grown_fund`): `./run verify` compares them all.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection, transaction

TICKS, HALF_YEAR, DAYS = 800, 80, 182
#: In so many first ticks, what is under way is copied too.
OPEN = 16
FIRM, LISTING, SALE = 20, 20, 4
#: A table → in each n-th tick.
EVERY = {
    "parties_organisation": FIRM, "parties_account": FIRM, "parties_membership": FIRM, "parties_chainmembership": FIRM,
    "needs_need": LISTING, "needs_confidential": LISTING, "diagnosis_diagnosis": LISTING, "diagnosis_question": LISTING,
    "nda_agreement": LISTING, "visits_visit": LISTING, "visits_ask": LISTING,
    "achievements_achievement": LISTING, "achievements_achievement_people": LISTING,
    "introductions_introduction": 1, "introductions_meeting": 1, "introductions_message": 1,
    "introductions_version": 1, "introductions_intent": 1,
    "contracts_sale": SALE, "contracts_proposal": SALE, "contracts_publication": SALE, "contracts_bid": SALE,
    "contracts_outcome": SALE, "contracts_rights": SALE, "contracts_owner": SALE, "contracts_contract": SALE,
    "contracts_instalment": SALE, "contracts_receipt": SALE, "contracts_registration": SALE, "contracts_trial": SALE,
    "contracts_distribution": SALE, "contracts_share": SALE, "contracts_amendment": SALE, "contracts_followup": SALE,
    "contracts_objection": SALE, "openings_opening": SALE,
    "finance_lead": FIRM, "finance_application": FIRM, "finance_consent": FIRM, "finance_loan": FIRM,
    "finance_filing": FIRM, "finance_claim": FIRM, "finance_loss": FIRM, "finance_payment": FIRM,
    "finance_recovery": FIRM, "finance_qualification": FIRM,
    "cases_round": HALF_YEAR, "panels_panel": HALF_YEAR, "notices_notice": 16,
    "cases_case": 1, "cases_compared": 1, "cases_milestone": 1, "cases_paper": 1, "panels_seat": 1,
    "notices_noticeitem": 1, "notices_objection": 1, "cases_barred": FIRM, "panels_tie": FIRM,
    "fund_commitment": 1, "fund_payment": 1, "fund_movement": 1, "fund_refund": 1, "fund_batch": 10,
    "outbox_message": 5,
}  # fmt: skip
#: Tables whose rows are copied whatever they hang on; of accounts and organisations only firms' and their people's.
ROOTS = {
    "parties_organisation": "o.type = '企业'",
    "parties_account": """o.id IN (SELECT m.account_id FROM parties_membership m JOIN parties_organisation f
        ON f.id = m.organisation_id WHERE f.type = '企业') AND o.id NOT IN (SELECT account_id FROM parties_office)
        AND o.id NOT IN (SELECT account_id FROM parties_person WHERE account_id IS NOT NULL)""",
    "needs_need": "true", "achievements_achievement": "true", "cases_round": "true", "notices_notice": "true",
    "fund_batch": "EXISTS (SELECT FROM fund_payment p JOIN fund_commitment c ON c.id = p.commitment_id"
                  " WHERE p.batch_id = o.id AND c.year >= {year} - 1)",
    # Of money of open years; of promises without a case a quarter is enough.
    "fund_commitment": """(o.case_ref <> '' OR o.id % 4 = 0) AND o.purse_id IN (SELECT p.id FROM fund_purse p
        JOIN fund_pool y ON y.id = p.pool_id WHERE y.closed_at IS NULL AND p.year = p.origin_year)""",
}  # fmt: skip
#: Whether a row is over, where not all are.
ENDED = {
    "cases_case": "o.state IN ('closed', 'rejected', 'withdrawn', 'terminated')",
    "contracts_sale": "o.state IN ('registered', 'unsold', 'revoked', 'closed', 'withdrawn', 'terminated')",
    "introductions_introduction": "o.state IN ('agreed', 'declined', 'taken_back', 'broken_off')",
    "needs_need": "o.state NOT IN ('draft', 'submitted')",
    "achievements_achievement": "o.state NOT IN ('draft', 'submitted')",
    "diagnosis_diagnosis": "o.state IN ('ready', 'long_term')",
    "nda_agreement": "o.state <> 'asked'",
    "visits_ask": "o.state = 'answered'",
    "openings_opening": "o.state IN ('opened', 'taken_back')",
    "finance_application": "o.state IN ('granted', 'repaid', 'withdrawn', 'refused', 'recovered')",
    "fund_payment": "o.state IN ('paid', 'returned')",
    "fund_commitment": "NOT EXISTS (SELECT FROM fund_payment p WHERE p.commitment_id = o.id"
                       " AND p.state IN ('ordered', 'sent'))",
    "contracts_publication": "o.is_over", "notices_noticeitem": "o.is_over",
}  # fmt: skip
#: What must be its own in every copy, in SQL; `k` is the tick, `o` the row copied.
OWN = {
    ("parties_organisation", "uscc"): "left(o.uscc, 8) || upper(lpad(to_hex(o.id * 1000 + k), 10, '0'))",
    ("parties_organisation", "name"): "o.name || '（' || k / 20 || '）'",
    ("parties_account", "email"): "'k' || k || '.' || o.email",
    ("needs_need", "number"): "CASE o.number WHEN '' THEN '' ELSE o.number || '-' || k END",
    ("achievements_achievement", "number"): "CASE o.number WHEN '' THEN '' ELSE o.number || '-' || k END",
    ("visits_visit", "uuid"): "gen_random_uuid()",
    ("introductions_intent", "number"): "CASE o.number WHEN '' THEN '' ELSE o.number || '-' || k END",
    ("introductions_intent", "digest"): "encode(sha256((o.digest || k)::bytea), 'hex')",
    ("contracts_outcome", "document"): "o.document || '-' || k",
    ("contracts_receipt", "number"): "o.number || '-' || k",
    ("contracts_receipt", "digest"): "encode(sha256((o.digest || k)::bytea), 'hex')",
    ("contracts_registration", "number"): "CASE o.number WHEN '' THEN '' ELSE o.number || '-' || k END",
    ("finance_loan", "number"): "o.number || '-' || k",
    ("finance_filing", "number"): "CASE o.number WHEN '' THEN '' ELSE o.number || '-' || k END",
    ("finance_payment", "number"): "o.number || '-' || k",
    ("finance_recovery", "number"): "o.number || '-' || k",
    ("finance_qualification", "number"): "o.number || '-' || k",
    ("cases_round", "title"): "o.title || '·' || k",
    ("cases_case", "number"): """o.award_code || '-' || (o.year - k / 160) || '-'
        || lpad(((k + 1) * 50 + right(o.number, 4)::int)::text, 5, '0')""",
    ("cases_case", "matter"): "CASE o.lane WHEN 'entitled' THEN o.matter || '·' || k ELSE o.matter END",
    ("cases_milestone", "proof_digest"): """CASE o.proof_digest WHEN '' THEN ''
        ELSE encode(sha256((o.proof_digest || k)::bytea), 'hex') END""",
    ("notices_notice", "number"): "o.number || '-' || k",
    ("fund_commitment", "subject"): "o.subject || '·' || k",
    ("fund_batch", "number"): "left(o.number, 5) || ((k + 1) * 20 + right(o.number, 4)::int)",
    ("fund_refund", "receipt"): "o.receipt || '-' || k",
    ("fund_payment", "key"): "left(o.key, 4) || translate(upper(left(md5(o.key || k), 20)), '0189', 'GHJK')",
    ("outbox_message", "message_id"): "'k' || k || '.' || o.message_id",
    ("outbox_message", "state"): "'sent'",
    ("outbox_message", "sent_at"): "o.created_at",
}  # fmt: skip
#: What must hang on a copied row of this column, whatever else it hangs on.
OF = {"fund_payment": "commitment_id", "fund_movement": "commitment_id"}
#: Days that stay: a listing is confirmed anew as long as it is offered, and money is of its year.
STAY = ("valid_until", "until", "ended_on", "next_try")
UNMOVED = "fund_"


@dataclass
class Table:
    """One table to copy. `chosen[False]`: the rows whose matter is over, `chosen[True]`: all; `step` is added to a
    row's number for each of its own copies."""

    name: str
    every: int
    columns: dict[str, str]
    parents: dict[str, str]
    base: set[int] = field(default_factory=set)
    chosen: dict[bool, set[int]] = field(default_factory=dict)
    step: int = 0

    def has(self, pk: int, tick: int) -> bool:
        """Whether the row is copied in this tick."""
        return tick % self.every == 0 and pk in self.chosen[tick < OPEN]

    def place(self, child: "Table") -> str:
        """Which copy of this table the tick `k` of another hangs on, from 0, in SQL. What happens
        often goes round all the firms and listings there are."""
        return f"mod(k, {TICKS // FIRM})" if self.every == FIRM > child.every else f"k / {self.every}"

    def number(self, pk: int, tick: int, child: "Table") -> int:
        """The number of that copy of a row."""
        n = tick % (TICKS // FIRM) if self.every == FIRM > child.every else tick // self.every
        return pk + (n + 1) * self.step


def _rows(sql: str, given: list[object] | None = None) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def tables() -> dict[str, Table]:
    """The tables, with what they hang on and which of their rows are copied."""
    parents: dict[str, dict[str, str]] = defaultdict(dict)
    for table, column, parent in _rows(
        """SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'"""
    ):
        parents[str(table)][str(column)] = str(parent)
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    for table, column, kind in _rows(
        """SELECT table_name, column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'public' AND is_generated = 'NEVER'"""
    ):
        columns[str(table)][str(column)] = str(kind)
    made = {
        name: Table(name, every, columns[name], {c: p for c, p in parents[name].items() if p in EVERY})
        for name, every in EVERY.items()
    }
    _choose(made)
    return made


def _choose(made: dict[str, Table]) -> None:
    year = _rows("SELECT max(year) FROM fund_pool")[0][0]
    for one in made.values():
        where = ROOTS.get(one.name, "true").replace("{year}", str(year))
        found = _rows(f"SELECT {_key(one)} FROM {one.name} o WHERE {where}")
        one.base = {int(str(row[0])) for row in found}
        most = max((int(str(r[0])) for r in _rows(f"SELECT {_key(one)} FROM {one.name}")), default=0)
        one.step = 10 ** len(str(most))
    for under_way in (False, True):
        for one in made.values():
            ended = ENDED.get(one.name, "true") if not under_way else "true"
            found = _rows(f"SELECT {_key(one)} FROM {one.name} o WHERE {ended}")
            one.chosen[under_way] = one.base & {int(str(row[0])) for row in found}
        while any(_narrowed(one, made, under_way) for one in made.values()):
            pass


def _key(one: Table) -> str:
    return "id" if "id" in one.columns else "case_id"


def _narrowed(one: Table, made: dict[str, Table], under_way: bool) -> bool:
    """Without the rows that hang on one that is not copied, or on none at all. True when some went."""
    names = [_key(one), *one.parents]
    keep = set()
    for pk, *held in _rows(f"SELECT {', '.join(names)} FROM {one.name}"):
        hangs = [(c, made[one.parents[c]], v) for c, v in zip(names[1:], held, strict=True) if v is not None]
        copied = [c for c, parent, v in hangs if v in parent.base and OF.get(one.name, c) == c]
        if all(v in parent.chosen[under_way] for _c, parent, v in hangs if v in parent.base) and (
            copied or one.name in ROOTS or one.name == "outbox_message"
        ):
            keep.add(int(str(pk)))
    keep &= _spoken_of(one, made, under_way)
    went = not one.chosen[under_way] <= keep
    one.chosen[under_way] &= keep
    return went


def _spoken_of(one: Table, made: dict[str, Table], under_way: bool) -> set[int]:
    """What is tied to a row by words: promises to their case, letters to what they are about."""
    cases = made["cases_case"].chosen[under_way]
    if one.name == "fund_commitment":
        found = _rows("SELECT id, case_ref FROM fund_commitment")
        return {int(str(pk)) for pk, ref in found if not ref or int(str(ref).removeprefix("case:")) in cases}
    if one.name == "outbox_message":
        told = {"procedure.case": cases}
        for kind, table in (("market.sale", "contracts_sale"), ("market.introduction", "introductions_introduction")):
            told[kind] = made[table].chosen[under_way]
        found = _rows("SELECT id, cause_kind, cause_id FROM outbox_message WHERE NOT secret")
        return {int(str(pk)) for pk, kind, of in found if int(str(of)) in told.get(str(kind), set())}
    return one.chosen[under_way]


def copy(made: dict[str, Table]) -> int:
    """Every tick of every table. Returns how many rows there are more; in one transaction, for tables hang on each
    other both ways."""
    many = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for one in made.values():
            for under_way, first, last in ((True, 0, OPEN - 1), (False, OPEN, TICKS - 1)):
                first = -(-first // one.every) * one.every
                names = list(one.columns)
                values = ", ".join(_value(one, name, made) for name in names)
                cursor.execute(
                    f"INSERT INTO {one.name} ({', '.join(map(_quoted, names))}) SELECT {values} FROM {one.name} o, "
                    f"generate_series({first}, {last}, {one.every}) AS k WHERE o.{_key(one)} = ANY(%s) ORDER BY k DESC",
                    [sorted(one.chosen[under_way])],
                )
                many += cursor.rowcount
        for one in made.values():
            if "id" in one.columns:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{one.name}', 'id'), (SELECT max(id) FROM {one.name}))"
                )
    return many


def _quoted(name: str) -> str:
    return f'"{name}"'


def _value(one: Table, name: str, made: dict[str, Table]) -> str:
    """A column of a copy, in SQL."""
    if own := OWN.get((one.name, name)):
        return own
    column = f"o.{_quoted(name)}"
    if name == "id":
        return f"o.id + ({one.place(one)} + 1) * {one.step}"
    if (table := one.parents.get(name)) and (parent := made[table]).base:
        base = ", ".join(map(str, sorted(parent.base)))
        moved = f"{column} + ({parent.place(one)} + 1) * {parent.step}"
        return f"CASE WHEN {column} IN ({base}) THEN {moved} ELSE {column} END"
    if (one.name, name) == ("fund_commitment", "case_ref"):
        cases = made["cases_case"]
        moved = f"'case:' || (substr(o.case_ref, 6)::int + (k + 1) * {cases.step})"
        return f"CASE o.case_ref WHEN '' THEN '' ELSE {moved} END"
    if (one.name, name) == ("outbox_message", "cause_id"):
        kinds = (("procedure.case", "cases_case"), ("market.sale", "contracts_sale"),
                 ("market.introduction", "introductions_introduction"))  # fmt: skip
        ways = " ".join(f"WHEN '{k}' THEN (k / {made[t].every} + 1) * {made[t].step}" for k, t in kinds)
        return f"(o.cause_id::bigint + CASE o.cause_kind {ways} END)::text"
    if name in STAY or one.name.startswith(UNMOVED):
        return column
    if one.columns[name].startswith(("date", "timestamp")):
        moved = f"({column} - (k / {HALF_YEAR}) * interval '{DAYS} days')"
        return f"date_trunc('month', {moved})" if name == "month" else f"{moved}::{one.columns[name]}"
    if name == "year":
        return f"{column} - k / {2 * HALF_YEAR}"
    return column
