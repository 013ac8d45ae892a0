"""What goes in and out of the API. Money is whole fen, days are ISO dates, moments ISO with UTC offset."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from math import isfinite
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import BeforeValidator, field_validator

from triplehelix.market.listings.models import TEXT_LENGTH, TITLE_LENGTH
from triplehelix.market.listings.rules import MOST_FEN, MOST_PEOPLE, PART_LENGTH, PERSON_LENGTH
from triplehelix.records.steps.models import MOST_NOTE

Kind = Literal["needs", "achievements"]
#: What lists can be uploaded of; papers may also come as BibTeX, an ORCID record or OpenAlex works.
Sheet = Literal["needs", "achievements", "papers", "patents"]
#: What the to-do of the caller holds.
OnlyMine = Annotated[bool, Field(description="only those in which it is the caller's turn")]
MOST_CHARACTERS = 20_000


class Problem(Schema):
    """Why not. `fields` names each wrong field with what to do."""

    message: str
    fields: dict[str, str] = {}


def storable(value: Any) -> Any:
    """The value, when a column may hold all of it. Raises ValueError: a NUL, half a character, no number."""
    for place, one in _leaves(value):
        if fault := _unstorable(one):
            raise ValueError(f"{place}：{fault}" if place else fault)
    return value


class Given(Schema):
    """What is to be stored. What no column may hold, however deep it stands, is refused at its field."""

    @field_validator("*", mode="before")
    @classmethod
    def can_be_stored(cls, value: Any) -> Any:
        return storable(value)


def _leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Each text and number of what was sent with its place in it, keys among them. No recursion: a caller may send
    what is nested deeper than the stack."""
    waiting = [("", value)]
    while waiting:
        place, one = waiting.pop()
        if isinstance(one, Mapping):
            yield from ((place, key) for key in one)
            waiting += [(f"{place}.{key}".strip("."), inner) for key, inner in one.items()]
        elif isinstance(one, list):
            waiting += [(place, inner) for inner in one]
        else:
            yield place, one


def _unstorable(value: Any) -> str:
    """Why a text or number cannot be stored; "" when it can."""
    if isinstance(value, float) and not isfinite(value):
        return _("要写数字，不能是 NaN 或无穷大")
    if not isinstance(value, str):
        return ""
    if "\x00" in value:
        return _("不能有控制字符 NUL")
    return _("有残缺的字符，请重新输入") if any("\ud800" <= one <= "\udfff" for one in value) else ""


PersonNumber = Annotated[int, Field(ge=1, le=10**15)]
PersonWritten = Annotated[str, Field(max_length=PERSON_LENGTH)]


class Right(Given):
    type: str
    number: str = ""


class Common(Given):
    """What a need and an achievement share; every field may be left out of a change."""

    title: str = Field(max_length=TITLE_LENGTH)
    text: str = Field("", max_length=TEXT_LENGTH)
    field: str = Field("", description="技术领域, a code or name of /api/reference/fields")
    chain: str = Field("", description="产业链, a code or name of /api/reference/chains")
    region: str = Field("", description="行政区划, a code or name of /api/reference/regions")
    modes: list[str] = Field([], description="合作方式, codes of /api/reference/transfer_modes")
    price_fen: int | None = Field(None, ge=0, le=MOST_FEN, description="whole fen; null is 面议")
    number: str = Field("", max_length=40)
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


class NeedIn(Common):
    """A need in parts or, in `text`, in one piece. Of a confidential one `text` and the parts are for its firm and who
    opens them under an agreed NDA; `teaser` is what anybody reads."""

    what: str = Field("", max_length=PART_LENGTH, description="是什么东西、用在哪里")
    present: str = Field("", max_length=PART_LENGTH, description="现在怎样")
    target: str = Field("", max_length=PART_LENGTH, description="要达到什么指标")
    tried: str = Field("", max_length=PART_LENGTH, description="试过什么、为什么不行")
    rest: str = Field("", max_length=TEXT_LENGTH, description="补充说明; with parts, what is added to them")
    needed_by: date | None = None
    secrecy: str = Field("open", description="open or confidential; 涉密 is refused")
    teaser: str = Field("", max_length=PART_LENGTH, description="公开摘要 of a confidential need")
    trl_wanted: int | None = Field(None, ge=1, le=13)
    region_wanted: str = ""


