"""Amounts in words: exact, and as the reader counts."""

import pytest
from django.utils.translation import override

from triplehelix.records.amounts import exact, in_words


@pytest.mark.parametrize(
    ("fen", "chinese", "english"),
    [
        (0, "0 元", "¥0"),
        (860_000, "8,600 元", "¥8,600"),
        (860_050, "8,600.50 元", "¥8,600.50"),
        (1_000_000, "1 万元", "¥10,000"),
        (1_500_000, "1.5 万元", "¥15,000"),
        (120_000_000, "120 万元", "¥1,200,000"),
        (1_234_567, "1.234567 万元", "¥12,345.67"),
        (-1_500_000, "-1.5 万元", "-¥15,000"),
        (200_000_000_000, "200,000 万元", "¥2,000,000,000"),
    ],
)
def test_in_words(fen: int, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert in_words(fen) == chinese
    with override("en"):
        assert in_words(fen) == english


@pytest.mark.parametrize(
    ("fen", "chinese", "english"),
    [(0, "0.00 元", "¥0.00"), (100_000_000, "1,000,000.00 元", "¥1,000,000.00"), (-1_05, "-1.05 元", "-¥1.05")],
)
def test_exact(fen: int, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert exact(fen) == chinese
    with override("en"):
        assert exact(fen) == english
