"""The workflow of needs and achievements: who may take which step from where, and what validity means."""

import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.market.conftest import NOW, account, member, organisation
from tests.records.cases import Thread
from tests.records.matrix import matrix, taken
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions, asking, finds
from triplehelix.market.listings.access import relations_of
from triplehelix.market.listings.flow import FLOW, VALID_DAYS
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry

VALUES = {
    "title": "铜排表面三个月就发黑",
    "text": "开关柜用铜排镀锡后三个月表面发黑，接触电阻由 8 微欧升到 21 微欧，希望 240 小时盐雾不变色。",
    "field": "新材料",
    "chain": "LC01",
    "contact_name": "阮砺石",
    "contact_phone": "0635-8400000",
}
PEOPLE = {"owner": "clerk", "unit": "county", "city": "officer", "member": "stranger", "auditor": "auditor"}


def draft(clerk, firm, model=Need, **more):
    return actions.create(model=model, organisation=firm, values=VALUES | more, actor=clerk, now=NOW)


def stepped(listing, step, actor, now=NOW):
    return take(case=listing, step=step, actor=actor, now=now, seen_version=listing.version)


def published(clerk, firm, model=Need, **more):
    return stepped(draft(clerk, firm, model, **more), "publish", clerk)


def put_into(listing, state):
    """A listing in any state, with the days that state needs; tests only."""
    days = {"published_at": NOW, "valid_until": NOW + timedelta(days=VALID_DAYS)} if state == "published" else {}
    type(listing).objects.filter(pk=listing.pk).update(state=state, **days)
    listing.refresh_from_db()
    return listing


@pytest.mark.parametrize("model", [Need, Achievement])
@pytest.mark.parametrize(("state", "step", "relation", "may"), matrix(FLOW, [*PEOPLE, "system"]))
def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(
    request, clerk, firm, model, state, step, relation, may
):
    listing = put_into(draft(clerk, firm, model), state)
    actor = None if relation == "system" else request.getfixturevalue(PEOPLE[relation])
    assert taken(listing, step, actor, NOW, note="请写明指标") is may


def test_the_flow_is_the_one_people_agreed_on():
    allowed = {
        (step.code, frm): (step.to, "".join(sorted(r[0] for r in step.by))) for step in FLOW.steps for frm in step.frm
    }
    assert allowed == {
        ("submit", "draft"): ("submitted", "o"),
        ("return", "submitted"): ("draft", "cu"),
        ("publish", "draft"): ("published", "o"),
        ("publish", "submitted"): ("published", "o"),
        ("approve", "submitted"): ("published", "cu"),
        ("renew", "published"): ("published", "o"),
        ("renew", "expired"): ("published", "o"),
        ("renew_for", "published"): ("published", "c"),
        ("renew_for", "expired"): ("published", "c"),
        ("recheck", "published"): ("submitted", "s"),
        ("recheck", "expired"): ("submitted", "s"),
        ("expire", "published"): ("expired", "s"),
        ("withdraw", "submitted"): ("withdrawn", "o"),
        ("withdraw", "published"): ("withdrawn", "o"),
        ("withdraw", "expired"): ("withdrawn", "o"),
        ("take_down", "submitted"): ("withdrawn", "csu"),
        ("take_down", "published"): ("withdrawn", "csu"),
        ("take_down", "expired"): ("withdrawn", "csu"),
        ("reopen", "withdrawn"): ("draft", "o"),
        ("reopen", "expired"): ("draft", "o"),
    }


def test_a_firm_nobody_has_checked_submits_and_an_officer_publishes(db, county):
    firm = organisation(9100, confirmed=False)
    clerk = member(account("new"), firm)
    listing = draft(clerk, firm)
    with pytest.raises(Refused, match="您的单位还没有经过核实"):
        stepped(listing, "publish", clerk)
    Message.objects.all().delete()
    waiting = stepped(listing, "submit", clerk)
    assert Message.objects.get().to == "county@example.com"
    assert stepped(waiting, "approve", county).state == "published"