class AchievementIn(Common):
    type: str = "应用技术"
    trl: int | None = Field(None, ge=1, le=13)
    trl_assessed_by: str = ""
    trl_assessed_on: date | None = None
    ip: list[Right] = []
    rights: str = ""
    people: list[PersonNumber | PersonWritten] = Field(
        [],
        max_length=MOST_PEOPLE,
        description="完成人: ids of /api/people, or as written: 张三（教授）; of another organisation 李四（示例大学）",
    )


class NewNeed(NeedIn):
    organisation: str = Field(description="统一社会信用代码 of one of the caller's organisations")


class NewAchievement(AchievementIn):
    organisation: str = Field(description="统一社会信用代码 of one of the caller's organisations")


class Contact(Schema):
    name: str
    phone: str
    email: str


class ListingOut(Schema):
    id: int
    kind: Kind
    state: str
    version: int
    organisation: str
    organisation_name: str
    number: str = Field(description="the owner's own number; empty when it has none")
    title: str
    text: str
    field: str
    chain: str
    region: str
    modes: list[str]
    price_fen: int | None
    published_at: datetime | None
    valid_until: datetime | None
    contact: Contact | None = Field(description="null unless the caller's relation to the listing shows it")
    steps: list[str] = Field([], description="what the caller may do now; only where one listing is asked for")
    more: dict[str, Any] = Field(
        description="what only this kind has: trl, ip, rights, people … or trl_wanted, region_wanted"
    )


class Page(Schema):
    items: list[ListingOut]
    total: int


class Part(Schema):
    """Which part of a list is wanted."""

    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


def cut(rows: Any, part: Part, shown: Callable[[Any], Any]) -> dict[str, Any]:
    """This part of the rows, each as it is shown, and how many there are in all."""
    return {"items": [shown(row) for row in rows[part.offset : part.offset + part.limit]], "total": rows.count()}


class StepIn(Given):
    seen_version: int
    note: str = Field("", max_length=MOST_NOTE)


class VersionedStepIn(Given):
    """A step; the version seen stands here or in If-Match."""

    seen_version: int | None = Field(None, ge=0, le=10**9)
    note: str = Field("", max_length=MOST_NOTE)


#: Codes are compared with columns: what none may hold is refused. A pasted text is read as well as it can be.
Codes = Annotated[list[str], BeforeValidator(storable)]


class Query(Schema):
    """A sentence or a pasted page, and what to narrow the answer to."""

    text: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    title: str = Field("", max_length=500)
    kind: Kind = "achievements"
    chain: Codes = []
    field: Codes = []
    region: Codes = []
    trl_min: int | None = Field(None, ge=1, le=13)
    top: int = Field(20, ge=1, le=100)


class Hit(Schema):
    id: int = Field(description="of /api/needs, /api/achievements; of a foreign one of /api/foreign")
    is_foreign: bool = Field(description="a listing of another market")
    kind: Kind
    title: str
    organisation_name: str
    score: float
    weak: bool
    why: str
    terms: list[str]
    missing: list[str]
    same_as: list[int]


class Found(Schema):
    hits: list[Hit]
    notices: list[str]
    facets: dict[str, dict[str, int]]


class ImportOut(Schema):
    id: int
    what: str
    state: str
    version: int
    row_count: int
    error_count: int
    bad_rows: int
    errors: list[dict[str, Any]]
    notes: list[str] = Field(description="to be read before it is confirmed: columns and sheets that are not read")
    receipt: dict[str, Any] | None


class CodeOut(Schema):
    code: str
    name: str
    aliases: list[str]
    assumed: bool


class LineOut(Schema):
    """One thing that happened, as the page tells it."""

    at: datetime
    who: str
    what: str = Field(description="in the caller's language")
    why: str
