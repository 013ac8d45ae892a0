"""Who is in the demo city: offices, organisations, experts, and those who act for them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation, Person

FOUNDED = timedelta(days=400)


@dataclass
class City:
    """What has been loaded, by the names the files use."""

    now: datetime
    organisations: dict[str, Organisation]
    people: dict[str, Person]
    officer: Account
    clerks: dict[int, Account]  # by organisation


def firms_and_experts(city: City, chains: list[dict[str, Any]]) -> None:
    """The firms of each chain, then the experts of all of them."""
    for chain in chains:
        for row in chain["firm"]:
            organisation = register(city, row, type="企业")
            parties.join_chain(
                organisation=organisation, chain=chain["chain"], since=_founded(city.now), actor=city.officer,
                now=city.now,
            )  # fmt: skip
    for chain in chains:
        for row in chain["expert"]:
            city.people[row["id"]] = parties.register_person(
                name=row["name"], home=city.organisations[row["home"]], title=row["title"],
                discipline=row["discipline"], about=row["about"], actor=city.officer, now=city.now,
            )  # fmt: skip


def offices(city: City, rows: list[dict[str, Any]]) -> None:
    """Each office, and who has held it."""
    for office in rows:
        city.organisations[office["id"]] = register(city, office, type="政府部门")
        for row in office["officer"]:
            _appoint(city, office, row)


def _appoint(city: City, office: dict[str, Any], row: dict[str, Any]) -> None:
    """Somebody's term, as it was given when the city began; the first officer by the system, all others by him."""
    begun, today = city.now - FOUNDED, timezone.localdate(city.now)
    account = Account.objects.filter(email=row["email"]).first() or parties.create_account(
        email=row["email"], name=row["name"], password=None, actor=city.officer, now=begun
    )
    held = parties.appoint(
        account=account, role=row["role"], unit=office["unit"], since=_founded(city.now), document=office["document"],
        until=today + timedelta(days=row["days_left"]) if "days_left" in row else None,
        actor=None if account == city.officer else city.officer, now=begun,
    )  # fmt: skip
    if "ended_days_ago" in row:
        at = city.now - timedelta(days=row["ended_days_ago"])
        parties.end_office(office=held, until=None, why=row["ended_for"], actor=city.officer, now=at)


def register(city: City, row: dict[str, Any], *, type: str) -> Organisation:
    """Registered and confirmed, with the clerk it names."""
    contact = row.get("contact", {})
    organisation = parties.register_organisation(
        uscc=row["uscc"], name=row["name"], type=row.get("kind", type), region=row.get("region", ""),
        unit=row.get("unit", ""), size=row.get("size", ""), flags=row.get("flags", []), about=row.get("about", ""),
        contact_name=contact.get("name", ""), contact_post=contact.get("post", ""),
        contact_phone=contact.get("phone", ""), contact_email=contact.get("email", ""),
        actor=city.officer, now=city.now,
    )  # fmt: skip
    # The offices stand before anybody holds one.
    by = None if type == "政府部门" else city.officer
    organisation = parties.confirm_organisation(organisation=organisation, actor=by, now=city.now)
    city.organisations[row["id"]] = organisation
    if contact:
        _clerk(city, organisation, contact)
    return organisation


def _founded(now: datetime) -> date:
    """A day before anything in the city happened."""
    return (now - FOUNDED).date()


def _clerk(city: City, organisation: Organisation, contact: dict[str, Any]) -> None:
    """Who enters what the organisation offers or needs. Has no password: nobody signs in as this person."""
    account = parties.create_account(
        email=contact["email"], name=contact["name"], password=None, actor=city.officer, now=city.now
    )
    parties.add_member(
        account=account,
        organisation=organisation,
        role="admin",
        since=_founded(city.now),
        actor=city.officer,
        now=city.now,
    )
    city.clerks[organisation.pk] = account


def accounts(city: City, rows: list[dict[str, Any]]) -> None:
    """The demo accounts, each in its part."""
    for row in rows:
        account = Account.objects.filter(email=row["login"]).first() or parties.create_account(
            email=row["login"], name=row["name"], password=None, actor=city.officer, now=city.now
        )
        if row["role"] in ("enterprise_clerk", "university_clerk", "institution_clerk"):
            parties.add_member(
                account=account, organisation=city.organisations[row["of"]], role="admin",
                since=_founded(city.now), actor=city.officer, now=city.now,
            )  # fmt: skip
        elif row["role"] == "expert":
            parties.claim_person(person=city.people[row["of"]], account=account, actor=city.officer, now=city.now)
