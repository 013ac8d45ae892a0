"""Who is told what, signed as receivers expect."""

import pytest
from django.utils import timezone

from tests.market.conftest import account, member, office
from tests.market.test_flow import VALUES
from tests.records.matrix import matrix, taken
from tests.webhooks.conftest import hooked, work
from tests.webhooks.words import DAY, LISTINGS, draft, edited, heard, stepped
from triplehelix.board.webhooks import actions
from triplehelix.board.webhooks.flow import FLOW
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import actions as contracts
from triplehelix.market.introductions import actions as introductions
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Membership
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import followers


@pytest.fixture
def other(stranger):
    """Another firm and its clerk."""
    return stranger.memberships.get().organisation


@pytest.mark.django_db
class TestWhoIsToldWhat:
    def test_a_listing_from_its_publication_to_its_withdrawal(self, receiver, clerk, firm, stranger, other):
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        hooked(receiver, stranger, LISTINGS, path="/other", organisation=other)
        listing = draft(clerk, firm, contact_name="阮砺石")
        work()
        assert receiver.taken == [], "a draft is nobody's news"
        listing = stepped(listing, "publish", clerk)
        work()
        listing = edited(listing, clerk, title="铜排发黑，改过")
        work()
        stepped(listing, "withdraw", clerk)
        work()
        assert heard(receiver) == [
            ("need.published", VALUES["title"], "published"), ("need.updated", "铜排发黑，改过", "published"),
            ("need.withdrawn", "铜排发黑，改过", "withdrawn"),
        ]  # fmt: skip
        assert heard(receiver, "/other") == [
            ("need.published", VALUES["title"], "published"), ("need.updated", "铜排发黑，改过", "published"),
            ("need.withdrawn", None, None),
        ]  # fmt: skip
        said = receiver.taken[0][2]
        assert said["data"]["url"] == f"https://chenghu.example/needs/{listing.pk}/"
        assert "阮砺石" not in str(receiver.taken)
        assert receiver.forged == []

    def test_only_what_was_asked_for(self, receiver, clerk, firm):
        hooked(receiver, clerk, ["achievement.published"], organisation=firm)
        stepped(draft(clerk, firm), "publish", clerk)
        stepped(draft(clerk, firm, Achievement), "publish", clerk)
        work()
        assert [said["type"] for _at, _id, said in receiver.taken] == ["achievement.published"]

    def test_introductions_and_sales_are_their_parties(self, receiver, clerk, firm, stranger, other, officer):
        third = member(account("third"), parties.register_organisation(
            uscc="91371502MAD011KW8U", name="第三方", actor=None, now=timezone.now()))  # fmt: skip
        wanted = ["introduction.changed", "sale.changed"]
        hooked(receiver, clerk, wanted, organisation=firm)
        hooked(receiver, stranger, wanted, path="/other", organisation=other)
        hooked(receiver, third, wanted, path="/third", organisation=third.memberships.get().organisation)
        hooked(receiver, officer, wanted, path="/city", office=officer.offices.get())
        need = stepped(draft(clerk, firm), "publish", clerk)
        achievement = stepped(draft(stranger, other, Achievement), "publish", stranger)
        made = introductions.invite(
            need=need, achievement=achievement, side="need", actor=clerk, words="请看看", now=timezone.now()
        )
        introductions.accept(introduction=made, actor=stranger, now=timezone.now(), seen_version=made.version)
        sale = contracts.open_sale(achievement=achievement, buyer=None, actor=stranger, now=timezone.now())
        take(case=sale, step="withdraw", actor=stranger, now=timezone.now(), seen_version=1, note="不转让了")
        work()
        kinds = {path: [type for type, _title, _state in heard(receiver, path)] for path in
                 ("/hook", "/other", "/third", "/city")}  # fmt: skip
        assert kinds["/hook"] == ["introduction.changed"]
        assert kinds["/third"] == []
        assert set(kinds["/other"]) == set(kinds["/city"]) == {"introduction.changed", "sale.changed"}
        assert "请看看" not in str(receiver.taken)

    def test_a_buyer_is_not_told_of_the_sellers_sheet(self, receiver, clerk, firm, stranger, other, officer):
        hooked(receiver, stranger, ["sale.changed"], organisation=other)
        hooked(receiver, clerk, ["sale.changed"], path="/buyer", organisation=firm)
        hooked(receiver, officer, ["sale.changed"], path="/city", office=officer.offices.get())
        achievement = stepped(draft(stranger, other, Achievement), "publish", stranger)
        parties.confirm_organisation(organisation=firm, actor=None, now=timezone.now())
        sale = contracts.open_sale(achievement=achievement, buyer=firm, actor=stranger, now=timezone.now())
        type(sale).objects.filter(pk=sale.pk).update(state="reward_objected")
        take(case=sale, step="dismiss_reward", actor=stranger, now=timezone.now(), seen_version=1, note="权重无误")
        work()
        states = {path: {state for _type, _title, state in heard(receiver, path)} for path in
                  ("/hook", "/buyer", "/city")}  # fmt: skip
        assert states == {"/hook": {"rewarding"}, "/buyer": {"registered"}, "/city": {"rewarding"}}

    def test_of_two_organisations_of_one_account_each_is_told_its_own(self, receiver, clerk, firm, other):
        member(clerk, other)
        wanted = ["sale.changed"]
        hooked(receiver, clerk, wanted, organisation=firm)
        achievement = stepped(draft(clerk, other, Achievement), "publish", clerk)
        sale = contracts.open_sale(achievement=achievement, buyer=None, actor=clerk, now=timezone.now())
        take(case=sale, step="withdraw", actor=clerk, now=timezone.now(), seen_version=1, note="不转让了")
        work()
        assert receiver.taken == []

    def test_what_may_be_seen_is_decided_when_it_is_told(self, receiver, clerk, firm, stranger, other):
        hook = hooked(receiver, stranger, LISTINGS, organisation=other)
        listing = stepped(draft(clerk, firm), "publish", clerk)
        while followers.drain("webhooks"):
            pass
        stepped(listing, "withdraw", clerk)
        assert Delivery.objects.get(hook=hook, event="need.published").state == "queued"
        work()
        assert [said["type"] for _at, _id, said in receiver.taken] == ["need.withdrawn"]
        assert Delivery.objects.get(hook=hook, event="need.published").state == "dropped"

    def test_who_acts_for_its_owner_no_longer_is_told_nothing(self, receiver, clerk, firm):
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        second = member(account("second"), firm)
        stepped(draft(second, firm), "publish", second)
        while followers.drain("webhooks"):
            pass
        today = timezone.localdate()
        parties.end_membership(membership=clerk.memberships.get(), until=today - DAY, actor=None, now=timezone.now())
        work()
        stepped(draft(second, firm), "publish", second)
        work()
        assert receiver.taken == []
        assert [one.state for one in Delivery.objects.all()] == ["dropped"]

    def test_what_happened_before_is_not_told(self, receiver, clerk, firm):
        stepped(draft(clerk, firm), "publish", clerk)
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        work()
        assert receiver.taken == []

    @pytest.mark.parametrize("role", ["expert", "technology_manager"])
    def test_some_offices_are_told_nothing(self, receiver, role, db):
        who = office(account("x"), role)
        with pytest.raises(Refused):
            hooked(receiver, who, LISTINGS, office=who.offices.get())

    def test_the_citys_office_is_told_though_it_names_its_region(self, receiver, clerk, firm, db):
        who = office(account("city"), "city_officer", "371500")
        hooked(receiver, who, ["need.withdrawn"], office=who.offices.get())
        stepped(stepped(draft(clerk, firm), "publish", clerk), "withdraw", clerk)
        work()
        assert [said[0] for said in heard(receiver)] == ["need.withdrawn"]

    def test_an_office_of_a_county_sees_its_own(self, receiver, county, clerk, firm, stranger, other):
        hooked(receiver, county, ["need.withdrawn"], office=county.offices.get())
        for who, where in ((clerk, firm), (stranger, other)):
            stepped(stepped(draft(who, where), "publish", who), "withdraw", who)
        work()
        titles = [said["data"].get("title") for _at, _id, said in receiver.taken]
        assert sorted(titles, key=str) == [None, VALUES["title"]], "of another county it hears what the public hears"


