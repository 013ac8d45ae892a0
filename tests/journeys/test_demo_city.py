"""The demo city as everybody finds it: loaded once, in a database of its own, for all the tests of this file, which
only read it: what stands there, what the trail tells of it, and the procedure's pages on it for every desk."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.emptied import READ_ONLY
from tests.journeys.desk import leave
from tests.journeys.looking import look
from triplehelix.board.webhooks.models import Delivery
from triplehelix.config.paths import ROOT
from triplehelix.doors.cli import city, city_vectors
from triplehelix.fund.check import problems
from triplehelix.fund.finds import ENDS, ended
from triplehelix.fund.models import Batch
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts.models import Receipt
from triplehelix.market.equity.models import Deal
from triplehelix.market.exchange.models import Conflict, ForeignListing, Peer, Refused
from triplehelix.market.finance.flow import FLOW as FINANCE
from triplehelix.market.finance.models import Application, Payment, Recovery
from triplehelix.market.needs.models import Need
from triplehelix.matching.encode import whole
from triplehelix.matching.index.sources import of_listing
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.notices.models import Notice, NoticeItem
from triplehelix.procedure.openings.flow import FLOW as OPENING
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.panels.finds import barred_now, without_seats
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat
from triplehelix.records.parties.finds import offices
from triplehelix.records.parties.models import Account, Organisation, Person
from triplehelix.records.trail.models import Entry
from triplehelix.records.trail.verify import verify

pytestmark = pytest.mark.slow
FOLDER = ROOT / "demo"
WORKING = ("enterprise", "university", "expert", "manager", "county", "city", "auditor", "finance", "bank", "fund")


@pytest.fixture(scope="module")
def city_database(tmp_path_factory, django_db_setup, django_db_blocker):
    """The connection goes to a database nobody empties (tests.emptied), until the last test of this file."""
    own = connection.settings_dict["NAME"]
    made, folders = f"{own}{READ_ONLY}", (settings.VAR, settings.MEDIA_ROOT)
    settings.VAR = tmp_path_factory.mktemp("var")
    settings.MEDIA_ROOT = settings.VAR / "media"
    with django_db_blocker.unblock():
        _statement(f'create database "{made}" template "{settings.DATABASES["default"]["TEST"]["TEMPLATE"]}"')
        _go_to(made)
        yield
        _go_to(own)
        _statement(f'drop database "{made}" with (force)')
    settings.VAR, settings.MEDIA_ROOT = folders


def _statement(words):
    with connection._nodb_cursor() as cursor:
        cursor.execute(words)


def _go_to(name):
    """Every thread opens its connection by the same settings."""
    connection.close()
    connection.settings_dict["NAME"] = name


@pytest.fixture(scope="module")
def loaded(city_database, django_db_blocker):
    with django_db_blocker.unblock(), city_vectors.beside(FOLDER):
        return city.load(FOLDER, now=timezone.now())


@pytest.fixture
def accounts(loaded, transactional_db):
    return loaded


def test_the_city_loads_once_through_the_actions_and_its_trail_holds(accounts):
    before = (Organisation.objects.count(), Need.objects.count(), Account.objects.count())
    again = city.load(FOLDER, now=timezone.now())
    assert again == accounts
    assert (Organisation.objects.count(), Need.objects.count(), Account.objects.count()) == before
    firms = Organisation.objects.filter(type="企业")
    assert (firms.exclude(confirmed_at=None).count(), firms.filter(confirmed_at=None).count()) == (63, 2)
    assert sorted(firms.exclude(ending="").values_list("ending", flat=True)) == ["closed", "merged", "renumbered"]
    assert Organisation.objects.exclude(type__in=["企业", "政府部门", "金融机构"]).count() == 12
    assert Person.objects.count() >= 40
    today = timezone.localdate()
    assert offices(today).filter(role="county_officer").values("unit").distinct().count() == 11
    assert offices(today, over=True).get().ended_for and offices(today).filter(until__gt=today).count() == 1
    states = {"draft", "submitted", "published", "withdrawn", "expired"}
    assert set(Need.objects.values_list("state", flat=True)) == states
    assert set(Achievement.objects.values_list("state", flat=True)) >= states - {"expired"}
    assert set(Application.objects.values_list("state", flat=True)) == {state.code for state in FINANCE.states}
    assert {"proposed", "agreed", "converted", "lapsed", "exited"} == set(Deal.objects.values_list("state", flat=True))
    assert set(Peer.objects.values_list("state", flat=True)) == {"registered", "paused", "cut"}
    assert set(ForeignListing.objects.values_list("state", flat=True)) == {"shown", "withdrawn", "expired"}
    assert (Conflict.objects.count(), Refused.objects.count()) == (1, 1)
    assert set(Delivery.objects.values_list("state", flat=True)) >= {"delivered", "failed", "queued"}
    assert Receipt.objects.exclude(void_why="").count() == 1
    assert (Payment.objects.exclude(void_why="").count(), Recovery.objects.exclude(void_why="").count()) == (1, 1)
    assert set(Opening.objects.values_list("state", flat=True)) == {state.code for state in OPENING.states}
    told = {one.state for _pool, rows in ended(timezone.localdate().year) for one in rows}
    assert told == set(ENDS) and problems() == []
    assert [pay.is_recalled(case) for case in Case.objects.filter(state="paying", round__lane="entitled")].count(
        True
    ) == 1
    assert Case.objects.filter(state="rejected", decision__has_key="revoked").count() == 1
    (lowered,) = Case.objects.filter(state="clawing")
    assert 0 < lowered.demanded_fen < pay.paid(lowered)
    assert Case.objects.filter(state="correcting", due_on__lt=today).count() == 1
    panel = Panel.objects.get(settled_at=None)
    assert without_seats(panel).count() == 1 and len(barred_now(panel, timezone.localdate())) == 1
    assert panel.seats.exclude(declared="").count() == 1
    assert set(CreditFinding.objects.values_list("answer", flat=True)) == {"", "confirmed", "dismissed"}
    assert verify() == []
    assert {row.why != "" for row in Entry.objects.filter(subject_kind="parties.organisation", verb="amend")} == {
        True, False,
    }  # fmt: skip
    assert Entry.objects.filter(subject_kind="market.roadshow", verb="change").count() == 1


def test_what_is_encoded_beside_the_load_is_what_the_index_asks_for(accounts):
    made = set(city_vectors.texts(FOLDER))
    for model in (Need, Achievement):
        rows = model.objects.filter(state="published", number__startswith="LC")
        asked = {whole(content.title, content.text) for content in map(of_listing, rows) if content}
        assert len(asked) > 90 and len(asked - made) <= len(asked) // 10  # a few were corrected since


def test_replaying_the_trail_gives_the_stored_state(accounts):
    """The trail alone tells where every case stands."""
    cases = list(Case.objects.all())
    assert len(cases) > 20
    for case in cases:
        rows = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(case.pk)).order_by("n")
        state, version = "screening" if case.lane == "entitled" else "draft", 1
        for row in rows:
            if "from" in row.data and "to" in row.data and isinstance(row.data["to"], str):
                assert row.data["from"] == state, (case, row.verb)
                assert state in case.workflow[row.verb].frm
                state = row.data["to"]
            version = row.data.get("version", version)
        assert (state, version) == (case.state, case.version), case
    states = {case.state for case in cases}
    wanted = "draft unit_review recommending accepting correcting checking reviewing agreeing running evaluating"
    wanted += " rejected terminated confirming held noticing on_notice objected paying pay_returned closed clawing"
    assert set(wanted.split()) <= states
    assert problems() == []


def test_all_that_waits_for_somebody_stands_in_the_list_its_heading_leads_to(accounts):
    """The to-do shows the first ten; whoever presses "all" finds these again, and what is not his turn is not there."""
    met = set()
    for who in Account.objects.filter(email__in=[f"{one}@example.com" for one in WORKING]):
        client = Client()
        client.force_login(who)
        for part in client.get("/todo/").context["sections"]:
            where, _sep, view = part.url.partition("?view=")
            if not view:
                continue
            met.add((where, view))
            whole = client.get(part.url).context["page"].paginator
            listed = {f"{where}{one.pk}/" for one in whole.object_list}
            waiting = {line.url.removesuffix("room/") for line in part.rows if hasattr(line, "url")}
            assert waiting <= listed, (who, part.title)
            if view == "mine" and where != "/visits/":
                told = client.get(f"/api{where.rstrip('/')}?mine=true&limit=100").json()["items"]
                assert {f"{where}{one['id']}/" for one in told} == listed
            if not part.number.endswith("+"):
                assert len(listed) == len(waiting or part.rows), (who, part.title)
    assert met == {
        ("/cases/", "mine"), ("/sales/", "mine"), ("/introductions/", "mine"), ("/visits/", "mine"),
        ("/organisations/", "waiting"),
    }  # fmt: skip


def of(state):
    return f"/cases/{Case.objects.filter(state=state).order_by('pk').first().pk}/"


def desks():
    """Whose desk → what lies on it."""
    entitled = Round.objects.get(lane="entitled")
    panel = Round.objects.filter(panel__settled_at__isnull=True, lane="ordinary").get()
    item = NoticeItem.objects.filter(is_over=False).order_by("pk").first()
    seat = Seat.objects.filter(expert__account__email="expert@example.com", submitted_at__isnull=True, void="").first()
    notice = Notice.objects.order_by("-pk").first()
    doubtful = Opening.objects.filter(state="doubtful").first()
    return {
        "": ["/rounds/", f"/rounds/{panel.pk}/", "/notices/", f"/notices/{item.notice_id}/",
             f"/notices/items/{item.pk}/object/", f"/notices/{notice.pk}/"],
        "enterprise": ["/entitlements/", "/cases/", of("draft") + "edit/", of("confirming"), f"/rounds/{panel.pk}/"],
        "city": ["/todo/", "/cases/", "/rounds/new/", f"/rounds/{entitled.pk}/", f"/rounds/{panel.pk}/panel/",
                 f"/openings/{doubtful.pk}/",
                 "/notices/new/", "/cases/new/", "/ties/", "/barred/", of("checking"), of("objected"), of("running"),
                 of("agreeing"), of("closed") + "decision/"],
        "finance": ["/fund/", "/fund/open/", "/fund/year-end/", "/fund/review/?output=45&benefit=25&satisfaction=9",
                    f"/fund/batches/{Batch.objects.order_by('pk').first().pk}/", f"/rounds/{entitled.pk}/trial/"],
        "expert": ["/reviews/", f"/reviews/{seat.pk}/"],
    }  # fmt: skip


def test_every_desk_of_the_procedure(page, accounts):
    page.set_default_timeout(120_000)
    for who, addresses in desks().items():
        leave(page)
        if who:
            page.goto("/accounts/login/")
            page.fill("[name=login]", f"{who}@example.com")
            page.fill("[name=password]", accounts[0].password)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/todo/")
        look(page, *addresses)
