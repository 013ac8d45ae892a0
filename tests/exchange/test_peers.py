"""Who looks after peers; what each gets; keys that change; two workers at once."""

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from django.utils import timezone

from tests.exchange.conftest import AWAY, HOME, body, edited, follow, published, stepped
from tests.exchange.peer import Key
from tests.market.conftest import account, office
from tests.records.matrix import matrix, taken
from triplehelix.market.exchange import actions, feed, finds, receive
from triplehelix.market.exchange.fingerprints import fingerprint
from triplehelix.market.exchange.flow import FOREIGN, PEER
from triplehelix.market.exchange.models import (
    Conflict,
    FeedEntry,
    ForeignListing,
    OwnKey,
)
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take

NOW = timezone.now()


def made(officer, **more):
    given = {
        "market": AWAY,
        "name": "山东示例市场",
        "url": "https://shandong.example/exchange/v1",
        "public": Key().public,
    }
    return actions.register(**(given | more), actor=officer, now=timezone.now())


@pytest.fixture
def operator(db):
    return office(account("operator"), "operator")


KEEPERS = {"keeper": "operator", "auditor": "auditor", "member": "stranger"}


@pytest.mark.django_db
@pytest.mark.parametrize("cell", matrix(PEER, ["auditor", "member", "system"]), ids=str)
def test_a_step_of_a_peer_is_taken_only_by_those_who_look_after_it(request, officer, cell):
    peer = made(officer)
    type(peer).objects.filter(pk=peer.pk).update(state=cell.state)
    peer.refresh_from_db()
    actor = None if cell.relation == "system" else request.getfixturevalue(KEEPERS[cell.relation])
    if cell.step == "confirm" and cell.allowed:
        assert not taken(peer, "confirm", actor, NOW), "not without the fingerprint"
        note = fingerprint(peer.keys.get().public)
        assert take(case=peer, step="confirm", actor=actor, now=NOW, seen_version=1, note=note).state == "active"
        return
    assert taken(peer, cell.step, actor, NOW) is cell.allowed


@pytest.mark.django_db
@pytest.mark.parametrize("cell", matrix(FOREIGN, ["keeper"]), ids=str)
def test_a_listing_of_theirs_is_moved_by_them_alone(officer, cell):
    peer = made(officer)
    listing = ForeignListing.objects.create(
        peer=peer, what="need", origin=f"{AWAY}/need/1", revision=1, digest="x", title="x", received_at=NOW,
        changed_at=NOW, valid_until=NOW.date(), state=cell.state,
    )  # fmt: skip
    actor = None if cell.relation == "system" else officer
    assert taken(listing, cell.step, actor, NOW) is cell.allowed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"market": "X"}, "market"), ({"market": "山东"}, "market"), ({"market": HOME}, "market"),
        ({"name": " "}, "name"), ({"url": "http://shandong.example/"}, "url"), ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "ftp://x/"}, "url"),
        ({"url": "https://shandong.example/?a=1"}, "url"), ({"public": "AAAA"}, "public"), ({"public": "名"}, "public"),
        ({"kinds": ["case"]}, "kinds"), ({"chains": ["LC99"]}, "chains"),
    ],
)  # fmt: skip
def test_wrong_fields_by_name(officer, settings, changed, field):
    settings.OUTWARD_NETWORKS = ()
    with pytest.raises(Invalid) as why:
        made(officer, **changed)
    assert list(why.value.errors) == [field]


@pytest.mark.django_db
def test_a_market_is_registered_once_and_by_those_who_may(officer, stranger, county):
    made(officer)
    with pytest.raises(Invalid, match="已经登记"):
        made(officer)
    for other in (stranger, county):
        with pytest.raises(Refused):
            made(other, market="other.example")
    assert OwnKey.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("note", ["", "56475a", "0" * 64, "看过了，没问题"])
def test_a_fingerprint_that_does_not_agree_opens_nothing(officer, note):
    peer = made(officer)
    with pytest.raises(Refused, match="指纹"):
        take(case=peer, step="confirm", actor=officer, now=NOW, seen_version=1, note=note)
    peer.refresh_from_db()
    assert peer.state == "registered"


def said(peer):
    return [(one.verb, one.subject_id) for one in FeedEntry.objects.filter(peer=peer).order_by("seq")]


@pytest.mark.django_db
def test_a_peer_gets_what_was_chosen_and_is_told_when_that_changes(officer, active, clerk, firm):
    need, achievement = published(clerk, firm, Need), published(clerk, firm, chain="LC02")
    follow()
    assert sorted(said(active)) == sorted([("publish", need.pk), ("publish", achievement.pk)])
    peer = actions.amend(peer=active, values={"kinds": ["achievement"]}, actor=officer, now=NOW, seen_version=2)
    feed.fill(peer=peer, now=timezone.now())
    assert said(peer)[-1] == ("withdraw", need.pk)
    assert FeedEntry.objects.get(verb="withdraw").envelope["body"] == {"reason": "not_sent"}
    peer = actions.amend(peer=peer, values={"chains": ["LC01"]}, actor=officer, now=NOW, seen_version=3)
    feed.fill(peer=peer, now=timezone.now())
    assert said(peer)[-1] == ("withdraw", achievement.pk)
    edited(achievement, clerk, chain="LC01")
    follow()
    assert said(peer)[-1] == ("publish", achievement.pk)
    assert feed.fill(peer=peer, now=timezone.now()) == 0, "said already"
    with pytest.raises(Refused):
        actions.amend(peer=peer, values={"name": "x"}, actor=officer, now=NOW, seen_version=2)


