"""`./run decide` on facts that cannot be used: one clear sentence each, exit status 2, never a traceback."""

import json

import pytest

from triplehelix.__main__ import main

R1 = {
    "provincial_award_document_yuan": "300000", "provincial_award_arrived_yuan": 250000.5, "project_list": "sti2030",
    "registered_in_city": True, "kind": "award", "project_no": "2025YFB3400001", "document_no": "鲁财教指〔2026〕18号",
    "award_for_project": True, "given_before_yuan": 0,
}  # fmt: skip
R3 = {
    "above_scale": True, "accurate": True, "rd_expense_yuan": 1000000, "rd_expense_last_year_yuan": None,
    "reported_before": False,
}  # fmt: skip
WHO = {"person": "周致远", "id_tail": "0316"}
UNIT = {
    "id": "A", "funds_arrived_last_year_yuan": 1000000, "passed_outside_city_yuan": 0, "refunded_yuan": 0,
}  # fmt: skip
R2 = {
    "units": [UNIT], "awarded_before_yuan": 0, "registered_in_city": True, "project_no": "2025CXGC010101",
    "given_before_yuan": 0,
}  # fmt: skip


@pytest.fixture
def ask(tmp_path, capsys):
    def ask(award, facts, *more):
        file = tmp_path / "facts.json"
        text = facts if isinstance(facts, str) else json.dumps(facts, ensure_ascii=False)
        file.write_text(text, encoding="utf-8")
        status = main(["decide", award, "--facts", str(file), "--on", "2026-06-30", *more])
        out, err = capsys.readouterr()
        return status, (json.loads(out) if status == 0 and not more else out), err

    return ask


def test_a_good_case_is_answered_with_its_reasons(ask):
    status, answer, _err = ask("M3.2-national", R1)
    assert status == 0
    assert answer["granted_fen"] == 25_000_000
    assert answer["refused"] == answer["open"] == []
    assert any("三（二）" in step for step in answer["steps"])
    assert any("250,000.00 元" in step for step in answer["steps"])


def test_an_open_term_is_named_and_nothing_granted(ask):
    facts = {"level": "高级", "certificate_no": "A1", "in_city_pool": True, "paid_levels": ["初级"]} | WHO
    _status, answer, _err = ask("M5.3", facts)
    assert answer["granted_fen"] is None
    assert [one["code"] for one in answer["open"]] == ["manager_reward"]


def test_shares_are_given_by_unit(ask):
    units = [UNIT | {"id": "b", "funds_arrived_last_year_yuan": 3_000_000}, UNIT | {"id": "a"}]
    _status, answer, _err = ask("M3.2-provincial", R2 | {"units": units})
    assert answer["shares"] == [{"id": "b", "granted_fen": 75_000_000}, {"id": "a", "granted_fen": 25_000_000}]


def without(facts, key):
    return {k: v for k, v in facts.items() if k != key}


PERSON = {"level": "初级", "certificate_no": "1", "in_city_pool": True, "paid_levels": []} | WHO

BAD = {
    "unknown key": ("M3.2-national", R1 | {"bonus": 1}, "bonus"),
    "missing fact": ("M3.2-national", without(R1, "kind"), "kind"),
    "missing nullable fact": ("M5.4", without(R3, "rd_expense_last_year_yuan"), "rd_expense_last_year_yuan"),
    "null where it may not be": ("M5.4", R3 | {"rd_expense_yuan": None}, "rd_expense_yuan"),
    "negative": ("M5.4", R3 | {"rd_expense_yuan": -1}, "不能为负"),
    "1e18": ("M5.4", json.dumps(R3).replace("1000000", "1e18"), "rd_expense_yuan"),
    "10**18 as text": ("M5.4", R3 | {"rd_expense_yuan": "1" + "0" * 18}, "rd_expense_yuan"),
    "more digits than Python reads": ("M5.4", json.dumps(R3).replace("1000000", "9" * 5000), "太长"),
    "NaN": ("M5.4", json.dumps(R3).replace("1000000", "NaN"), "NaN"),
    "Infinity": ("M5.4", json.dumps(R3).replace("1000000", "-Infinity"), "Infinity"),
    "NaN as text": ("M5.4", R3 | {"rd_expense_yuan": "NaN"}, "rd_expense_yuan"),
    "three decimals": ("M5.4", R3 | {"rd_expense_yuan": "1.234"}, "小数"),
    "a yes for a number": ("M5.4", R3 | {"rd_expense_yuan": True}, "rd_expense_yuan"),
    "a number for a yes": ("M5.4", R3 | {"accurate": 1}, "accurate"),
    "text for a yes": ("M5.4", R3 | {"accurate": "true"}, "accurate"),
    "a list for an amount": ("M5.4", R3 | {"rd_expense_yuan": [1]}, "rd_expense_yuan"),
    "full-width digits": ("M5.4", R3 | {"rd_expense_yuan": "１００００００"}, "全角"),
    "a factor above one": ("M5.4", R3 | {"pool_factor": "3/2"}, "pool_factor"),
    "a factor over zero": ("M5.4", R3 | {"pool_factor": "1/0"}, "pool_factor"),
    "unknown code": ("M3.2-national", R1 | {"project_list": "863"}, "national_major"),
    "no units": ("M3.2-provincial", R2 | {"units": []}, "units"),
    "unit without id": ("M3.2-provincial", R2 | {"units": [without(UNIT, "id")]}, "id"),
    "unit given twice": ("M3.2-provincial", R2 | {"units": [UNIT, UNIT]}, "两次"),
    "unknown key in a unit": ("M3.2-provincial", R2 | {"units": [UNIT | {"x": 1}]}, "x"),
    "negative in a unit": ("M3.2-provincial", R2 | {"units": [UNIT | {"refunded_yuan": -5}]}, "不能为负"),
    "a level twice": ("M5.3", PERSON | {"paid_levels": ["初级"] * 2}, "两次"),
    "a number that lost its zeros": ("M5.3", PERSON | {"id_tail": "316"}, "不丢前面的零"),
    "nothing but a zero-width mark": ("M5.3", PERSON | {"certificate_no": "\u200b"}, "不能为空"),
    "an empty certificate": ("M5.3", PERSON | {"certificate_no": " "}, "certificate_no"),
    "no JSON": ("M5.4", "{", "JSON"),
    "an empty file": ("M5.4", "", "JSON"),
    "a list": ("M5.4", "[]", "{"),
    "brackets without end": ("M5.4", "[" * 100_000, "嵌套"),
    "a key twice": ("M5.4", '{"accurate": true, "accurate": false}', "两次"),
    "no such award": ("M9.9", R3, "M5.4"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_facts(ask, case):
    award, facts, said = BAD[case]
    status, out, err = ask(award, facts)
    assert status == 2
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_a_day_before_the_policy_and_a_day_that_is_none(ask, tmp_path, capsys):
    file = tmp_path / "f.json"
    file.write_text(json.dumps(R3), encoding="utf-8")
    for day, said in (("2025-12-31", "尚未生效"), ("2026-02-30", "2026-06-30")):
        assert main(["decide", "M5.4", "--facts", str(file), "--on", day]) == 2
        assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path, capsys):
    assert main(["decide", "M5.4", "--facts", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    assert main(["decide", "M5.4", "--facts", str(tmp_path / "b.json")]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_the_page_of_text_can_be_printed(ask):
    status, page, _err = ask("M5.4", R3, "--text")
    assert status == 0
    assert page.splitlines()[-1] == "结论：支持 50,000.00 元"
