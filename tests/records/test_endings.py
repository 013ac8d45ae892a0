"""合并, 换发代码, 注销: who acts afterwards, who is told, what is refused, and that it can be taken back."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.cases.city import uscc
from tests.records.conftest import ALUMINIUM, NOW, TODAY
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import access, actions, check, finds
from triplehelix.records.parties.models import Membership, Organisation
from triplehelix.records.parties.rules import Invalid, Refused
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db
SYSTEM = {"actor": None, "now": NOW}
PAPER = "准予合并登记〔2026〕11号"


@pytest.fixture
def firms(make_organisation):
    """Two confirmed firms, the first of which will end."""
    made = [make_organisation(), make_organisation(uscc=ALUMINIUM, name="云川铝业有限公司")]
    return [actions.confirm_organisation(organisation=one, **SYSTEM) for one in made]


@pytest.fixture
def members(firms, make_account):
    """An administrator of each."""
    made = [make_account("copper@example.com"), make_account("aluminium@example.com")]
    for one, firm in zip(made, firms, strict=True):
        actions.add_member(account=one, organisation=firm, role="admin", since=TODAY, **SYSTEM)
    return made


def ended(firm, successor=None, **more):
    given = {"ending": "merged" if successor else "closed", "on": TODAY, "document": PAPER, **SYSTEM, **more}
    return actions.end_organisation(organisation=firm, successor=successor, **given)


def acts_for(account):
    return {group for group in access.audiences(account, TODAY) if group.startswith(("org:", "wrote:"))}


def wrong(name, *args, **more):
    with pytest.raises(Invalid) as caught:
        ended(*args, **more)
    assert list(caught.value.errors) == [name]
    return caught.value.errors[name]


def test_who_acts_for_the_successor_acts_for_what_was_merged_into_it_and_its_own_people_no_more(firms, members):
    old, new = firms
    ended(old, new)
    assert acts_for(members[0]) == set()
    assert acts_for(members[1]) == {f"org:{old.pk}", f"org:{new.pk}"}
    old.refresh_from_db()
    assert set(finds.members_of(old, TODAY)) == {members[1]}
    assert access.relations(members[1], old, TODAY) == {"public", "member", "admin"}
    # New things are begun in the name of who goes on; what there was is theirs as well.
    assert list(finds.organisations_of(members[1], TODAY)) == [new]
    assert set(finds.cared_for(members[1], TODAY)) == {old, new}
    assert set(finds.represented(TODAY)) == {old, new}


def test_under_a_new_code_its_people_go_on(firms, members):
    old, new = firms
    ended(old, new, ending="renumbered")
    assert acts_for(members[0]) == {f"org:{old.pk}", f"org:{new.pk}"}
    assert Membership.objects.get(account=members[0], organisation=new).role == "admin"
    assert list(check.problems()) == []


def test_of_one_that_was_closed_nobody_acts(firms, members):
    ended(firms[0])
    assert acts_for(members[0]) == set()
    assert finds.gone(Organisation.objects.get(pk=firms[0].pk)) == f"{firms[0].name}已于 {TODAY} 注销"


def test_members_of_both_are_told_what_goes_on_where(firms, members):
    old, new = firms
    ended(old, new)
    letters = {one.to: one for one in Message.objects.filter(kind="parties.organisation.end")}
    assert set(letters) == {"copper@example.com", "aluminium@example.com"}
    assert letters["copper@example.com"].subject == f"单位由{new.name}承继：{old.name}"
    assert PAPER in letters["copper@example.com"].body


def test_who_asked_to_act_for_it_is_answered_and_nobody_asks_any_more(firms, make_account):
    old, new = firms
    asker = make_account("asker@example.com")
    claim = {"account": asker, "uscc": old.uscc, "name": old.name, "now": NOW}
    waiting = actions.claim_organisation(**claim)
    ended(old, new)
    waiting.refresh_from_db()
    assert waiting.until == TODAY and waiting.accepted_at is None
    with pytest.raises(Invalid) as caught:
        actions.claim_organisation(**claim)
    assert new.uscc in caught.value.errors["uscc"]


def test_it_leaves_its_chains(firms):
    actions.join_chain(organisation=firms[0], chain="LC01", since=date(2026, 1, 1), **SYSTEM)
    ended(firms[0])
    assert firms[0].chains.get().until == TODAY


def test_taken_back_it_is_in_its_chains_again_and_in_no_others(firms):
    for chain in ("LC01", "LC02"):
        left = actions.join_chain(organisation=firms[0], chain=chain, since=date(2026, 1, 1), **SYSTEM)
    actions.leave_chain(membership=left, until=TODAY, **SYSTEM)
    later = NOW + timedelta(hours=1)
    ended(firms[0], now=later)
    actions.undo_ending(organisation=firms[0], actor=None, now=later + timedelta(days=3), why="登记错了单位")
    chain = firms[0].chains.get(until__isnull=True)
    assert (chain.chain, chain.since) == ("LC01", TODAY + timedelta(days=3))


def test_what_a_successor_had_taken_over_passes_on_and_comes_back(firms, make_organisation, members):
    old, new = firms
    last = actions.confirm_organisation(organisation=make_organisation(uscc=uscc(7), name="澄湖集团"), **SYSTEM)
    ended(old, new)
    ended(new, last)
    old.refresh_from_db()
    assert (old.successor, old.heir) == (new, last)
    assert set(finds.managed({"role:city_officer"}).filter(ending="")) == {last}
    actions.undo_ending(organisation=new, why="合并没有完成", **SYSTEM)
    old.refresh_from_db()
    assert (old.successor, old.heir) == (new, new)
    assert acts_for(members[1]) == {f"org:{old.pk}", f"org:{new.pk}"}
    assert list(check.problems()) == []


def test_taken_back_its_own_people_act_again_and_both_sides_hear_why(firms, members):
    old, new = firms
    ended(old, new)
    with pytest.raises(Invalid):
        actions.undo_ending(organisation=old, why=" ", **SYSTEM)
    Message.objects.all().delete()
    actions.undo_ending(organisation=old, why="登记错了单位", **SYSTEM)
    assert (acts_for(members[0]), acts_for(members[1])) == ({f"org:{old.pk}"}, {f"org:{new.pk}"})
    assert {one.to for one in Message.objects.all()} == {"copper@example.com", "aluminium@example.com"}
    assert all("登记错了单位" in one.body for one in Message.objects.all())
    assert [one.verb for one in Entry.objects.filter(subject_id=str(old.pk), verb__contains="end")] == [
        "end",
        "undo_end",
    ]
    with pytest.raises(Refused):
        actions.undo_ending(organisation=old, why="再来一次", **SYSTEM)


def test_whom_a_mistaken_new_code_has_brought_into_the_neighbour_acts_for_it_no_more(firms, members, make_account):
    """The code was a neighbour's: taken back, nobody of the one reads what is the other's."""
    old, new = firms
    both = make_account("both@example.com")
    for firm in firms:
        actions.add_member(account=both, organisation=firm, role="clerk", since=TODAY, **SYSTEM)
    later = NOW + timedelta(hours=1)
    ended(old, new, ending="renumbered", now=later)
    assert acts_for(members[0]) == {f"org:{old.pk}", f"org:{new.pk}"}
    actions.undo_ending(organisation=old, why="代码写成了隔壁企业的", actor=None, now=later + timedelta(minutes=5))
    assert acts_for(members[0]) == {f"org:{old.pk}"}
    assert acts_for(members[1]) == {f"org:{new.pk}"}
    assert acts_for(both) == {f"org:{old.pk}", f"org:{new.pk}"}, "it had acted for both before"
    assert list(check.problems()) == []


def test_what_is_wrong_is_said_at_its_field(firms, make_organisation):
    old, new = firms
    assert wrong("successor", old, ending="merged")
    assert wrong("successor", old, new, ending="closed")
    assert wrong("successor", old, old)
    assert wrong("successor", old, make_organisation(uscc=uscc(7), name="没有核实的"))
    assert wrong("on", old, on=TODAY + timedelta(days=1))
    assert wrong("document", old, document="  ")
    assert wrong("ending", old, ending="sold")


def test_nothing_ends_twice_and_nobody_goes_on_who_has_ended(firms):
    old, new = firms
    ended(old, new)
    with pytest.raises(Refused):
        ended(old)
    # The other way round it would be a circle.
    assert new.uscc in wrong("successor", new, old)


def test_only_its_officer_and_nobody_who_acts_for_either(firms, make_account):
    old, new = firms
    officer = make_account("officer@example.com")
    with pytest.raises(Refused):
        ended(old, new, actor=officer)
    actions.appoint(account=officer, role="city_officer", unit="", since=TODAY, **SYSTEM)
    actions.add_member(account=officer, organisation=new, role="clerk", since=TODAY, **SYSTEM)
    with pytest.raises(Refused, match="请另一位工作人员办理"):
        ended(old, new, actor=officer)
    assert ended(old, actor=officer).ending == "closed"


def test_an_end_put_past_the_trail_is_named(firms):
    old, new = firms
    ended(old, new)
    Organisation.objects.filter(pk=old.pk).update(ending_document="没有这份文件")
    assert list(check.problems()) == [f"单位 {old.pk} 的终止登记与留痕不符"]


@pytest.mark.parametrize("values", [{"ending": "merged", "ended_on": TODAY}, {"ending": "closed"}, {"ended_on": TODAY}])
def test_the_database_keeps_ends_whole(firms, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=firms[0].pk).update(**values)


def test_it_is_not_found_by_its_code_any_more_but_who_goes_on_is_named(firms):
    old, new = firms
    ended(old, new)
    for said in (old.uscc, old.name):
        with pytest.raises(Refused, match=new.uscc):
            finds.organisation_called(said)


def test_of_two_of_one_name_the_one_that_goes_on_is_meant(firms):
    old, new = firms
    Organisation.objects.filter(pk=new.pk).update(name=old.name)
    with pytest.raises(Refused, match="不止一个"):
        finds.organisation_called(old.name)
    ended(old, new)
    assert finds.organisation_called(old.name) == new


def test_whose_time_is_limited_does_not_come_to_act_without_end(firms, members, make_account):
    old, new = firms
    guest = make_account("guest@example.com")
    seat = actions.add_member(account=guest, organisation=old, role="clerk", since=TODAY, **SYSTEM)
    actions.end_membership(membership=seat, until=TODAY + timedelta(days=9), **SYSTEM)
    ended(old, new, ending="renumbered")
    assert acts_for(guest) == set()


def test_whom_nobody_has_checked_does_not_come_to_act_for_the_successor(firms, make_account):
    new = firms[1]
    squatter = make_account("squatter@example.com")
    seat = actions.claim_organisation(account=squatter, uscc=uscc(77), name="云川铝业（旧码）", now=NOW)
    ended(seat.organisation, new, ending="renumbered")
    assert acts_for(squatter) == set()


def test_only_the_successors_own_officer_brings_people_into_it(firms, members, make_account):
    """An officer of one county registers a firm, lets an accomplice in, and gives it the code of another county's."""
    old, new = firms
    Organisation.objects.filter(pk=old.pk).update(unit="371521")
    Organisation.objects.filter(pk=new.pk).update(unit="371522")
    old.refresh_from_db()
    county = make_account("county@example.com")
    actions.appoint(account=county, role="county_officer", unit="371521", since=TODAY, **SYSTEM)
    with pytest.raises(Refused, match="承继单位"):
        ended(old, new, ending="renumbered", actor=county)
    assert acts_for(members[0]) == {f"org:{old.pk}"}