@pytest.mark.django_db
def test_what_others_sent_is_never_sent_on(active, market, clerk, firm):
    receive.take_in(
        peer=active, entries=[market.say("publish", "achievement", 1, body())], via="push", now=timezone.now()
    )
    published(clerk, firm)
    follow()
    feed.fill(peer=active, now=timezone.now())
    assert [one.envelope["id"].split("/")[0] for one in FeedEntry.objects.all()] == [HOME]


@pytest.mark.django_db
def test_many_changes_between_two_readings_are_one_statement(active, clerk, firm):
    listing = published(clerk, firm)
    follow()
    for n in range(3):
        listing = edited(listing, clerk, title=f"第 {n} 个标题")
    follow()
    assert [verb for verb, _id in said(active)] == ["publish", "update"]
    listing = edited(listing, clerk, contact_name="别人")
    follow()
    assert len(said(active)) == 2, "whom to call is not theirs to know"
    listing = stepped(listing, "withdraw", clerk)
    stepped(stepped(listing, "reopen", clerk), "publish", clerk)
    follow()
    assert len(said(active)) == 2, "away and back before anybody looked, and nothing else about it"


@pytest.mark.django_db
def test_a_new_name_of_the_holder_is_news(active, clerk, firm):
    from triplehelix.records.parties import actions as parties

    published(clerk, firm)
    follow()
    parties.amend(organisation=firm, values={"name": "改了名的厂"}, actor=None, now=timezone.now())
    follow()
    assert [one.envelope["body"]["holder"] for one in FeedEntry.objects.order_by("seq")][-1] == "改了名的厂"


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["exchange_feedentry", "exchange_received"])
def test_what_was_said_stays_as_it_was(active, market, clerk, firm, table):
    receive.take_in(
        peer=active, entries=[market.say("publish", "achievement", 1, body())], via="push", now=timezone.now()
    )
    published(clerk, firm)
    follow()
    for statement in (f"UPDATE {table} SET revision = 9", f"DELETE FROM {table}"):
        with pytest.raises(Error, match="stays as it is"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
class TestOfficers:
    @pytest.fixture
    def conflict(self, active, market):
        from tests.exchange.peer import sealed

        first = market.say("publish", "achievement", 1, body(title="先来的"))
        second = sealed(
            market.key, **{name: first[name] for name in ("from", "to", "verb", "kind", "id", "revision")}, seq=2,
            prev=1, body=body(title="后来的"),
        )  # fmt: skip
        receive.take_in(peer=active, entries=[first, second], via="push", now=timezone.now())
        return Conflict.objects.get()

    @pytest.mark.parametrize(("decision", "title"), [("keep", "先来的"), ("take", "后来的")])
    def test_they_decide_which_content_counts(self, conflict, officer, stranger, decision, title):
        given = {"conflict": conflict, "decision": decision, "note": "与对方电话核对过", "now": timezone.now()}
        with pytest.raises(Refused):
            actions.decide(**given, actor=stranger)
        with pytest.raises(Invalid):
            actions.decide(**(given | {"note": "x"}), actor=officer)
        actions.decide(**given, actor=officer)
        assert finds.shown().get().title == title
        with pytest.raises(Refused, match="已经处理"):
            actions.decide(**given, actor=officer)

    def test_what_was_overtaken_is_not_taken(self, conflict, officer, active, market):
        market.feed.append({"seq": 2})
        later = market.say("update", "achievement", 1, body(title="更新的"))
        receive.take_in(peer=active, entries=[later], via="push", now=timezone.now())
        with pytest.raises(Refused, match="更新的版次"):
            actions.decide(conflict=conflict, decision="take", note="采用后来的", actor=officer, now=timezone.now())
        assert finds.shown().get().title == "更新的"

    def test_they_may_hide_a_listing_and_its_market_cannot_unhide_it(self, active, market, officer, stranger):
        receive.take_in(peer=active, entries=[market.say("publish", "need", 1, body())], via="push", now=timezone.now())
        listing = ForeignListing.objects.get()
        with pytest.raises(Refused):
            actions.hide(listing=listing, note="重复的广告", actor=stranger, now=timezone.now())
        actions.hide(listing=listing, note="重复的广告", actor=officer, now=timezone.now())
        entries = [market.say("withdraw", "need", 1, {"reason": "withdrawn"}), market.say("publish", "need", 1, body())]
        receive.take_in(peer=active, entries=entries, via="push", now=timezone.now())
        assert not finds.shown().exists()
        actions.unhide(listing=listing, actor=officer, now=timezone.now())
        assert finds.shown().count() == 1
