"""Merging and undoing: exactly, in any order; and namesakes stay two."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.experts.conftest import NOW, landed, root_of, work
from triplehelix.market.experts import actions, candidates
from triplehelix.market.experts.actions.merges import partition
from triplehelix.market.experts.models import Authorship, Expert, Merge, Proposal, Split
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db
ORCID = "0000-0002-1825-0097"


def looked(*names):
    from triplehelix.market.experts.names import parse

    return candidates.look(keys={key for name in names for key in parse(name).keys}, now=NOW)


def stands():
    """Who is who, and where every authorship is."""
    tree = {frozenset(group) for group in partition(Expert.objects.filter(authorships__isnull=False)).values()}
    return tree, dict(Authorship.objects.values_list("pk", "expert__root"))


def wanted_of(experts, merges):
    """The partition that follows from the merges in force: a forest by hand, kept apart from the tables."""
    up = {expert: expert for expert in experts}
    for merge in merges:
        if merge.undone_at is None:
            up[merge.absorbed_id] = merge.survivor_id

    def top(one):
        return one if up[one] == one else top(up[one])

    groups = {}
    for one in experts:
        groups.setdefault(top(one), set()).add(one)
    return {frozenset(group) for group in groups.values()}


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["merge", "undo"]), st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_any_merges_and_undos_leave_what_the_merges_in_force_say(officer, steps):
    from django.db import transaction

    with transaction.atomic():
        found = list(landed(*[work(f"第{n}篇不同的论文题目", "张三") for n in range(7)]).values())
        ids = [one.pk for one in found]
        for what, a, b in steps:
            before = stands()
            if what == "merge":
                try:
                    made = actions.merge(one=found[a], other=found[b], how="officer", actor=officer, now=NOW)
                except actions.Refused:
                    assert root_of(found[a]) == root_of(found[b])
                    continue
                after = stands()
                actions.undo(merge=made, actor=officer, now=NOW, why="看错了")
                assert stands() == before  # at once undone: as it was
                Merge.objects.filter(pk=made.pk).delete()
                actions.merge(one=found[a], other=found[b], how="officer", actor=officer, now=NOW)
                assert stands() == after
            elif made := Merge.objects.filter(undone_at=None).order_by("pk")[a : a + 1]:
                actions.undo(merge=made[0], actor=officer, now=NOW, why="看错了")
            assert stands()[0] == wanted_of(ids, Merge.objects.order_by("pk"))
        for one in Merge.objects.filter(undone_at=None):
            actions.undo(merge=one, actor=officer, now=NOW, why="全部撤销")
        assert stands()[0] == {frozenset({pk}) for pk in ids}
        transaction.set_rollback(True)


def test_an_undo_after_later_merges_takes_just_its_own_branch_off(officer):
    a, b, c, d = landed(*[work(f"第{n}篇不同的论文题目", "张三") for n in range(4)]).values()
    under = actions.merge(one=b, other=c, how="officer", actor=officer, now=NOW)
    first = actions.merge(one=a, other=b, how="officer", actor=officer, now=NOW)
    actions.merge(one=a, other=d, how="officer", actor=officer, now=NOW)
    actions.undo(merge=first, actor=officer, now=NOW, why="不是同一人")
    assert [root_of(one) for one in (a, b, c, d)] == [a.pk, b.pk, b.pk, a.pk]
    with pytest.raises(actions.Refused, match="已经撤销"):
        actions.undo(merge=first, actor=officer, now=NOW, why="再来")
    actions.undo(merge=under, actor=officer, now=NOW, why="也不是")
    assert root_of(c) == c.pk
    assert [row.verb for row in Entry.objects.filter(subject_kind="market.expert", subject_id=str(a.pk))] == [
        "merge", "merge", "undo_merge"
    ]  # fmt: skip


def test_the_same_orcid_merges_by_rule_and_never_again_after_an_undo():
    one, other = landed(
        work("低温固化粉末涂料的研究", ("张三", "", ORCID)), work("Low cure powder coatings", ("San Zhang", "", ORCID))
    ).values()
    assert looked("张三") == (1, 0)
    made = Merge.objects.get()
    assert (made.how, root_of(other)) == ("rule", one.pk) and {"code": "orcid"} in made.reasons
    actions.undo(merge=made, actor=None, now=NOW, why="来源写错")
    assert looked("张三") == (0, 0)
    assert root_of(other) == other.pk and Proposal.objects.get().state == "refused"


def test_what_somebody_said_of_two_holds_when_the_rule_hangs_them_on_a_third(officer, person):
    """Each is merged into the known person of the same ORCID; the second would bring the refused pair together."""
    one, other = landed(
        work("低温固化粉末涂料的研究", ("容止戈", "", ORCID)), work("粉末涂料的流平与消泡", ("容止戈", "", ORCID))
    ).values()
    assert looked("容止戈") == (1, 0)
    actions.undo(merge=Merge.objects.get(), actor=officer, now=NOW, why="两个人用了一个号")
    assert looked("容止戈") == (0, 0)
    (third,) = landed(work("再生铜熔炼的渣型", ("容止戈", "", ORCID))).values()
    actions.link(expert=third, person=person, actor=officer, now=NOW)
    merged, _proposed = looked("容止戈")
    assert merged == 1
    assert root_of(one) != root_of(other)


def test_namesakes_are_not_merged_silently_however_much_is_alike(officer):
    place = "示例9301厂"
    found = landed(
        work("低温固化粉末涂料的流平与附着力", ("王伟", place), "赵钱", subjects=("粉末涂料",)),
        work("低温固化粉末涂料的耐候与附着力", ("王伟", place), "赵钱", subjects=("粉末涂料",)),
        work("玉米播种机的漏播检测与补偿", ("王伟", "另一个地方"), "孙李", subjects=("农业机械",)),
    )
    assert looked("王伟")[0] == 0 and not Merge.objects.exists()
    near, same, far = (one for (_title, name), one in found.items() if name == "王伟")
    proposal = Proposal.objects.get(one=min(near, same, key=lambda e: e.pk), other__in=[near, same])
    assert {"code": "coauthor", "names": ["赵钱"]} in proposal.reasons
    assert not Proposal.objects.filter(other=far).exists()
    actions.decide(proposal=proposal, same=False, actor=officer, now=NOW, why="两个研究组")
    looked("王伟")
    proposal.refresh_from_db()
    assert proposal.state == "refused" and Proposal.objects.filter(state="open").count() == 0


def test_two_orcids_are_two_people_unless_somebody_says_why(officer):
    one, other = landed(
        work("第一篇不同的论文题目", ("张三", "", ORCID)),
        work("第二篇不同的论文题目", ("张三", "", "0000-0000-2026-3300")),
    ).values()
    assert looked("张三") == (0, 0)
    with pytest.raises(Invalid, match="ORCID"):
        actions.merge(one=one, other=other, how="officer", actor=officer, now=NOW)
    actions.merge(one=one, other=other, how="officer", actor=officer, now=NOW, why="本人来函说明有两个号")
    assert root_of(other) == one.pk


def test_two_of_the_register_are_not_merged_and_a_known_person_remains(officer, person, home):
    from triplehelix.market.experts import authors
    from triplehelix.records.parties import actions as parties

    twin = parties.register_person(name="容止戈", home=home, actor=None, now=NOW)
    known = authors.of_person(person, NOW)
    with pytest.raises(actions.Refused, match="登记在册"):
        actions.merge(one=known, other=authors.of_person(twin, NOW), how="officer", actor=officer, now=NOW)
    (found,) = landed(work("第一篇不同的论文题目", "容止戈")).values()
    made = actions.merge(one=found, other=known, how="officer", actor=officer, now=NOW)
    assert (made.survivor_id, root_of(found)) == (known.pk, known.pk)


def test_a_work_taken_out_and_put_back(officer):
    one, other = landed(*[work(f"第{n}篇不同的论文题目", "张三") for n in range(2)]).values()
    actions.merge(one=one, other=other, how="officer", actor=officer, now=NOW)
    row = Authorship.objects.get(expert=other)
    before = stands()
    made = actions.split(authorship=row, actor=officer, now=NOW, why="不是他写的")
    row.refresh_from_db()
    assert row.expert_id == made.to_id == root_of(row.expert) != one.pk
    assert looked("张三") == (0, 0)  # nobody proposes to put it back
    actions.undo_split(split=Split.objects.get(), actor=officer, now=NOW)
    assert stands() == before


def test_who_may_not_decide_does_not(clerk, stranger):
    one, other = landed(*[work(f"第{n}篇不同的论文题目", "张三") for n in range(2)]).values()
    with pytest.raises(actions.Refused):
        actions.merge(one=one, other=other, how="officer", actor=clerk, now=NOW)