@pytest.mark.parametrize("note", ["", "   ", "改改"])
def test_nothing_is_returned_without_a_reason(db, county, note):
    firm = organisation(9100, confirmed=False)
    clerk = member(account("new"), firm)
    waiting = stepped(draft(clerk, firm), "submit", clerk)
    with pytest.raises(Refused, match="请写明要改什么"):
        take(case=waiting, step="return", actor=county, now=NOW, seen_version=waiting.version, note=note)
    Message.objects.all().delete()
    take(case=waiting, step="return", actor=county, now=NOW, seen_version=waiting.version, note="请写要达到的指标")
    assert "请写要达到的指标" in Message.objects.get(to="new@example.com").body


def by_office(listing, step, actor, note=""):
    return take(case=listing, step=step, actor=actor, now=NOW, seen_version=listing.version, note=note)


@pytest.mark.parametrize(("step", "why", "state"), [
    ("take_down", "同一难题已在另一条里发布", "withdrawn"), ("renew_for", "11 月 20 日电话，阮砺石", "published"),
])  # fmt: skip
def test_what_an_office_does_with_a_listing_it_says_why_and_the_firm_hears(clerk, firm, officer, step, why, state):
    listing = published(clerk, firm)
    Message.objects.all().delete()
    with pytest.raises(Refused, match="请写明"):
        by_office(listing, step, officer)
    assert by_office(listing, step, officer, why).state == state
    letter = Message.objects.get()
    assert (letter.to, why in letter.body) == ("clerk@example.com", True)


def test_nobody_approves_what_the_own_organisation_hands_in(county, officer):
    firm = organisation(9100, confirmed=False)
    member(county, firm)
    waiting = stepped(draft(county, firm), "submit", county)
    assert waiting.relations_of(county, NOW) == {"owner"}
    with pytest.raises(Refused):
        stepped(waiting, "approve", county)
    assert stepped(waiting, "approve", officer).state == "published"


def test_too_little_text_is_not_published(clerk, firm):
    with pytest.raises(Refused, match="至少用 30 个字"):
        stepped(draft(clerk, firm, text="太短"), "publish", clerk)


def test_a_publication_lasts_180_days_and_can_be_confirmed_again(clerk, firm):
    listing = published(clerk, firm)
    assert listing.valid_until == NOW + timedelta(days=180)
    late = NOW + timedelta(days=170)
    assert stepped(listing, "renew", clerk, late).valid_until == late + timedelta(days=180)


def test_what_ran_out_expires_once_and_its_owner_is_told(clerk, firm):
    listing = published(clerk, firm)
    after = listing.valid_until + timedelta(seconds=1)
    assert actions.expire_due(now=listing.valid_until) == 0
    assert actions.expire_due(now=after) == 1
    assert actions.expire_due(now=after) == 0
    listing.refresh_from_db()
    assert listing.state == "expired"
    assert Message.objects.filter(to="clerk@example.com").count() == 1


def test_an_owner_is_reminded_once_in_the_last_thirty_days(clerk, firm):
    published(clerk, firm)
    assert asking.remind_owners(now=NOW + timedelta(days=149)) == 0
    assert asking.remind_owners(now=NOW + timedelta(days=151)) == 1
    assert asking.remind_owners(now=NOW + timedelta(days=160)) == 0
    assert Message.objects.get(to="clerk@example.com").subject == "请再次确认：铜排表面三个月就发黑"


def test_of_a_large_batch_every_owner_gets_one_letter(clerk, firm):
    """An import publishes thousands in one moment: its owner is asked about all of them once. A firm nobody acts for is
    not said to have been asked."""
    nobody, days = organisation(9300), {"published_at": NOW, "valid_until": NOW + timedelta(days=179)}
    common = {"state": "published", "created_at": NOW, "changed_at": NOW, **days}
    Need.objects.bulk_create(Need(organisation=nobody, title=f"需求 {n}", text="·", **common) for n in range(60))
    Need.objects.bulk_create(Need(organisation=firm, title=f"难题 {n}", text="·", **common) for n in range(60))
    late = NOW + timedelta(days=160)
    assert asking.remind_owners(now=late) == 60
    letter = Message.objects.get()
    assert (letter.to, letter.subject) == ("clerk@example.com", "请再次确认：60 条快到期")
    assert (letter.cause_kind, letter.cause_id) == ("parties.organisation", str(firm.pk))
    assert "· 难题 49（2027-05-21 到期）\n· 另有 10 条\n" in letter.body and "难题 50" not in letter.body
    assert asking.remind_owners(now=late) == 0


