"""这些是您的成果吗: what a person says holds, and what was refused never comes back."""

from datetime import timedelta

import pytest
from django.utils import translation

from tests.experts.conftest import NOW, landed, root_of, work
from tests.market.conftest import account, member
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions, asked, authors, candidates, finds, register
from triplehelix.market.experts.actions import invites
from triplehelix.market.experts.models import Answer, Authorship, Expert, Merge, Profile, Proposal, Split
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db
PLACE = "示例9301厂"


@pytest.fixture
def found(person):
    """Two works that may be the person's and were grouped by an officer, one more, and one of a namesake."""
    made = landed(
        work("低温固化粉末涂料的流平", ("容止戈", PLACE)),
        work("低温固化粉末涂料的耐候", ("容止戈", PLACE)),
        work("Powder coatings cured at low temperature", ("Rong, Zhige", PLACE)),
        work("玉米播种机的漏播检测", ("容止戈", "农机厂")),
    )
    one, two, three, far = made.values()
    actions.merge(one=one, other=two, how="officer", actor=None, now=NOW)
    register.take_people([person], now=NOW)
    candidates.look(keys=authors.keys_of("容止戈"), now=NOW)
    return one, two, three, far


def ids(*experts):
    return list(Authorship.objects.filter(expert__in=experts).values_list("pk", flat=True))


def test_a_person_confirms_one_and_refuses_another_of_a_group(person, found):
    one, two, *_ = found
    own = Expert.objects.get(person=person)
    assert [(group.own, len(group.rows)) for group in asked.groups(person)] == [(True, 0), (False, 2), (False, 1)]
    assert asked.waiting(person) == 3
    said = {"person": person, "actor": None, "via": "account", "now": NOW}
    actions.refuse(authorships=ids(two), **said)
    assert root_of(two) == one.pk  # no word about whose it is: the officer's grouping stands
    actions.confirm(authorships=ids(one), **said)
    assert root_of(one) == own.pk
    row = Authorship.objects.get(pk=Answer.objects.get(said="not_mine").authorship_id)
    assert row.expert.root_id not in (own.pk, one.pk) and Split.objects.count() == 1
    assert Profile.objects.get().confirmed_at == NOW

    candidates.look(keys=authors.keys_of("容止戈"), now=NOW)
    assert row.pk not in {r.pk for group in asked.groups(person) for r in group.rows}
    with pytest.raises(actions.Refused, match="不是自己的"):
        actions.merge(one=own, other=row.expert, how="officer", actor=None, now=NOW)
    landed(work("低温固化粉末涂料的耐候", ("容止戈", PLACE), source_id="again"))  # told again by another source
    candidates.look(keys=authors.keys_of("容止戈"), now=NOW)
    assert row.pk not in {r.pk for group in asked.groups(person) for r in group.rows}


def test_all_of_a_group_at_once_and_thinking_again(person, found):
    one, two, _three, far = found
    own = Expert.objects.get(person=person)
    said = {"person": person, "actor": None, "via": "account", "now": NOW}
    assert actions.confirm_all(group=one.pk, **said) == 2
    assert {root_of(one), root_of(two)} == {own.pk}
    actions.refuse(authorships=ids(two), **said)
    row = Authorship.objects.get(answers__said="not_mine")
    assert row.expert.root_id != own.pk
    actions.confirm(authorships=[row.pk], **said)
    row.refresh_from_db()
    assert row.expert.root_id == own.pk and Answer.objects.get(authorship=row).said == "mine"
    with pytest.raises(actions.Refused, match="待确认"):
        actions.confirm(authorships=ids(far), **said)
    with pytest.raises(actions.Refused, match="待确认"):
        actions.confirm_all(group=far.pk, **said)


def test_one_authorship_is_one_persons(person, found, home):
    one, *_ = found
    said = {"actor": None, "via": "account", "now": NOW}
    actions.confirm(person=person, authorships=ids(one), **said)
    twin = parties.register_person(name="容止戈", home=home, actor=None, now=NOW)
    register.take_people([twin], now=NOW)
    other = Expert.objects.get(person=twin)
    Proposal.objects.create(one=one, other=other, score=50, made_at=NOW)
    with pytest.raises(actions.Refused, match="待确认"):
        actions.confirm(person=twin, authorships=ids(one), **said)


def twin_of(person, home):
    twin = parties.register_person(name="容止戈", home=home, actor=None, now=NOW)
    register.take_people([twin], now=NOW)
    return twin, Expert.objects.get(person=twin)


