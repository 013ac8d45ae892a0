"""Terms in words, and what changed, clause by clause."""

from hypothesis import given
from hypothesis import strategies as st

from tests.introductions.words import WAN
from triplehelix.market.introductions.compare import Piece, clauses, pieces_of, words


@given(st.text(alphabet="三五 万元12.,%ab；\n", max_size=40), st.text(alphabet="三五 万元12.,%ab；\n", max_size=40))
def test_the_pieces_put_together_are_the_two_texts(old, new):
    pieces = pieces_of(old, new)
    assert "".join(one.text for one in pieces if one.kind != "gone") == new
    assert "".join(one.text for one in pieces if one.kind != "new") == old
    assert all(one.text for one in pieces)


def test_a_number_is_replaced_whole_and_a_sentence_where_it_changed():
    assert pieces_of("1. 签约：40 万元", "1. 签约：50 万元") == (
        Piece("same", "1. 签约："), Piece("gone", "40"), Piece("new", "50"), Piece("same", " 万元"),
    )  # fmt: skip
    assert pieces_of("本省独占三年", "本省独占五年") == (
        Piece("same", "本省独占"), Piece("gone", "三"), Piece("new", "五"), Piece("same", "年"),
    )  # fmt: skip
    assert pieces_of("许可", "转让所有权给企业") == (Piece("gone", "许可"), Piece("new", "转让所有权给企业"))


def test_clauses_say_what_changed_and_show_what_is_gone(table):
    made = table.accepted()
    first = table.propose(made)
    second = table.propose(made, table.teacher, structure="royalty", price_fen=120 * WAN, royalty_ppm=25_000,
                           royalty_base="不含税销售额", rows=[("入门费", 50 * WAN, table.today)])  # fmt: skip
    told = clauses(first, None)
    assert [one.name for one in told] == ["mode", "price", "structure", "rows", "rights", "delivery"]
    assert not any(one.changed for one in told)
    changed = {one.name: one for one in clauses(second, first) if one.changed}
    assert set(changed) == {"price", "structure", "rows", "royalty"}
    assert words(second)["royalty"] == "不含税销售额的 2.5%"
    assert words(second)["rows"] == "1. 入门费：50 万元，2026-11-23 以前"
    third = table.propose(made, structure="equity", equity_bp=1250, rows=[])
    found = {one.name: one for one in clauses(third, second)}
    assert found["royalty"].pieces == (Piece("gone", "不含税销售额的 2.5%"),)
    assert found["equity"].text == "12.5%"
