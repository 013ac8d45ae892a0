"""采集: registering a repository, and taking its records page by page.

A page is fetched with no transaction open. Then one transaction writes its records and the token of the next page, if
the harvest still stands where it stood when the page was asked for. So whoever dies, and whenever: the next one asks
for the page after the last that is written.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation import outward
from triplehelix.foundation.outward import BadAddress, TooLarge, Unreachable
from triplehelix.market.experts import access, landing
from triplehelix.market.experts.models import Harvest, Repository
from triplehelix.market.experts.oai import answers, asking
from triplehelix.market.experts.oai.answers import Condition, Malformed, Page, WrongAnswer
from triplehelix.market.experts.wake import look_later
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail

PREFIX = "oai_dc"
FRACTION = re.compile(r"\.\d+Z$", re.ASCII)  # of a second: some repositories write them, none may be asked for
#: Seconds to wait after each failure in a row; after the last the harvest has failed, and a person may let it go on.
WAITS = (10, 60, 300, 1800, 7200)
#: Many repositories (DSpace) list at night what was changed by day: its datestamp lies before a harvest that could not
#: see it yet. What is met again changes nothing.
OVERLAP = timedelta(days=2)
MOST_RESTARTS = 3
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Next:
    """What comes after one page: `on` at once, or after `wait` seconds; neither at the end."""

    on: bool = False
    wait: int = 0


@transaction.atomic
def register_repository(
    *, name: str, base_url: str, set: str = "", organisation: Organisation | None = None, actor: Account | None,
    now: datetime,
) -> Repository:  # fmt: skip
    """A repository to harvest. Nothing is fetched yet. Raises Refused, Invalid at `name`, `base_url`."""
    if actor is not None and not access.is_desk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局和科技大市场的工作人员可以登记"))
    errors: dict[str, str] = {}
    name, set = (" ".join(text.replace("\x00", "").split())[:120] for text in (name, set))
    if not name:
        errors["name"] = _("请写名称")
    url = base_url.strip().rstrip("?")
    try:
        outward.checked(url, inside=settings.OUTWARD_NETWORKS, plain=True, longest=300)
    except BadAddress as why:
        errors["base_url"] = why.message
    else:
        if "?" in url or "#" in url:
            errors["base_url"] = _("只写接口地址本身，不带问号后面的参数")
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Repository.objects.create(
                name=name, base_url=url, set=set, organisation=organisation, created_at=now, created_by=actor
            )
    except IntegrityError as why:
        raise Invalid({"base_url": _("这个地址（和集合）已经登记过")}) from why
    trail.record(
        kind=Repository.kind, id=str(made.pk), verb="register", actor=actor, now=now, data={"url": url, "set": set}
    )
    return made


def start_harvest(*, repository: Repository, actor: Account | None, now: datetime, whole: bool = False) -> Harvest:
    """A harvest of what is new since OVERLAP before the last one that was done, or of the `whole`. Its work is queued
    by `tasks.start`.

    Raises Refused: not of the desk, or one is under way."""
    if actor is not None and not access.is_desk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局和科技大市场的工作人员可以采集"))
    try:
        with transaction.atomic():
            made = Harvest.objects.create(
                repository=repository, since="" if whole else _since(repository.complete_until),
                state=Harvest.workflow.start, created_at=now, changed_at=now, created_by=actor,
            )  # fmt: skip
            trail.record(
                kind=Harvest.kind, id=str(made.pk), verb="start", actor=actor, now=now, data={"since": made.since}
            )
    except IntegrityError:
        raise Refused(_("这个机构库正在采集，请等它完成")) from None
    return made


def _since(complete_until: str) -> str:
    """OVERLAP before it, as exact as it is written; "" where no harvest was done."""
    try:
        begins = datetime.fromisoformat(complete_until) - OVERLAP
    except (ValueError, OverflowError):
        return ""
    return f"{begins:%Y-%m-%d}" + (f"{begins:T%H:%M:%SZ}" if "T" in complete_until else "")


def advance(*, pk: int, now: datetime) -> Next:
    """Ask for one page and write it. Must not run inside a transaction. Answers what comes next."""
    harvest = _begin(pk, now)
    if harvest is None:
        return Next()
    try:
        if not harvest.repository.granularity:
            _introduce(harvest)
        page = answers.page(_asked(harvest))
    except Condition as why:
        return _condition(harvest, why, now)
    except (BadAddress, TooLarge, WrongAnswer) as why:
        return give_up(harvest=harvest, problem=str(why), now=now)
    except Unreachable as why:
        return put_off(harvest=harvest, problem=_("连接不上或中断：%(why)s") % {"why": why}, now=now)
    except (asking.Away, Malformed) as why:
        return put_off(harvest=harvest, problem=str(why), wait=getattr(why, "wait", 0), now=now)
    return land(harvest=harvest, page=page, now=now)


@transaction.atomic
def land(*, harvest: Harvest, page: Page, now: datetime) -> Next:
    """The records of a page and the token of the next, together or not at all. A page somebody else has written
    meanwhile is left alone."""
    current = Harvest.objects.select_for_update(of=("self",)).select_related("repository").get(pk=harvest.pk)
    stands = (harvest.token, harvest.pages, harvest.restarts)
    if current.state != "running" or (current.token, current.pages, current.restarts) != stands:
        return Next()
    if page.token and page.token in (current.token, current.mark):
        return give_up(harvest=current, problem=_("对方重复给出同一个续传标记，无法继续"), now=now)
    found = landing.land(page.works, now=now, repository=current.repository)
    current.answered = current.answered or page.answered
    current.token, current.pages = page.token, current.pages + 1
    if current.pages.bit_count() == 1:  # so a round of any length is noticed before it is gone twice (Brent)
        current.mark = page.token
    current.records += len(page.works) + len(page.left_out)
    current.size = page.size or current.size
    current.new_works, current.deleted = current.new_works + found.new, current.deleted + found.deleted
    current.left_out_count += len(page.left_out)
    current.left_out = [*current.left_out, *([list(one) for one in page.left_out])][:SHOWN]
    current.tries, current.problem, current.next_try, current.changed_at = 0, "", None, now
    current.save()
    look_later(found.keys)
    if page.token:
        return Next(on=True)
    return _finish(current, now)


def _begin(pk: int, now: datetime) -> Harvest | None:
    """The harvest, running; None when there is nothing to do now."""
    with transaction.atomic():
        rows = Harvest.objects.select_for_update(of=("self",)).select_related("repository")
        harvest = rows.get(pk=pk)
        if harvest.state in ("queued", "waiting"):
            if harvest.next_try is not None and harvest.next_try > now:
                return None
            harvest = take(case=harvest, step="run", actor=None, now=now, seen_version=harvest.version)
            harvest.repository = Repository.objects.get(pk=harvest.repository_id)
        return harvest if harvest.state == "running" else None


def _introduce(harvest: Harvest) -> None:
    """Ask once how exactly the repository tells its times. Written by itself: it is true whatever comes after."""
    about = answers.identify(_get(harvest, {"verb": "Identify"}))
    Repository.objects.filter(pk=harvest.repository_id).update(granularity=about.granularity)
    harvest.repository.granularity = about.granularity


def _asked(harvest: Harvest) -> bytes:
    if harvest.token:
        return _get(harvest, {"verb": "ListRecords", "resumptionToken": harvest.token})
    given = {"from": harvest.since, "set": harvest.repository.set}
    wanted = {name: text for name, text in given.items() if text}
    return _get(harvest, {"verb": "ListRecords", "metadataPrefix": PREFIX, **wanted})


def _get(harvest: Harvest, arguments: dict[str, str]) -> bytes:
    return asking.get(harvest.repository.base_url, arguments, now=timezone.now())


def _condition(harvest: Harvest, why: Condition, now: datetime) -> Next:
    """The repository's own error: a forgotten token starts the window anew, records already here stay once."""
    if why.code != "badResumptionToken" or not harvest.token:
        return give_up(harvest=harvest, problem=str(why), now=now)
    if harvest.restarts >= MOST_RESTARTS:
        return give_up(harvest=harvest, problem=_("对方的续传标记一再失效，无法采完：%(why)s") % {"why": why}, now=now)
    Harvest.objects.filter(pk=harvest.pk, state="running", token=harvest.token).update(
        token="", mark="", records=0, left_out_count=0, left_out=[],
        restarts=harvest.restarts + 1, problem=_("续传标记已失效，从这一段的开头重新采集"),
        changed_at=now,
    )  # fmt: skip
    return Next(on=True)


