"""The demo of another city's pack: nothing but the people who keep its offices. The demo city's firms, needs and cases
are of Liaocheng's lists and measures, and would be strangers there."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from triplehelix.doors.cli.city import DemoAccount
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Account

#: Who they are: the mailbox, the office, what one sees as them.
OFFICES = (
    ("city", "city_officer", "市科技局：发布批次、受理、公示，任命其他职务"),
    ("county", "county_officer", "县区主管部门：核实单位、推荐"),
    ("finance", "finance_officer", "市财政局：登记预算文件、设立用途、拨付"),
    ("auditor", "auditor", "审计：只看"),
)
BEGUN = timedelta(days=30)


def load(*, now: datetime | None = None) -> list[DemoAccount]:
    """Appoint them once; asked again, it only answers the accounts. Their one password is made at random and kept under
    var/."""
    now = now or timezone.now()
    kept = settings.VAR / "demo-password.txt"
    if not Account.objects.exists():
        kept.write_text(secrets.token_urlsafe(9))
        kept.chmod(0o600)
        with transaction.atomic():
            _appoint(now - BEGUN, kept.read_text())
    password = kept.read_text().strip()
    there = set(Account.objects.values_list("email", flat=True))
    accounts = [DemoAccount(f"{who}@example.com", password, who, why) for who, _role, why in OFFICES]
    return [account for account in accounts if account.email in there]


def _appoint(begun: datetime, password: str) -> None:
    county = next((unit.code for unit in reference.units().current(timezone.localdate(begun))), "")
    first: Account | None = None
    for who, role, why in OFFICES:
        if role == "county_officer" and not county:
            continue  # a city without counties: what they would do is the city's
        account = parties.create_account(
            email=f"{who}@example.com", name=why.split("：")[0], password=None, actor=first, now=begun
        )
        parties.appoint(
            account=account, role=role, unit=county if role == "county_officer" else "",
            since=timezone.localdate(begun), document="演示", actor=first, now=begun,
        )  # fmt: skip
        first = first or account
    Account.objects.update(password=make_password(password))