@pytest.mark.parametrize("how", ["undo", "split"])
def test_what_was_taken_off_a_person_is_free_for_whose_it_is(person, found, home, how):
    """A wrong word of a namesake falls with the merge it made, and the trail keeps it."""
    one, *_ = found
    said = {"actor": None, "via": "account", "now": NOW}
    (row,) = ids(one)
    actions.confirm(person=person, authorships=[row], **said)
    if how == "undo":
        actions.undo(merge=Merge.objects.get(how="person"), actor=None, now=NOW, why="不是同一人")
    else:
        actions.split(authorship=Authorship.objects.get(pk=row), actor=None, now=NOW, why="不是同一人")
    assert not Answer.objects.filter(authorship=row).exists()
    note = Entry.objects.filter(subject_kind="market.expert", data__has_key="unsaid").get()
    assert note.data["unsaid"] == [{"person": person.pk, "authorship": row}]
    twin, expert = twin_of(person, home)
    root = Expert.objects.get(pk=root_of(Authorship.objects.get(pk=row).expert))
    actions.merge(one=expert, other=root, how="officer", actor=None, now=NOW)
    assert not finds.works_of(expert, confirmed_only=True).exists(), "he has said nothing yet"
    actions.confirm(person=twin, authorships=[row], **said)
    assert [one.pk for one in finds.works_of(expert, confirmed_only=True)] == [row]


def test_a_namesake_is_not_asked_of_works_that_are_somebody_elses_by_now(person, found, home, officer):
    """An officer links the group to the colleague: it is the namesake's no more, until that merge is undone."""
    one, *_ = found
    twin, expert = twin_of(person, home)
    candidates.look(keys=authors.keys_of("容止戈"), now=NOW)
    Proposal.objects.update_or_create(
        one=min(one, expert, key=lambda e: e.pk), other=max(one, expert, key=lambda e: e.pk),
        defaults={"score": 60, "state": "open", "made_at": NOW},
    )  # fmt: skip
    assert one.pk in asked.proposed(twin)
    made = actions.link(expert=one, person=person, actor=officer, now=NOW)
    assert [group.root.pk for group in asked.groups(twin) if group.root.person_id not in (None, twin.pk)] == []
    assert not set(ids(one)) & asked.may_answer(twin)
    pairs = [(row.one.root.person_id, row.other.root.person_id) for row in finds.open_proposals()]
    assert not [pair for pair in pairs if None not in pair], "nor is the officer asked what nobody can answer"
    with pytest.raises(actions.Refused, match="待确认"):
        actions.refuse(person=twin, authorships=ids(one), actor=None, via="account", now=NOW)
    actions.undo(merge=made, actor=officer, now=NOW, why="看错了")
    assert one.pk in asked.proposed(twin)


@pytest.mark.parametrize("own", [True, False])
def test_only_their_own_word_takes_a_name_off_an_achievement(person, home, clerk, firm, own):
    from tests.market.test_flow import published

    made = published(clerk, firm, Achievement)
    other = parties.register_person(name="白若铜", home=firm, actor=None, now=NOW)
    made.people.set([person, other])
    register.take_achievements([made.pk], now=NOW)
    twin, _expert = twin_of(person, home)
    row = Authorship.objects.get(work__achievement=made, name="容止戈")
    if own:
        actions.refuse(person=person, authorships=[row.pk], actor=None, via="account", now=NOW)
    else:  # as it could be said before
        Answer.objects.create(person=twin, authorship=row, said="not_mine", via="account", at=NOW)
    rows = list(finds.works_of(authors.of_person(other, NOW), confirmed_only=True))
    (names,) = finds.with_coauthors(rows, told=finds.named_to(None, NOW.date())).values()
    assert sorted(names) == (["白若铜"] if own else ["容止戈", "白若铜"])


def test_a_person_does_not_overturn_what_an_officer_has_said_of_the_pair(person, found, officer):
    one, *_ = found
    said = {"person": person, "actor": None, "via": "account", "now": NOW}
    actions.refuse(authorships=ids(one), **said)
    for proposal in Proposal.objects.filter(state="open"):
        actions.decide(proposal=proposal, same=False, actor=officer, now=NOW, why="农机学院的另一位")
    for act in (actions.confirm, actions.refuse):
        with pytest.raises(actions.Refused, match="科技局"):
            act(authorships=ids(one), **said)
    assert not Authorship.objects.filter(expert__root__person=person).exists()
    # A second way to the same people: one of theirs is still proposed, and stays an officer's matter.
    (late,) = landed(work("低温固化粉末涂料的储存", ("容止戈", PLACE))).values()
    own = Expert.objects.get(person=person)
    pair = sorted((own, late), key=lambda e: e.pk)
    Proposal.objects.update_or_create(one=pair[0], other=pair[1], defaults={"score": 60, "made_at": NOW})
    assert late.pk in asked.proposed(person)
    actions.merge(one=one, other=late, how="officer", actor=officer, now=NOW)
    assert not asked.proposed(person)


def test_two_groups_an_officer_holds_apart_are_not_both_confirmed(person, found, officer):
    one, _two, three, _far = found
    proposal = Proposal.objects.filter(
        one=min(one, three, key=lambda e: e.pk), other=max(one, three, key=lambda e: e.pk)
    )
    decided = {"state": "refused", "decided_at": NOW, "score": 50, "made_at": NOW}
    first, second = sorted((one, three), key=lambda e: e.pk)
    Proposal.objects.update_or_create(one=first, other=second, defaults=decided)
    with pytest.raises(actions.Refused, match="只确认一组"):
        actions.confirm(person=person, authorships=ids(one, three), actor=None, via="account", now=NOW)
    assert proposal.get().state == "refused" and root_of(one) == one.pk


