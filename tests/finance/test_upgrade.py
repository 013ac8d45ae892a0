"""What an older database holds, and what the upgrades make of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.finance.words import NOW
from triplehelix.market.finance.models import Claim, Loan


@pytest.fixture
def as_the_trail_says():
    """Not asked here: the tables are those of an older program."""


BEFORE, AFTER = ("finance", "0002_kept"), ("finance", "0003_claimed_once")


def migrated(to):
    with connection.cursor() as cursor:
        # A table with checks still waiting cannot be altered; here rows and upgrade are in one transaction.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([to])


def claimed(loan, payee, kind, year, days, **more):
    return Claim.objects.create(
        loan=loan, payee=payee, kind=kind, year=year, base_fen=100_00, amount_fen=50_00,
        made_at=NOW + timedelta(days=days), **more,
    )  # fmt: skip


@pytest.mark.django_db
def test_of_two_claims_of_one_policy_the_earliest_stays_and_the_later_is_void_with_the_reason(finance, capsys):
    loan, other = finance.guaranteed().loan, finance.guaranteed().loan
    migrated(BEFORE)
    made = {
        # Written later, claimed earlier: the day counts, not the number.
        "later": claimed(loan, finance.firm, "premium", 2026, 9),
        "first": claimed(loan, finance.firm, "premium", 2025, 1),
        "taken back": claimed(loan, finance.firm, "premium", 2024, 0, void_why="重新选择"),
        "of another": claimed(other, finance.firm, "premium", 2026, 5),
        "yearly": claimed(loan, finance.firm, "guarantee", 2025, 1),
        "yearly too": claimed(loan, finance.firm, "guarantee", 2026, 2),
    }
    migrated(AFTER)
    now = {name: Claim.objects.get(pk=row.pk) for name, row in made.items()}
    assert {name for name, row in now.items() if row.void_why} == {"later", "taken back"}
    assert f"第 {made['first'].pk} 号" in now["later"].void_why and "请核对办件" in now["later"].void_why
    assert now["taken back"].void_why == "重新选择"
    assert (now["later"].amount_fen, now["later"].year) == (50_00, 2026)
    assert f"claim {made['later'].pk} (premium 2026" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_guarantee_signed_before_has_the_security_its_firm_wished_for(finance):
    case, loan = finance.guaranteed(collateral="ip"), finance.granted()
    migrated(AFTER)
    migrated(("finance", "0004_security"))
    assert Loan.objects.get(application=case).security == "ip" and Loan.objects.get(application=loan).security == ""
