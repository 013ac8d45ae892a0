"""Loading the demo city: readable files in, through the same actions everybody uses."""

import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from triplehelix.doors.cli import (
    city_corrections,
    city_endings,
    city_exchange,
    city_experts,
    city_feedback,
    city_finance,
    city_fund,
    city_fund_past,
    city_introductions,
    city_listings,
    city_lists,
    city_needs,
    city_newcomers,
    city_people,
    city_procedure,
    city_sales,
    city_webhooks,
)
from triplehelix.doors.cli.city_people import FOUNDED, City
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation, Person


@dataclass(frozen=True)
class DemoAccount:
    email: str
    password: str
    name: str
    why: str


def read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def load(
    folder: Path, *, now: datetime | None = None, progress: Callable[[str], None] = lambda line: None
) -> list[DemoAccount]:
    """Load the city once, in one transaction; asked again, it only answers the accounts.

    The one password of the demo accounts is made at random and kept under var/; they exist only in a demo.
    """
    now = now or timezone.now()
    kept = settings.VAR / "demo-password.txt"
    if not Organisation.objects.exists():
        kept.write_text(secrets.token_urlsafe(9))
        kept.chmod(0o600)
        progress("载入演示城市…")
        with transaction.atomic():
            _load(folder, now, kept.read_text(), progress)
    password = kept.read_text().strip()
    return [DemoAccount(a["login"], password, a["name"], a["why"]) for a in read(folder / "city.toml")["account"]]


def _load(folder: Path, now: datetime, password: str, progress: Callable[[str], None]) -> None:
    officers = read(folder / "officers.toml")["office"]
    first = officers[0]["officer"][0]
    officer = parties.create_account(
        email=first["email"], name=first["name"], password=None, actor=None, now=now - FOUNDED
    )
    city = City(now, {}, {}, officer, {})
    city_people.offices(city, officers)
    for row in read(folder / "institutes.toml")["institute"]:
        city_people.register(city, row, type=row["type"])
    for row in read(folder / "finance.toml")["institution"]:
        city_people.register(city, {**row, "kind": "金融机构"}, type="金融机构")
    chains = [read(path) for path in sorted((folder / "chains").glob("*.toml"))]
    city_people.firms_and_experts(city, chains)
    city_people.accounts(city, read(folder / "city.toml")["account"])
    _let_in(folder, password)
    city_listings.load(city, chains, progress)
    city_newcomers.load(read(folder / "city.toml")["newcomer"], now=now)
    city_endings.load(read(folder / "city.toml"), officer, city.organisations, city.people, now=now)
    progress("  走访、诊断、清单、金融…")
    city_corrections.load(folder / "corrections.toml", officer, city.organisations, city.clerks, now=now)
    city_needs.load(folder / "needs.toml", city.organisations, city.clerks, now=now)
    city_lists.load(folder / "lists.toml", officer, city.clerks, now=now)
    city_finance.load(folder / "finance.toml", officer, city.organisations, city.clerks, now=now)
    progress("  引荐、其他市场、专家…")
    city_introductions.load(folder / "introductions.toml", officer, city.clerks, now=now)
    city_feedback.load(folder / "feedback.toml", officer, now=now)
    city_exchange.load(folder / "exchange.toml", officer, now=now)
    city_experts.load(folder / "experts", officer, city.organisations, city.people, city.clerks, now=now)
    progress("  资金、办件…")
    city_fund_past.load(folder / "fund.toml", city.organisations, now=now)
    purses = city_fund.open_year(folder / "fund.toml", now=now)
    expert = Person.objects.filter(account__isnull=False).order_by("pk").first()
    if not city_procedure.load(folder / "procedure.toml", city.organisations, expert, now=now):
        progress("  办件：今年或明年的放假安排还没有录入，没有载入（见 measures/…/reference/calendar_<年>.toml）")
    # Last, because it is of today: lists for the bank are numbered as they are made.
    city_fund.load(folder / "fund.toml", purses, city.organisations, now=now)
    progress("  交易…")
    if not city_sales.load(folder / "sales.toml", city.organisations, officer, now=now):
        progress("  交易：今年或明年的放假安排还没有录入，没有载入")
    city_webhooks.load(folder / "exchange.toml", now=now)


def _let_in(folder: Path, password: str) -> None:
    """The officers and the demo accounts get the one password: hashed once, since hashing is slow by intent."""
    officers = [row["email"] for office in read(folder / "officers.toml")["office"] for row in office["officer"]]
    logins = [row["login"] for row in read(folder / "city.toml")["account"]]
    Account.objects.filter(email__in=[*officers, *logins]).update(password=make_password(password))