def test_a_person_does_not_undo_an_officers_split(person, found, officer, client, home):
    one, two, *_ = found
    said = {"person": person, "actor": None, "via": "account", "now": NOW}
    (row,) = ids(two)
    actions.refuse(authorships=[row], **said)
    actions.split(authorship=Authorship.objects.get(pk=row), actor=officer, now=NOW, why="这一篇不是那位的")
    with pytest.raises(actions.Refused, match="科技局"):
        actions.confirm(authorships=[row], **said)
    actions.confirm(authorships=ids(one), **said)
    assert Split.objects.get().undone_at is None and Answer.objects.get(authorship=row).said == "not_mine"
    # What the own word took out is taken back; the page offers just that.
    (mine,) = ids(one)
    actions.refuse(authorships=[mine], **said)
    insider = member(account("inside"), home)
    parties.claim_person(person=person, account=insider, actor=None, now=NOW)
    client.force_login(insider)
    page = client.get("/experts/mine/").text
    assert page.count("点错了，是我的") == 1
    actions.confirm(authorships=[mine], **said)
    assert Answer.objects.get(authorship=mine).said == "mine"
    assert Split.objects.get(by_person=True).undone_at == NOW


def test_public_only_after_a_first_word_and_hidden_from_members(person, found, stranger):
    with pytest.raises(Invalid):
        actions.show_as(person=person, visibility="public", actor=None, now=NOW)
    one, *_ = found
    today = NOW.date()
    own = Expert.objects.get(person=person)
    assert own in finds.shown_to(stranger, today) and own not in finds.shown_to(None, today)
    actions.confirm(person=person, authorships=ids(one), actor=None, via="account", now=NOW)
    actions.show_as(person=person, visibility="public", actor=None, now=NOW)
    assert own in finds.shown_to(None, today)
    actions.show_as(person=person, visibility="hidden", actor=None, now=NOW)
    assert own not in finds.shown_to(stranger, today) and own not in finds.shown_to(None, today)
    assert [row.verb for row in Entry.objects.filter(subject_kind="market.profile")] == [
        "confirm", "show_as", "show_as"
    ]  # fmt: skip


def test_an_invitation_goes_where_the_organisation_said_and_its_link_ends(person, found, home, stranger, officer):
    inside = member(account("inside"), home)
    with pytest.raises(actions.Refused, match="邮箱"):
        actions.invite(person=person, base_url="https://s", actor=inside, now=NOW)
    with pytest.raises(actions.Refused, match="所在单位"):
        actions.give_address(person=person, email="a@example.com", actor=stranger, now=NOW)
    with pytest.raises(Invalid):
        actions.give_address(person=person, email="没有", actor=inside, now=NOW)
    actions.give_address(person=person, email="Rong@example.com", actor=inside, now=NOW)
    with translation.override("en"):  # the officer's language; who has no account reads the site's
        made = actions.invite(person=person, base_url="https://s", actor=officer, now=NOW)
    letter = Message.objects.get(kind="experts.invite")
    token = letter.body.split("/experts/invited/")[1].split("/")[0]
    assert letter.to == "rong@example.com" and letter.secret and "3 项" in letter.body
    assert "rong@" not in str(list(Entry.objects.values_list("data", flat=True)))
    assert actions.opened(token, NOW) == made
    assert actions.opened(token + "x", NOW) is None
    assert actions.opened(token, NOW + timedelta(days=31)) is None
    with pytest.raises(actions.Refused, match="天内"):
        actions.invite(person=person, base_url="https://s", actor=officer, now=NOW + timedelta(days=3))
    later = NOW + timedelta(days=31)
    newer = actions.invite(person=person, base_url="https://s", actor=officer, now=later)
    assert actions.opened(token, later) is None and actions.opened(invites.token_of(newer), later)
    actions.stop_mail(person=person, actor=None, now=later)
    assert actions.opened(invites.token_of(newer), later) is None
    assert Profile.objects.get().email == ""
    with pytest.raises(actions.Refused, match="不再接收"):
        actions.invite(person=person, base_url="https://s", actor=officer, now=later)


def test_achievements_follow_the_market_and_not_who_said_no(person, clerk, firm):
    from tests.market.test_flow import published, stepped

    made = published(clerk, firm, Achievement)
    made.people.set([person])
    register.take_achievements([made.pk], now=NOW)
    own = Expert.objects.get(person=person)
    (row,) = finds.works_of(own, confirmed_only=False)
    assert row.work.achievement == made and row.work.kind == "achievement"
    assert not finds.works_of(own, confirmed_only=True).exists()  # another organisation's word alone is not public
    actions.refuse(person=person, authorships=[row.pk], actor=None, via="account", now=NOW)
    register.take_achievements([made.pk], now=NOW)
    assert not finds.works_of(own, confirmed_only=False).exists()
    assert Authorship.objects.filter(work__achievement=made).count() == 1
    stepped(made, "withdraw", clerk)
    register.take_achievements([made.pk], now=NOW)
    row.work.refresh_from_db()
    assert not row.work.live
