"""A city that pays only some of the claims: the others are neither offered nor taken, and the pack is sound."""

import shutil

import pytest

from tests.finance.words import WAN, YUAN
from triplehelix.market.finance import actions, terms
from triplehelix.market.finance import acts as offers
from triplehelix.records.parties import pack
from triplehelix.records.steps.actions import Refused


@pytest.fixture
def only_interest(tmp_path, settings):
    """The pack of a city that subsidises interest, shares no losses and knows no guarantees."""
    settings.PACK_DIR = shutil.copytree(settings.PACK_DIR, tmp_path / "pack")
    path = settings.PACK_DIR / "reference" / "finance.toml"
    text = path.read_text(encoding="utf-8")
    for line in ('loss = "M5.2-loss"', 'guarantee = "M5.2-guarantee"', 'premium = "M5.2-insurance"'):
        assert line in text
        text = text.replace(line, "")
    shares = text[text.index("[shares]") : text.index("# 每一项能算的钱")]
    path.write_text(text.replace(shares, ""), encoding="utf-8")
    return path


def test_the_pack_is_sound_and_says_what_it_pays(only_interest):
    assert pack.faults() == []
    paid = [kind for kind in ("interest", "loss", "guarantee", "premium", "payout") if terms.pays(kind)]
    assert paid == ["interest"]


def test_what_is_paid_goes_on(only_interest, finance):
    assert finance.claim(finance.subsidised(1_000_000 * YUAN)).amount_fen == 400_000 * YUAN


def test_a_loss_is_neither_offered_nor_taken(only_interest, finance):
    case = finance.filed()
    case = finance.step(case, "fall_due", finance.teller)
    assert "loss" not in {act.code for act in offers.offered(case, frozenset({"institution"}))}
    values = {"principal_fen": 100 * WAN, "document": "认定书", "on": finance.today}
    with pytest.raises(Refused, match="没有分担本金损失"):
        actions.report_loss(values=values, decided={}, **finance.on(case, finance.teller))


def test_an_insured_firm_is_offered_no_subsidy_of_its_premium(only_interest, finance):
    case = finance.insured()
    assert not {act.code for act in offers.offered(case, frozenset({"firm"}))} & {"claim_premium"}
    with pytest.raises(Refused, match="不适用这一事项"):
        finance.claim(case, "premium")


def test_a_kind_of_claim_there_is_not_is_named(only_interest):
    text = only_interest.read_text(encoding="utf-8")
    only_interest.write_text(text.replace("[awards]", '[awards]\nintrest = "M5.2-interest"'), encoding="utf-8")
    (told,) = pack.faults()
    assert "没有 intrest 这种事项" in told and "interest、loss、guarantee、premium" in told
