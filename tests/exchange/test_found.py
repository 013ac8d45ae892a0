"""Listings of other markets are found and shown with their origin, and counted nowhere as ours."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.exchange.conftest import AWAY, HOME, body, published, stepped
from tests.exchange.peer import Market
from tests.oai.conftest import ask, codes
from tests.saved.test_saved import filled
from triplehelix.market.exchange import actions, receive
from triplehelix.market.exchange.models import ForeignListing, Peer
from triplehelix.market.lists import prepare, rules
from triplehelix.matching.index import rebuild
from triplehelix.matching.models import Corpus, Document
from triplehelix.matching.saved import actions as saved
from triplehelix.records.outbox.models import Message
from triplehelix.records.trail import followers

TITLE = "高强度球墨铸铁的等温淬火工艺"


@pytest.fixture
def theirs(officer, settings):
    """A peer in traffic, without a network."""
    settings.ENCODER = "none"
    market = Market(AWAY, HOME)
    peer = actions.register(
        market=AWAY, name="山东示例市场", url="https://shandong.example/x/", public=market.key.public, actor=officer,
        now=timezone.now(),
    )  # fmt: skip
    Peer.objects.filter(pk=peer.pk).update(state="active")
    market.row = Peer.objects.get()
    market.bring = lambda *entries: receive.take_in(peer=market.row, entries=entries, via="push", now=timezone.now())
    return market


def work():
    while followers.drain("matching"):
        pass


def search(client, words="球墨铸铁淬火", what="achievements"):
    return client.get("/search/", {"q": words, "what": what}).content.decode()


@pytest.mark.django_db
class TestSearch:
    def test_they_are_found_with_ours_and_say_where_they_are_from(self, client, theirs, clerk, firm):
        published(clerk, firm, title="球墨铸铁曲轴的淬火", text="球墨铸铁曲轴感应淬火，硬度均匀，" * 4)
        theirs.bring(theirs.say("publish", "achievement", 1, body()))
        work()
        page = search(client)
        assert "球墨铸铁曲轴的淬火" in page.replace("<mark>", "").replace("</mark>", "")
        assert "来自 山东示例市场" in page
        assert f"/elsewhere/{ForeignListing.objects.get().pk}/" in page
        found = client.post("/api/search", {"text": "球墨铸铁淬火"}, content_type="application/json").json()["hits"]
        assert {(hit["is_foreign"], hit["organisation_name"]) for hit in found} == {
            (True, "示例理工大学"), (False, firm.name),
        }  # fmt: skip

    def test_withdrawn_hidden_cut_and_back(self, client, theirs, officer):
        theirs.bring(theirs.say("publish", "achievement", 1, body()))
        listing, now = ForeignListing.objects.get(), timezone.now()

        def is_found():
            work()
            return TITLE in search(client).replace("<mark>", "").replace("</mark>", "")

        assert is_found()
        theirs.bring(theirs.say("withdraw", "achievement", 1, {"reason": "withdrawn"}))
        assert not is_found()
        theirs.bring(theirs.say("publish", "achievement", 1, body()))
        assert is_found()
        actions.hide(listing=listing, note="与本市场重复", actor=officer, now=now)
        assert not is_found()
        actions.unhide(listing=listing, actor=officer, now=now)
        assert is_found()
        peer = stepped(theirs.row, "pause", officer)
        assert is_found(), "what a paused market said still holds"
        stepped(peer, "cut", officer)
        assert not is_found()
        assert Document.objects.count() == 0
        assert Corpus.objects.filter(n__gt=0).count() == 0

    def test_a_new_index_has_them_too(self, client, theirs):
        theirs.bring(theirs.say("publish", "achievement", 1, body()), theirs.say("publish", "need", 2, body()))
        rebuild.everything(now=timezone.now())
        assert Document.objects.filter(subject_id__lt=0).count() == 2
        stray = Document.objects.order_by("subject_id").first()
        ForeignListing.objects.filter(pk=-stray.subject_id).update(hidden_at=timezone.now())
        rebuild.everything(now=timezone.now())
        assert Document.objects.count() == 1


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize("kind", ["achievements", "needs"])
    def test_one_row_and_three_rows_cost_the_same(self, client, theirs, kind, django_assert_num_queries):
        what = {"achievements": "achievement", "needs": "need"}[kind]
        theirs.bring(theirs.say("publish", what, 1, body()))
        with django_assert_num_queries(2):
            client.get(f"/elsewhere/{kind}/")
        theirs.bring(*(theirs.say("publish", what, n, body(title=f"第 {n} 项")) for n in (2, 3)))
        with django_assert_num_queries(2):
            page = client.get(f"/elsewhere/{kind}/").content.decode()
        assert "共 3 条" in page
        assert "第 2 项" in page
        part = client.get(f"/elsewhere/{kind}/", {"q": "第 2"}, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert "共 1 条" in part

    def test_it_links_home_and_offers_no_edit(self, client, theirs, officer):
        theirs.bring(theirs.say("publish", "achievement", 1, body()))
        address = f"/elsewhere/{ForeignListing.objects.get().pk}/"
        client.force_login(officer)
        page = client.get(address).content.decode()
        assert 'href="https://shandong.example/achievements/1/" rel="noopener noreferrer nofollow"' in page
        assert "修改" not in page.partition("<main")[2].replace("本市场不能修改", "")

    def test_what_they_write_is_only_words(self, client, theirs):
        odd = body(title="<script>alert(1)</script>", text="{{ 7*7 }} <img src=x onerror=alert(1)>", holder="%(x)s")
        theirs.bring(theirs.say("publish", "achievement", 1, odd))
        work()
        for address in ("/elsewhere/achievements/", f"/elsewhere/{ForeignListing.objects.get().pk}/"):
            page = client.get(address).content.decode()
            assert "<script>alert" not in page
            assert "<img" not in page

    def test_what_is_not_shown_is_there_for_the_desk_alone(self, client, theirs, officer, auditor, stranger):
        theirs.bring(theirs.say("withdraw", "achievement", 1, {"reason": "withdrawn"}))
        address = f"/elsewhere/{ForeignListing.objects.get().pk}/"
        assert client.get(address).status_code == 404
        for who, status in ((stranger, 404), (auditor, 200), (officer, 200)):
            client.force_login(who)
            assert client.get(address).status_code == status

    def test_the_desk_costs_the_same_for_one_peer_and_three(self, client, theirs, officer, django_assert_num_queries):
        client.force_login(officer)
        client.get("/exchange/")
        with django_assert_num_queries(7):
            client.get("/exchange/")
        for n in (1, 2):
            now = timezone.now()
            name, url = f"m{n}.example", f"https://m{n}.example/"
            actions.register(
                market=name, name=name, url=url, public=Market("x", "y").key.public, actor=officer, now=now
            )
        with django_assert_num_queries(7):
            page = client.get("/exchange/").content.decode()
        assert "m2.example" in page


@pytest.mark.django_db
def test_they_are_in_no_list_no_harvest_and_no_count_of_ours(client, theirs, officer):
    theirs.bring(theirs.say("publish", "achievement", 1, body()), theirs.say("publish", "need", 2, body()))
    for kind in ("needs", "achievements"):
        given = {"kind": kind, "scope": "city", "place": "", "period": str(timezone.localdate().year)}
        preview = prepare.preview(wanted=rules.wanted(given, timezone.localdate()), now=timezone.now())
        assert (preview.rows, preview.out) == ([], [])
        assert TITLE not in client.get(f"/{kind}/").content.decode()
        assert client.get(f"/api/{kind}").json()["total"] == 0
    assert codes(ask(client, verb="ListRecords", metadataPrefix="oai_dc")) == ["noRecordsMatch"]
    home = client.get("/")
    assert (home.context["need_count"], home.context["achievement_count"]) == (0, 0)


@pytest.mark.django_db
def test_a_saved_search_tells_of_them_with_their_own_page(theirs, clerk):
    now = timezone.now()
    filled()
    saved.keep(account=clerk, name="球墨铸铁", text="球墨铸铁淬火", what="market.achievement", every="daily", now=now)
    theirs.bring(theirs.say("publish", "achievement", 1, body()))
    work()
    assert saved.send_due(now=now + timedelta(days=8)) == 1
    letter = Message.objects.get(kind="matching.saved.digest")
    assert f"/elsewhere/{ForeignListing.objects.get(what='achievement').pk}/" in letter.body
