"""What goes in and out of the calls about introductions."""

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from triplehelix.doors.api.shapes import Contact, Given, OnlyMine
from triplehelix.market.listings.rules import MOST_FEN


class SideOut(Schema):
    id: int = Field(description="number of the need or achievement")
    title: str
    organisation: str = Field(description="统一社会信用代码")
    organisation_name: str
    accepted_at: datetime | None
    contact: Contact | None = Field(description="null until both have accepted, and for whoever takes no part")


class IntroductionOut(Schema):
    id: int
    number: str
    state: str
    version: int
    invited_by_side: str = Field(description="need, achievement, manager")
    invited_at: datetime
    words: str = Field(description="what was said with it, as decline_words and break_words: for those inside")
    answer_by: date | None
    need: SideOut
    achievement: SideOut
    declined_by_side: str
    decline_reason: str = Field(description="a code of /reference/decline_reasons")
    decline_words: str
    break_reason: str
    break_words: str
    manager: str
    moved_at: datetime
    ended_at: datetime | None


class IntroductionPage(Schema):
    items: list[IntroductionOut]
    total: int


class IntroductionFilter(Schema):
    state: str = Field("", max_length=30)
    mine: OnlyMine = False
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


class InviteIn(Given):
    need: int = Field(ge=1, le=2**63 - 1)
    achievement: int = Field(ge=1, le=2**63 - 1)
    words: str = Field("", max_length=1000)


class SeenIn(Given):
    seen_version: int


class ReasonIn(SeenIn):
    reason: str = Field(max_length=20, description="a code of /reference/decline_reasons")
    words: str = Field("", max_length=500)


class MeetingIn(SeenIn):
    kind: str = Field(max_length=6, description="talk, visit")
    held_on: date
    people: str = Field(max_length=500)
    notes: str = Field("", max_length=5000)
    place: str = Field("", max_length=120)


class MeetingOut(Schema):
    id: int
    kind: str
    planned_at: datetime | None
    held_on: date | None
    place: str
    people: str
    notes: str


class Payment(Given):
    name: str = Field(max_length=120)
    fen: int = Field(ge=1, le=MOST_FEN)
    due: date | None = None


class TermsIn(SeenIn):
    mode: str = Field(max_length=20)
    structure: str = Field(max_length=12, description="fixed, instalments, royalty, trial, equity")
    price_fen: int = Field(ge=1, le=MOST_FEN)
    rows: list[Payment] = Field([], max_length=24)
    royalty_ppm: int = Field(0, ge=0, le=1_000_000, description="parts of a million of the base")
    royalty_base: str = Field("", max_length=120)
    equity_bp: int = Field(0, ge=0, le=10_000, description="hundredths of a percent of the company")
    rights: str = Field("", max_length=1000)
    delivery: str = Field("", max_length=1000)
    other: str = Field("", max_length=1000)
    why: str = Field("", max_length=300)


class VersionOut(Schema):
    n: int
    side: str
    proposed_at: datetime
    mode: str
    structure: str
    price_fen: int
    rows: list[dict[str, Any]]
    royalty_ppm: int
    royalty_base: str
    equity_bp: int
    rights: str
    delivery: str
    other: str
    why: str
    need_accepted_at: datetime | None
    achievement_accepted_at: datetime | None


class MessageIn(Given):
    text: str = Field(max_length=2000)


class MessageOut(Schema):
    side: str
    text: str
    said_at: datetime
