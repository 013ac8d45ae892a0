"""Whoever changes a row behind the program is named by `verify`: cases, orders, notices, objections, settings."""

import argparse
from datetime import date

import pytest
from django.db import connection

from tests.cases import words
from triplehelix.doors.cli import verify as command
from triplehelix.fund import orders
from triplehelix.procedure.cases import check
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.notices import check as public
from triplehelix.procedure.terms import actions as terms
from triplehelix.procedure.terms import check as settings_check


@pytest.fixture
def paid(city):
    """One case of a list of candidates, public, objected to, and paid."""
    (case,) = words.confirmed(city)
    item = city.notice(case).items.get()
    objection = notices.object_to(
        item=item, name="李真名", phone="13800000000", text="研发投入与统计年报不符，请核对原始凭证。", now=city.now
    )
    notices.answer(
        objection=objection, is_upheld=False, text="经核对与年报一致，异议不成立。", actor=city.clerk, now=city.now
    )
    city.step(case, "resume", city.clerk)
    city.days(9)
    notices.end_due(now=city.now)
    city.step(case, "order", city.finance)
    city.bank((city.payments(case)[0], ""))
    terms.settle(
        code="rd_scheme", value="tiers", since=date(2027, 1, 1), document="聊科字〔2026〕8号", actor=city.clerk,
        now=city.now,
    )  # fmt: skip
    case.refresh_from_db()
    assert everything() == []
    return case


def everything():
    return [*check.problems(), *orders.altered(), *public.problems(), *settings_check.problems()]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE cases_case SET granted_fen = 1", "决定和金额"),
        ("UPDATE cases_case SET decision = '{}'", "决定和金额"),
        ("UPDATE cases_round SET budget_fen = 1", "时间、预算和名额"),
        ('UPDATE cases_round SET facts = \'{"pool_factor": "1"}\'', "时间、预算和名额"),
        ("UPDATE cases_case SET facts = '{}'", "事实和核对"),
        ("UPDATE cases_case SET judged_on = '2020-01-01'", "适用的标准"),
        ("UPDATE cases_case SET account_name = '别人'", "收款账户"),
        ("UPDATE cases_case SET state = 'rejected'", "单位、事项和状态"),
        ("UPDATE notices_noticeitem SET amount_fen = 1, name = '别的企业'", "公示的单位、事项和金额"),
        ("UPDATE notices_notice SET last = last + 1", "文号、标题和期限"),
        ("UPDATE notices_objection SET text = '没有意见'", "异议人和异议内容"),
        ("UPDATE notices_objection SET is_upheld = true", "答复"),
        ("DELETE FROM notices_objection", "异议 #"),
        ("UPDATE terms_settled SET since = '2020-01-01'", "标准 rd_scheme：第 1 次设定"),
        ("DELETE FROM terms_settled", "标准 rd_scheme：第 1 次设定"),
        ("UPDATE fund_payment SET account_number = '6222020200119999999'", "户名、账号和开户行"),
        ("UPDATE fund_payment SET purpose = '别的'", "期次、金额和用途"),
    ],
)
def test_a_changed_row_is_named(paid, change, named):
    with connection.cursor() as cursor:
        cursor.execute(change)
    (problem,) = everything()
    assert named in problem


def test_what_no_key_opens_is_told_and_hides_nothing_else(paid, capsys):
    """A number written over without the program, or under a key that was left behind: told as such, and of the others
    what there is to tell."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET account_number = '6222020200119999999'")
        cursor.execute("UPDATE fund_payment SET purpose = '别的'")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["--skip-files"])) == 1
    said = capsys.readouterr().out
    assert f"{paid}：加密的内容打不开，没有与留痕核对" in said and "加密的内容有 1 处不符" in said
    assert "期次、金额和用途与留痕不符" in said


def test_after_a_change_of_keys_nothing_is_called_changed(paid, settings):
    from cryptography.fernet import Fernet

    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert everything() == []


def test_the_command_tells_of_every_kind(paid, capsys):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([])) == 0
    said = capsys.readouterr().out
    market = (
        "需求 0 条，成果 0 条，走访 0 次，会诊 0 件，保密协议 0 份，引荐 0 件，交易 0 笔，股权投资 0 笔，融资办件 0 件"
    )
    kinds = "办件 1 件，自动开办 0 件，评分 0 份，公示 1 次，异议 1 件，标准的设定 1 次"
    assert f"与留痕一致：{market}，{kinds}" in said and "开单时一致：1 单" in said
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET facts = '{}'")
        cursor.execute("UPDATE terms_settled SET document = '没有文号'")
    assert command.run(parser.parse_args(["--skip-files"])) == 1
    said = capsys.readouterr().out
    assert "办件有 1 处不符" in said and "标准的设定有 1 处不符" in said