@transaction.atomic
def put_off(*, harvest: Harvest, problem: str, now: datetime, wait: int = 0) -> Next:
    """Try again after `wait` seconds, or after those of WAITS; when these are used up, give up."""
    if harvest.tries >= len(WAITS):
        return give_up(harvest=harvest, problem=problem, now=now)
    wait = wait or WAITS[harvest.tries]
    try:
        current = take(case=harvest, step="wait", actor=None, now=now, seen_version=harvest.version)
    except Refused:
        return Next()  # stopped, or in other hands
    current.tries, current.problem = harvest.tries + 1, problem[:400]
    current.next_try, current.changed_at = now + timedelta(seconds=wait), now
    current.save(update_fields=["tries", "problem", "next_try", "changed_at"])
    return Next(wait=wait)


@transaction.atomic
def give_up(*, harvest: Harvest, problem: str, now: datetime) -> Next:
    """The harvest has failed, and says why; officers may let it go on where it stood."""
    Harvest.objects.filter(pk=harvest.pk).update(problem=problem[:400], tries=0, next_try=None, changed_at=now)
    with suppress(Refused):  # stopped meanwhile: then it has stopped
        take(case=harvest, step="fail", actor=None, now=now, seen_version=harvest.version, note=problem[:300])
    return Next()


def _finish(harvest: Harvest, now: datetime) -> Next:
    """Done: the next harvest begins where this one was asked for, by the repository's own clock."""
    stamp = FRACTION.sub("Z", harvest.answered)
    if answers.STAMP.fullmatch(stamp):  # any other would be asked for as `from`, and refused, each time
        until = stamp if harvest.repository.granularity == answers.SECOND and stamp.endswith("Z") else stamp[:10]
        Repository.objects.filter(pk=harvest.repository_id).update(complete_until=until[:20])
    take(case=harvest, step="finish", actor=None, now=now, seen_version=harvest.version)
    return Next()
