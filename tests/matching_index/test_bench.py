"""What the measurement measures with: its figures by hand, its made-up collections, its refusals."""

from argparse import Namespace
from math import log2
from pathlib import Path

import numpy as np
import pytest

from bench.quality import quality
from bench.synthetic import Collection
from triplehelix.doors.cli import bench
from triplehelix.matching import lexical


def test_quality_by_hand():
    """Need a: an unjudged one first, then the strong one, the fairly strong one missing. Need b: nothing to find."""
    judged = {"a": {"x": 4, "y": 3, "z": 2, "u": 1}, "b": {"x": 2}}
    found = quality({"a": ["?", "x", "z"], "b": ["x"]}, judged)
    ideal = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
    assert found.ndcg10 == pytest.approx((7 / log2(3) + 1 / log2(4)) / ideal)
    assert (found.mrr10, found.recall50, found.needs) == (0.5, 0.5, 1)


def test_quality_counts_a_need_without_an_answer_given():
    assert quality({}, {"a": {"x": 4}}) == (0.0, 0.0, 0.0, 1)
    with pytest.raises(ValueError, match="no need"):
        quality({}, {"a": {"x": 2}})


def test_made_up_documents_are_cut_as_real_ones():
    """Their terms are looked up by word; cutting the text gives the same."""
    collection = Collection(["不锈钢折叠滤芯自动化生产线", "PBAT地膜，降解 90 天；铜排钝化液 ABC-1 型"] * 5, 300)
    documents = list(collection.documents("e"))
    assert len(documents) == 300
    for made in documents[:50]:
        assert dict(made.counts) == dict(lexical.document_terms(made.content.title, made.content.text))
        assert np.linalg.norm(made.vector) == pytest.approx(1, abs=1e-5)
    again = list(
        Collection(["不锈钢折叠滤芯自动化生产线", "PBAT地膜，降解 90 天；铜排钝化液 ABC-1 型"] * 5, 300).documents("e")
    )
    assert [d.hash for d in again] == [d.hash for d in documents]


@pytest.mark.parametrize(
    ("given", "said"),
    [({"needs": Path("没有.csv")}, "没有这个文件"), ({"sizes": "10"}, "1,000"), ({"sizes": "很多"}, "很多")],
)
def test_a_wrong_call_is_refused_in_one_sentence(given, said, capsys):
    here = Path(__file__)
    right = {"needs": here, "achievements": here, "judgements": here, "sizes": "", "write": False, "what": "matching"}
    assert bench.run(Namespace(**right | given)) == 2
    assert said in capsys.readouterr().err
