"""One page on which an organisation says again that what it has on the market still holds."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.market.test_flow import VALUES
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.django_db
PAGE = "/mine/needs/confirm/"
#: Session, account, offices and organisations, their number and rows, terms of nothing: whatever the number of rows.
QUERIES = 5


def due(clerk, firm, n):
    """Needs confirmed eighty days ago: in ten days no list takes them any more."""
    at = timezone.now() - timedelta(days=80)
    made = []
    for one in range(n):
        values = VALUES | {"title": f"第 {one} 条需求，铜排发黑"}
        draft = listings.create(model=Need, organisation=firm, values=values, actor=clerk, now=at)
        made.append(take(case=draft, step="publish", actor=clerk, now=at, seen_version=draft.version))
    return made


def picked(*rows):
    return {"pick": [f"{one.pk}-{one.version}" for one in rows]}


def test_those_ticked_are_confirmed_and_the_others_stay(client, clerk, firm):
    one, two, three = due(clerk, firm, 3)
    client.force_login(clerk)
    answer = client.post(PAGE, picked(one, three), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "已再次确认 2 条" in page and two.title in page and one.title not in page
    for pk, days in ((one.pk, 0), (two.pk, 80), (three.pk, 0)):
        assert (timezone.now() - Need.objects.get(pk=pk).published_at).days == days
    assert "没有要再次确认的" in client.post(PAGE, picked(two), follow=True).content.decode()


def test_one_that_somebody_changed_is_told_with_its_reason_and_the_rest_is_confirmed(client, clerk, firm):
    one, two = due(clerk, firm, 2)
    now = timezone.now()
    listings.edit(listing=one, values={"title": "改过的题目"}, actor=clerk, now=now, seen_version=one.version)
    client.force_login(clerk)
    answer = client.post(PAGE, picked(one, two))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "有 1 条没有确认" in page and "别人刚刚办理过这一件" in page and "已再次确认 1 条" in page
    assert Need.objects.get(pk=one.pk).published_at == one.published_at


def test_nothing_ticked_is_said(client, clerk, firm):
    due(clerk, firm, 1)
    client.force_login(clerk)
    answer = client.post(PAGE)
    assert answer.status_code == 422
    assert "请先勾选仍然有效的" in answer.content.decode()


@pytest.mark.parametrize("pick", ["x", "1", "1-1-1", "99999999-1", "-1-1", "1-99999999999"])
def test_what_the_page_never_sends_is_not_found(client, clerk, firm, pick):
    (one,) = due(clerk, firm, 1)
    client.force_login(clerk)
    assert client.post(PAGE, {"pick": [*picked(one)["pick"], pick]}).status_code == 404
    assert Need.objects.get(pk=one.pk).published_at == one.published_at


def test_what_is_anothers_is_not_found_and_nothing_is_confirmed(client, clerk, firm, stranger):
    (one,) = due(clerk, firm, 1)
    client.force_login(stranger)
    assert client.post(PAGE, picked(one)).status_code == 404
    assert Need.objects.get(pk=one.pk).published_at == one.published_at


def test_the_to_do_leads_to_it(client, clerk, firm):
    due(clerk, firm, 1)
    client.force_login(clerk)
    page = client.get("/todo/").content.decode()
    assert "需求要再次确认" in page and f'href="{PAGE}">一起确认' in page
    assert re.search(r'aria-label="一起确认：[^"]+" href', page), "read out of its place, it says of what"


def test_one_row_and_three_rows_cost_the_same(client, clerk, firm, django_assert_num_queries):
    due(clerk, firm, 1)
    client.force_login(clerk)
    client.get(PAGE)
    for more in (0, 2):
        due(clerk, firm, more)
        with django_assert_num_queries(QUERIES):
            client.get(PAGE)
