"""What somebody writes against a notice is taken whole, or told at its field."""

import pytest

from triplehelix.records.objections import words
from triplehelix.records.parties.rules import Invalid

TEXT = "公示的研发费用和企业年报里的不一致，请核对明细账。"


def test_it_is_kept_without_stray_blanks():
    found = words(" 张  三 ", "0635 820 0009", f"{TEXT}\x00 ")
    assert found == {"name": "张 三", "phone": "06358200009", "text": TEXT}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "匿"), ("name", "张\x00三"), ("name", "张" * 61), ("phone", "打前台"), ("phone", "123456"),
        ("phone", "１３８００００００００"), ("text", "不同意"), ("text", "长" * 3001),
    ],
)  # fmt: skip
def test_each_field_says_what_is_wrong(field, value):
    with pytest.raises(Invalid) as why:
        words(**{"name": "张三", "phone": "13800000000", "text": TEXT} | {field: value})
    assert list(why.value.errors) == [field]
