"""The procedure's pages on the demo city: no axe violations, nothing broken, no sideways scrolling, for every desk."""

import pytest
from django.utils import timezone

from tests.journeys.desk import leave
from tests.journeys.looking import look
from triplehelix.config.paths import ROOT
from triplehelix.doors.cli import city
from triplehelix.fund.models import Batch
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.notices.models import Notice, NoticeItem
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.panels.models import Seat


@pytest.fixture
def demo(transactional_db, settings, tmp_path):
    """The demo city; answers its password."""
    settings.VAR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return city.load(ROOT / "demo", now=timezone.now())[0].password


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


def test_every_desk(page, demo):
    page.set_default_timeout(120_000)
    for who, addresses in desks().items():
        leave(page)
        if who:
            page.goto("/accounts/login/")
            page.fill("[name=login]", f"{who}@example.com")
            page.fill("[name=password]", demo)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/todo/")
        look(page, *addresses)
