"""What digests of the trail are made of stays as it is: rows written by every version before are compared with it."""

import ast
import inspect
import textwrap
from hashlib import sha256

import pytest

from triplehelix.fund import orders
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import kept as sales
from triplehelix.market.diagnosis import kept as diagnoses
from triplehelix.market.equity import kept as investments
from triplehelix.market.finance import kept as finance
from triplehelix.market.introductions import kept as introductions
from triplehelix.market.listings import kept as listings
from triplehelix.market.nda import kept as agreements
from triplehelix.market.needs.models import Need
from triplehelix.market.visits import kept as visits
from triplehelix.procedure.cases import kept as cases
from triplehelix.procedure.notices import check as notices
from triplehelix.procedure.openings import kept as openings
from triplehelix.procedure.panels import kept as panels
from triplehelix.records import objections

WHY = (
    "Rows of the trail have digests of this group as it was: with other values in it, `verify` would say of every row"
    " written before that it was changed. Leave it, and give what is new a group of its own (a key here and in GROUPS)."
)
FROZEN = {
    orders.groups: {"account": "9a21c6659c04", "order": "7745c3a41c74"},
    sales.groups: {
        "sale": "e379e8c414dc",
        "public": "477872d66c2f",
        "contract": "5015bcce20a3",
        "amendments": "ada59b5b2f89",
        "registration": "d31f7b4d7c75",
        "money": "628d723bcdbb",
        "income": "e8ecb71cf749",
    },
    finance.groups: {
        "case": "763206efb242",
        "consent": "7b3d6fbb1274",
        "contract": "bed9a1fed49b",
        "paid": "c38dbd1404b6",
        "filing": "149cfe8b44a2",
        "loss": "c96d0b04a9ed",
        "claims": "f73f2623fbc7",
    },
    listings.groups: {
        "standing": "0c746402d541",
        "words": "bfeb5a5d3122",
        "more": "00be99ad5d0f",
        "contact": "4c32051acc6b",
    },
    introductions.groups: {
        "invitation": "1f92f0f6143e",
        "answers": "e0c0e43645e7",
        "manager": "6672fbc95909",
        "meetings": "31ce71996764",
        "terms": "482857d56d9a",
        "intent": "589bd13f14b0",
        "room": "fa6324d1dc82",
        "voids": "1de970556e2e",
        "meeting_voids": "4fcba7668921",
    },
    visits.groups: {"visit": "e67a60650070", "met": "fd2816354403", "void": "7331ce57bbb0", "asks": "ff68687e5d88"},
    visits.of_ask: {"ask": "ee179e99e50a", "answer": "f925c67a4852"},
    diagnoses.groups: {
        "term": "add7a93d19bd",
        "holder": "abd0b03bb862",
        "judgement": "a36492ecc33d",
        "questions": "418f48159d30",
    },
    agreements.groups: {"parties": "93da9e1afeff", "text": "4b8ac1c7e9bc", "answers": "898d17f95c4d"},
    openings.groups: {"opening": "c859154edbba", "facts": "4c2147a6903a", "case": "980fb2c0277b"},
    investments.groups: {"deal": "452fd3547c52", "terms": "15f8f967f123", "exit": "5c05cac68a23"},
    cases.groups: {
        "case": "b64904ac23ab",
        "facts": "f41095790135",
        "decision": "fd67044e44dd",
        "law": "d1114854afb8",
        "review": "b0df5f97a99f",
        "account": "6653cc007ddb",
        "agreement": "572ef188c191",
        "papers": "6ebb99689b4a",
    },
    cases.of_round: {"round": "cfb0badd6d39"},
    notices.groups: {"notice": "9ebd749fcc3e", "items": "31922e52e28a"},
    panels.of_panel: {"draw": "020b2a4c04cd", "seats": "172a0577b292"},
    panels.of_seat: {"score": "ec925f6823a2"},
    panels.of_finding: {"credit": "207d211297b4"},
    objections.groups: {"words": "32793c7b78ab", "answer": "f50a669426d0"},
}

#: What each kind of listing adds to the group `more`.
OWN = {Need: "fcc06ab659b9", Achievement: "74996dc0bf40"}


def forms(function):
    """By group a mark of what it is made of, whatever its lines and comments look like."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    *before, returned = body.body[1:]
    rest = "\n".join(map(ast.unparse, before))
    made = zip(returned.value.keys, returned.value.values, strict=True)
    return {key.value: sha256(f"{rest}\n{ast.unparse(one)}".encode()).hexdigest()[:12] for key, one in made}


@pytest.mark.parametrize("function", FROZEN, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_a_group_rows_of_the_trail_speak_of_never_changes(function):
    now, frozen = forms(function), FROZEN[function]
    assert {name: now.get(name) for name in frozen} == frozen, WHY
    assert now.keys() == frozen.keys(), "A new group: note its mark here, so that it stays as well."


@pytest.mark.parametrize("model", OWN, ids=lambda one: one.__name__)
def test_what_a_kind_of_listing_adds_never_changes(model):
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(model.own_values))).body
    assert sha256(ast.unparse(body).encode()).hexdigest()[:12] == OWN[model], WHY