def test_each_member_is_asked_in_his_language_and_about_one_by_its_title(clerk, firm):
    other = member(account("english"), firm)
    other.language = "en"
    other.save()
    published(clerk, firm)
    assert asking.remind_owners(now=NOW + timedelta(days=151)) == 1
    said = dict(Message.objects.values_list("to", "subject"))
    assert said == {
        "clerk@example.com": "请再次确认：铜排表面三个月就发黑",
        "english@example.com": "Please reconfirm: 铜排表面三个月就发黑",
    }


@pytest.mark.django_db(transaction=True)
def test_two_who_write_one_number_at_once_are_told_and_not_broken(clerk, firm):
    def second():
        draft(clerk, firm, number="A-1")

    with transaction.atomic():
        draft(clerk, firm, number="A-1")
        thread = Thread(second)
        deadline = time.monotonic() + 20
        while not _somebody_waits() and time.monotonic() < deadline:
            time.sleep(0.05)
    with pytest.raises(Invalid) as why:
        thread.result()
    assert list(why.value.errors) == ["number"] and "已经有编号 A-1" in why.value.errors["number"]
    assert Need.objects.count() == 1


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def test_a_published_listing_is_edited_in_place_and_stays_complete(clerk, firm):
    listing = published(clerk, firm)
    edited = actions.edit(
        listing=listing,
        values={"title": "铜排发黑", "price_fen": 12_000_000},
        actor=clerk,
        now=NOW,
        seen_version=listing.version,
    )
    assert (edited.state, edited.title, edited.version) == ("published", "铜排发黑", listing.version + 1)
    with pytest.raises(Invalid):
        actions.edit(listing=edited, values={"text": "短"}, actor=clerk, now=NOW, seen_version=edited.version)
    edited.refresh_from_db()
    assert len(edited.text) > 30


class TestWhatAnOfficerApprovedForAFirmNobodyHasChecked:
    """It stays what the officer saw: a change leaves the public until it has been looked at, too."""

    @pytest.fixture
    def new(self, db):
        firm = organisation(9100, confirmed=False)
        return member(account("new"), firm), firm

    @pytest.fixture
    def approved(self, new, county):
        return stepped(stepped(draft(*new), "submit", new[0]), "approve", county)

    def edited(self, listing, clerk, now=NOW, **values):
        return actions.edit(listing=listing, values=values, actor=clerk, now=now, seen_version=listing.version)

    def expired(self, listing):
        after = listing.valid_until + timedelta(seconds=1)
        actions.expire_due(now=after)
        listing.refresh_from_db()
        return listing, after

    def test_a_change_goes_back_to_the_office(self, new, approved, county):
        Message.objects.all().delete()
        waiting = self.edited(approved, new[0], title="换一个题目")
        assert (waiting.state, waiting.title, waiting.valid_until) == ("submitted", "换一个题目", None)
        assert Message.objects.get().to == "county@example.com"
        with pytest.raises(Refused, match="还没有经过核实"):
            stepped(waiting, "publish", new[0])
        assert stepped(waiting, "approve", county).state == "published"

    def test_whom_to_call_and_nothing_at_all_do_not(self, new, approved):
        assert self.edited(approved, new[0], contact_phone="0635-8400001", title=approved.title).state == "published"

    def test_too_little_is_not_even_saved(self, new, approved):
        for listing, now in ((approved, NOW), self.expired(approved)):
            with pytest.raises(Invalid, match="至少用 30 个字"):
                self.edited(listing, new[0], now, text="短")

    def test_what_ran_out_is_confirmed_again_as_it_was_but_not_changed(self, new, approved, county):
        over, now = self.expired(approved)
        assert stepped(over, "renew", new[0], now).state == "published"
        over, now = self.expired(type(over).objects.get())
        waiting = self.edited(over, new[0], now, text="别的内容" * 20)
        assert waiting.state == "submitted"
        with pytest.raises(Refused, match="待核对"):
            stepped(waiting, "renew", new[0], now)


