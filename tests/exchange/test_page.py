"""The protocol's page says what both implementations do: its worked example is made anew and compared."""

import base64
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as some

from tests.exchange import peer
from tests.exchange.conftest import BODY
from triplehelix.config.paths import ROOT
from triplehelix.market.exchange import body, canonical, envelope, refusals, requests
from triplehelix.market.exchange.fingerprints import fingerprint, key_id, public_of

PAGE = (ROOT / "docs" / "howto" / "exchange-with-another-market.md").read_text(encoding="utf-8")
KEY = peer.Key(bytes(range(32)))
URL = "https://shandong.example/exchange/v1/inbox"


def example():
    """The parts of section 10, made by the implementation that was written from the page."""
    sealed = peer.sealed(
        KEY, **{"from": "market.example"}, to="shandong.example", seq=1, prev=0, verb="publish", kind="achievement",
        id="market.example/achievement/17", revision=1, issued_at="2026-11-27T01:02:03Z",
        body=BODY | {"url": "https://market.example/achievements/17/", "valid_until": "2027-05-26"},
    )  # fmt: skip
    content = peer.spelling({"entries": [sealed]})
    headers = peer.signed("POST", URL, content, KEY, "market.example", created=1795741323, nonce="o6BqkV3mGnQ7rXuT5yWz")
    parameters = headers["Signature-Input"].removeprefix("sig=")
    return (
        {
            "envelope": json.dumps(sealed, ensure_ascii=False, indent=2),
            "base": peer.signing_base(sealed).decode(),
            "request": "POST /exchange/v1/inbox HTTP/1.1\nHost: shandong.example\n"
            + "\n".join(f"{name}: {value}" for name, value in headers.items()),
            "request_base": peer.request_base("POST", URL, parameters, headers).decode(),
        },
        sealed,
        content,
        headers,
    )


@pytest.mark.parametrize("part", ["envelope", "base", "request", "request_base"])
def test_the_example_of_the_page_is_true(part):
    assert example()[0][part] in PAGE
    assert KEY.public in PAGE
    assert KEY.fingerprint in PAGE


def test_our_program_makes_the_same_and_takes_it():
    _parts, sealed, content, headers = example()
    assert fingerprint(KEY.public) == KEY.fingerprint
    assert key_id(KEY.public) == KEY.id
    statement = {name: sealed[name] for name in sealed if name not in ("protocol", "key", "digest", "signature")}
    assert envelope.seal(statement, key_id=KEY.id, private=KEY.private) == sealed
    found = envelope.shaped(sealed)
    envelope.prove(found, public_of(KEY.public))
    body.checked(found.verb, found.body)
    assert canonical.written({"entries": [sealed]}) == content
    verifier = requests.HTTPMessageVerifier(
        signature_algorithm=requests.algorithms.ED25519,
        key_resolver=requests.MappingKeyResolver(
            public_keys={f"market.example:{KEY.id}": public_of(KEY.public)}, private_keys={}
        ),
    )
    verifier.validate_created_and_expires = lambda *_args, **_more: None
    (result,) = verifier.verify(
        requests.Message("POST", URL, headers, content), expect_tag=requests.TAG, max_age=None,
        require_components=requests.WRITING, body=content,
    )  # fmt: skip
    assert result.nonce == "o6BqkV3mGnQ7rXuT5yWz"


def test_the_page_names_every_member_and_every_code():
    from triplehelix.doors.exchange import views

    for name in (
        *envelope.MEMBERS,
        *body.MEMBERS,
        *views.STATUSES,
        *body.REASONS,
        "bad_digest",
        "bad_body",
        "kind_changed",
    ):
        assert f"`{name}`" in PAGE or f'"{name}"' in PAGE, name
    assert f"{envelope.MOST_BYTES:,}".replace(",", " ") in PAGE
    assert refusals.KEPT.days == 180


PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers(-canonical.MOST_WHOLE, canonical.MOST_WHOLE)
    | some.text(some.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda one: some.lists(one, max_size=3)
    | some.dictionaries(some.text("abcXYZ_09", min_size=1, max_size=9), one, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(PLAIN)
def test_both_implementations_spell_alike_and_read_back(value):
    spelled = canonical.written({"value": [value]}) if _shallow(value) else None
    if spelled is not None:
        assert spelled == peer.spelling({"value": [value]}) == rfc8785.dumps({"value": [value]})
        assert canonical.read(spelled) == {"value": [value]}


def _shallow(value, depth=2):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth <= canonical.MOST_DEPTH and all(_shallow(one, depth + 1) for one in inner)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff", b"{", b"", b"1.0", b"1e3", b"NaN", b"-Infinity", b"9007199254740992", b"9" * 5000, b'{"a":1,"a":2}',
        b'"\\u0000"',
        b'"\\ud800"', '{"名":1}'.encode(), b'{"":1}', b"[" * 20 + b"]" * 20, b"[" * 100_000, b'{"a":1} x',
    ],
)  # fmt: skip
def test_what_two_programs_might_read_differently_is_refused(raw):
    with pytest.raises(canonical.NotPlain):
        canonical.read(raw)


@given(some.binary(max_size=80))
def test_any_bytes_are_a_value_or_refused(raw):
    try:
        canonical.written(canonical.read(raw))
    except canonical.NotPlain:
        return


@pytest.mark.parametrize(
    ("changed", "member"),
    [
        ({"title": " "}, "title"), ({"title": "长" * 121}, "title"), ({"title": 7}, "title"), ({"text": None}, "text"),
        ({"holder": ""}, "holder"), ({"holder_code": "91371502MA0000000X"}, "holder_code"), ({"trl": 14}, "trl"),
        ({"trl": True}, "trl"), ({"price_fen": -1}, "price_fen"), ({"modes": ["x"] * 21}, "modes"),
        ({"modes": "技术转让"}, "modes"), ({"ip": [{"type": "x"}]}, "ip"), ({"ip": {}}, "ip"),
        ({"url": "javascript:alert(1)"}, "url"), ({"url": "https://a b/"}, "url"), ({"url": "//x.example/"}, "url"),
        ({"url": "https://me@x.example/"}, "url"), ({"valid_until": "2026-02-30"}, "valid_until"),
        ({"valid_until": "20260228"}, "valid_until"), ({"published_on": ""}, "published_on"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_shown_is_refused_by_its_member(changed, member):
    body.checked("publish", BODY | {"more": {"of": "theirs"}})
    with pytest.raises(envelope.Refusal) as why:
        body.checked("publish", BODY | changed)
    assert (why.value.code, why.value.detail) == ("bad_body", f"'{member}'")
    missing = {name: value for name, value in BODY.items() if name != member}
    with pytest.raises(envelope.Refusal):
        body.checked("update", missing)


def test_a_withdrawal_says_why():
    body.checked("withdraw", {"reason": "expired"})
    with pytest.raises(envelope.Refusal):
        body.checked("withdraw", {"reason": "no idea"})


@pytest.mark.parametrize("size", [31, 33, 0])
def test_a_key_has_32_bytes(size):
    with pytest.raises(ValueError):
        public_of(base64.b64encode(bytes(size)).decode())