@pytest.mark.django_db
@pytest.mark.parametrize("cell", matrix(FLOW, ["stranger", "system"]), ids=str)
def test_a_step_is_taken_only_by_its_owner(cell, receiver, clerk, firm, stranger):
    hook = hooked(receiver, clerk, LISTINGS, organisation=firm)
    Hook.objects.filter(pk=hook.pk).update(state=cell.state)
    hook.refresh_from_db()
    actor = {"owner": clerk, "stranger": stranger, "system": None}[cell.relation]
    assert taken(hook, cell.step, actor, timezone.now()) is cell.allowed


@pytest.mark.django_db
class TestRegistering:
    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": " "}, "name"), ({"url": "http://example.com/"}, "url"), ({"url": "https://127.0.0.1/"}, "url"),
            ({"url": "https://169.254.169.254/"}, "url"), ({"url": "x"}, "url"), ({"wanted": []}, "events"),
            ({"wanted": ["case.deleted"]}, "events"),
        ],
    )  # fmt: skip
    def test_wrong_fields_by_name(self, clerk, firm, settings, changed, field):
        settings.WEBHOOK_NETWORKS = ()  # what offices may name is not for everybody
        given = {"name": "业务系统", "url": "https://example.com/x", "wanted": LISTINGS} | changed
        with pytest.raises(Invalid) as why:
            actions.register(**given, account=clerk, organisation=firm, now=timezone.now())
        assert list(why.value.errors) == [field]

    def test_for_ones_own_and_not_without_end(self, receiver, clerk, firm, other):
        with pytest.raises(Refused):
            hooked(receiver, clerk, LISTINGS, organisation=other)
        for n in range(actions.MOST):
            hook = hooked(receiver, clerk, LISTINGS, f"/{n}", organisation=firm)
        with pytest.raises(Refused, match="最多"):
            hooked(receiver, clerk, LISTINGS, organisation=firm)
        stepped(hook, "end", clerk)
        hooked(receiver, clerk, LISTINGS, organisation=firm)

    def test_who_made_it_leaves_and_it_stops_with_a_mail_and_goes_on_under_another(self, receiver, clerk, firm):
        colleague = member(account("colleague"), firm)
        hook = hooked(receiver, clerk, LISTINGS, organisation=firm)
        Membership.objects.filter(account=clerk).update(until=timezone.localdate() - DAY)
        with pytest.raises(Refused, match="已经不代表本单位"):
            actions.test(hook=hook, account=colleague, now=timezone.now())
        need = stepped(draft(colleague, firm), "publish", colleague)
        work()
        hook.refresh_from_db()
        assert (hook.state, receiver.taken) == ("off", [])
        letter = Message.objects.get(kind="board.webhook.give_up")
        assert letter.to == colleague.email and "由现在的成员启用" in letter.body
        stepped(hook, "start", colleague)
        edited(need, colleague, title="铜排发黑，改过")
        work()
        assert [said[0] for said in heard(receiver)] == ["need.updated"]

    def test_the_secret_is_no_plain_text_in_the_database(self, receiver, clerk, firm):
        from django.db import connection

        hooked(receiver, clerk, LISTINGS, organisation=firm)
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM webhooks_hook")
            assert receiver.secrets["/hook"] not in cursor.fetchone()[0]