def test_what_ran_out_and_became_too_little_is_not_confirmed_again(clerk, firm):
    listing = published(clerk, firm)
    now = listing.valid_until + timedelta(seconds=1)
    actions.expire_due(now=now)
    listing.refresh_from_db()
    short = actions.edit(listing=listing, values={"text": "短"}, actor=clerk, now=now, seen_version=listing.version)
    with pytest.raises(Refused, match="至少用 30 个字"):
        stepped(short, "renew", clerk, now)


def test_two_people_editing_one_wins_and_one_is_told(clerk, firm):
    listing = draft(clerk, firm)
    actions.edit(listing=listing, values={"title": "一"}, actor=clerk, now=NOW, seen_version=listing.version)
    with pytest.raises(Refused, match="别人刚刚修改过"):
        actions.edit(listing=listing, values={"title": "二"}, actor=clerk, now=NOW, seen_version=listing.version)


def test_the_trail_names_personal_data_without_copying_it(clerk, firm):
    listing = published(clerk, firm)
    values = {"contact_phone": "13900000000", "title": "新标题"}
    actions.edit(listing=listing, values=values, actor=clerk, now=NOW, seen_version=listing.version)
    entry = Entry.objects.filter(subject_kind="market.need", verb="edit").get()
    assert entry.data["changed"] == {"contact_phone": None, "title": VALUES["title"]}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "", "请写标题"),
        ("title", "长" * 121, "最多 120 个字，现在有 121 个"),
        ("text", "长" * 20_001, "最多 20000 个字"),
        ("field", "炼金术", "技术领域里没有“炼金术”"),
        ("chain", "LC13", "产业链里没有“LC13”"),
        ("region", "371523", "371503 茌平区"),
        ("trl_wanted", 14, "1 到 13"),
        ("price_fen", -1, "0 到 1000 亿"),
        ("modes", ["赠送"], "合作方式里没有“赠送”"),
        ("contact_phone", "打前台", "电话号码只能有数字"),
        ("contact_email", "a@", "邮箱地址不完整"),
    ],
)
def test_a_wrong_field_says_what_to_do(clerk, firm, field, value, says):
    with pytest.raises(Invalid) as why:
        draft(clerk, firm, **{field: value})
    assert says in why.value.errors[field]
    assert Need.objects.count() == 0


def test_every_wrong_field_is_named_at_once(clerk, firm):
    with pytest.raises(Invalid) as why:
        draft(clerk, firm, title="", chain="LC13", trl_wanted=0)
    assert set(why.value.errors) == {"title", "chain", "trl_wanted"}


def test_a_number_is_given_once_per_organisation(clerk, firm, stranger):
    draft(clerk, firm, number="A-1")
    with pytest.raises(Invalid, match="已经有编号 A-1"):
        draft(clerk, firm, number="A-1")


def test_lists_show_each_viewer_what_is_theirs(clerk, firm, county, other_county, officer, auditor, stranger):
    hidden, waiting, shown = draft(clerk, firm), stepped(draft(clerk, firm), "submit", clerk), published(clerk, firm)

    def seen(viewer):
        return {listing.pk for listing in finds.shown_to(Need, viewer, NOW)}

    assert seen(None) == seen(stranger) == seen(other_county) == {shown.pk}
    assert seen(county) == seen(officer) == {waiting.pk, shown.pk}
    assert seen(clerk) == seen(auditor) == {hidden.pk, waiting.pk, shown.pk}


def test_relations_are_what_the_lists_filter_by(clerk, firm, county, stranger):
    listing = published(clerk, firm)
    assert relations_of(listing, None, NOW) == {"public"}
    assert relations_of(listing, stranger, NOW) == {"public", "member"}
    assert relations_of(listing, county, NOW) == {"public", "member", "unit"}
    assert relations_of(listing, clerk, NOW) == {"public", "member", "owner"}
