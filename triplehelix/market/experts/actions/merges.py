"""Who is who: merging, taking out, and undoing either exactly.

Experts form a forest. A merge hangs a root under another root; undoing it takes that branch off again, with everything
that hung below it and nothing else, whatever was merged before or since. All of it runs under one lock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.experts import access, authors
from triplehelix.market.experts.models import Answer, Authorship, Expert, Merge, Proposal, Split
from triplehelix.market.experts.reasons import Reason, reason
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

WHY_MOST = 300


@transaction.atomic
def merge(
    *, one: Expert, other: Expert, how: str, actor: Account | None, now: datetime, reasons: Sequence[Reason] = (),
    why: str = "",
) -> Merge:  # fmt: skip
    """The two are one person; whoever is in the register, else has the lower number, is who remains.

    Raises Refused: not of the desk; merged already; both in the register; the person has said that a work of the other
    is not theirs. Raises Invalid at `why` when their ORCIDs differ and nobody says why they are one.
    """
    authors.people_lock()
    _may(how, actor, now)
    survivor, absorbed = _two(one, other)
    _not_refused(survivor, absorbed)
    marks = [orcids(one) for one in (survivor, absorbed)]
    if all(marks) and not marks[0] & marks[1] and len(why.strip()) < 4:
        raise Invalid({"why": _("两边的 ORCID 不同：请写明为什么仍是同一人")})
    made = Merge.objects.create(
        survivor=survivor, absorbed=absorbed, how=how, reasons=list(reasons), why=_line(why), at=now, by=actor
    )
    absorbed.merged_into = survivor
    # A branch and its root change in one statement: the table never says that a root hangs somewhere.
    Expert.objects.filter(pk=absorbed.pk).update(merged_into=survivor, root=survivor)
    Expert.objects.filter(root=absorbed).exclude(pk=absorbed.pk).update(root=survivor)
    _note(survivor, "merge", actor, now, {"merge": made.pk, "absorbed": absorbed.pk, "how": how}, why)
    _close_inside(survivor, actor, now, made)
    return made


@transaction.atomic
def undo(*, merge: Merge, actor: Account | None, now: datetime, why: str) -> Merge:
    """Take the branch of this merge off again. The pair is not proposed, nor merged by rule, again.

    Raises Refused (not of the desk; undone already) and Invalid at `why`.
    """
    authors.people_lock()
    _may("officer", actor, now)
    if len(why.strip()) < 2:
        raise Invalid({"why": _("请写明为什么撤销")})
    merge = Merge.objects.select_related("survivor", "absorbed").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise Refused(_("这次合并已经撤销过"))
    merge.undone_at, merge.undone_by, merge.undone_why = now, actor, _line(why)
    merge.save(update_fields=["undone_at", "undone_by", "undone_why"])
    branch = _branch(merge.absorbed_id)
    Expert.objects.filter(pk=merge.absorbed_id).update(merged_into=None, root=merge.absorbed_id)
    Expert.objects.filter(pk__in=branch - {merge.absorbed_id}).update(root=merge.absorbed_id)
    unsaid = _unsaid(merge.absorbed)
    # Whatever was answered by this merge said the same of the two: it is answered the other way now.
    answered = Proposal.objects.filter(merge=merge)
    answered.update(state="refused", decided_at=now, decided_by=actor, why=_line(why), merge=None)
    _say_apart(merge.survivor, merge.absorbed, actor, now, why)
    _note(merge.survivor, "undo_merge", actor, now, {"merge": merge.pk, "absorbed": merge.absorbed_id} | unsaid, why)
    return merge


@transaction.atomic
def split(*, authorship: Authorship, actor: Account | None, now: datetime, why: str, by_person: bool = False) -> Split:
    """Take one authorship out, into an expert of its own. Raises Refused when it stands alone anyway."""
    authors.people_lock()
    _may("person" if by_person else "officer", actor, now)
    authorship = Authorship.objects.select_related("expert").get(pk=authorship.pk)
    before = authorship.expert
    alone = not Authorship.objects.filter(expert__root=before.root_id).exclude(pk=authorship.pk).exists()
    if alone and before.person_id is None and before.is_root:
        raise Refused(_("这条署名本来就单独成立"))
    pk = authors.numbers(1)[0]
    own = Expert.objects.create(
        pk=pk, root_id=pk, name=authorship.name, keys=authors.keys_of(authorship.name), created_at=now
    )
    made = Split.objects.create(
        authorship=authorship, frm=before, to=own, why=_line(why), at=now, by=actor, by_person=by_person
    )
    authorship.expert = own
    authorship.save(update_fields=["expert"])
    root = Expert.objects.get(pk=before.root_id)
    _say_apart(root, own, actor, now, why)
    unsaid = _unsaid(own)
    _note(root, "split", actor, now, {"split": made.pk, "authorship": authorship.pk} | unsaid, why)
    return made


@transaction.atomic
def undo_split(*, split: Split, actor: Account | None, now: datetime, by_person: bool = False) -> Split:
    """Put the authorship back where it was. Raises Refused: done already, or merged elsewhere since."""
    authors.people_lock()
    _may("person" if by_person else "officer", actor, now)
    split = Split.objects.select_related("authorship", "frm", "to").get(pk=split.pk)
    if split.undone_at is not None:
        raise Refused(_("已经放回去了"))
    if not split.to.is_root or split.to.merged.exists() or split.authorship.expert_id != split.to_id:
        raise Refused(_("拆出之后它已经并入别的专家：请先撤销那次合并"))
    split.undone_at, split.undone_by = now, actor
    split.save(update_fields=["undone_at", "undone_by"])
    Authorship.objects.filter(pk=split.authorship_id).update(expert=split.frm)
    root = Expert.objects.get(pk=split.frm.root_id)
    _note(root, "undo_split", actor, now, {"split": split.pk, "authorship": split.authorship_id}, "")
    return split


@transaction.atomic
def decide(*, proposal: Proposal, same: bool, actor: Account, now: datetime, why: str = "") -> Proposal:
    """An officer's answer to a proposal. Raises Refused and Invalid like `merge`."""
    authors.people_lock()
    _may("officer", actor, now)
    proposal = Proposal.objects.select_for_update(of=("self",)).select_related("one", "other").get(pk=proposal.pk)
    if proposal.state != "open":
        raise Refused(_("别人刚刚判断过这一条"))
    if same:
        proposal.merge = merge(
            one=proposal.one,
            other=proposal.other,
            how="officer",
            actor=actor,
            now=now,
            reasons=proposal.reasons,
            why=why,
        )
    proposal.state, proposal.decided_at, proposal.decided_by = "accepted" if same else "refused", now, actor
    proposal.why = _line(why)
    proposal.save()
    if not same:
        root = Expert.objects.get(pk=proposal.one.root_id)
        _note(root, "not_the_same", actor, now, {"proposal": proposal.pk, "other": proposal.other_id}, why)
    return proposal


@transaction.atomic
def link(*, expert: Expert, person: Person, actor: Account, now: datetime, why: str = "") -> Merge:
    """Somebody found in the sources is this person of the register. Raises Refused."""
    authors.people_lock()
    known = authors.of_person(person, now)
    return merge(one=known, other=expert, how="officer", actor=actor, now=now, why=why, reasons=[reason("by_hand")])


def _may(how: str, actor: Account | None, now: datetime) -> None:
    """Officers of the desk decide; the program (None) and the person are asked by their own callers."""
    if how == "officer" and actor is not None and not access.is_desk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局和科技大市场的工作人员可以判断"))


def _two(one: Expert, other: Expert) -> tuple[Expert, Expert]:
    """The roots as they are now, who remains first."""
    pair = [Expert.objects.select_related("root__person__home").get(pk=expert.pk).root for expert in (one, other)]
    if pair[0].pk == pair[1].pk:
        raise Refused(_("他们已经是同一人"))
    if all(expert.person_id for expert in pair):
        names = "、".join(f"{expert.name}（{expert.person.home.name}）" for expert in pair if expert.person)
        raise Refused(_("两边都是登记在册的人员：%(names)s。确为同一人的，请先更正人员登记") % {"names": names})
    pair.sort(key=lambda expert: (expert.person_id is None, expert.pk))
    return pair[0], pair[1]


def refused_between(person: Person | None, root: Expert) -> list[Authorship]:
    """The authorships under a root that this person has said are not theirs."""
    if person is None:
        return []
    rows = Authorship.objects.filter(expert__root=root, answers__person=person, answers__said="not_mine")
    return list(rows.select_related("work"))


def _not_refused(survivor: Expert, absorbed: Expert) -> None:
    if found := refused_between(survivor.person, absorbed):
        titles = "、".join(f"《{one.work.title[:30]}》" for one in found[:3])
        said = {"name": survivor.name, "titles": titles}
        raise Refused(_("%(name)s本人已经说明%(titles)s不是自己的成果：请先把它拆出，再合并其余的") % said)


def orcids(root: Expert) -> set[str]:
    rows = Authorship.objects.filter(expert__root=root).exclude(orcid="")
    return set(rows.values_list("orcid", flat=True))


def _branch(top: int) -> set[int]:
    """An expert and everything that hangs below it now."""
    found, edge = {top}, {top}
    while edge:
        edge = set(Expert.objects.filter(merged_into__in=edge).values_list("pk", flat=True)) - found
        found |= edge
    return found


def pair_of(one: Expert, other: Expert) -> dict[str, Expert]:
    first, second = sorted((one, other), key=lambda expert: expert.pk)
    return {"one": first, "other": second}


def _unsaid(root: Expert) -> dict[str, Any]:
    """What somebody else has called theirs of the works that stand under this root now falls: else it would bar whoever
    they really are. Answers the trail's note of it."""
    rows = Answer.objects.filter(said="mine", authorship__expert__root=root.pk)
    rows = rows.exclude(person=root.person_id) if root.person_id else rows
    fallen = [{"person": person, "authorship": row} for person, row in rows.values_list("person", "authorship")]
    rows.delete()
    return {"unsaid": fallen} if fallen else {}


def _say_apart(one: Expert, other: Expert, actor: Account | None, now: datetime, why: str) -> None:
    """The two are not the same: the pair is kept as a refused proposal, so that nobody proposes it again."""
    decided: dict[str, Any] = {
        "state": "refused", "decided_at": now, "decided_by": actor, "why": _line(why), "merge": None
    }  # fmt: skip
    Proposal.objects.update_or_create(
        **pair_of(one, other), defaults=decided, create_defaults={**decided, "score": 0, "made_at": now}
    )


def said_apart(one: Expert, other: Expert) -> bool:
    """Whether somebody has said of these two roots, or of any part of them, that they are two."""
    between = Q(one__root=one, other__root=other) | Q(one__root=other, other__root=one)
    return Proposal.objects.filter(between, state="refused").exists()


def _close_inside(root: Expert, actor: Account | None, now: datetime, made: Merge) -> None:
    """Proposals between two of the same tree are answered by the merge."""
    rows = Proposal.objects.filter(state="open", one__root=root, other__root=root)
    rows.update(state="accepted", decided_at=now, decided_by=actor, merge=made)


def partition(experts: Iterable[Expert]) -> dict[int, set[int]]:
    """Root → the experts under it: who is who, as it stands."""
    found: dict[int, set[int]] = {}
    for expert in experts:
        found.setdefault(expert.root_id, set()).add(expert.pk)
    return found


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:WHY_MOST]


def _note(root: Expert, verb: str, actor: Account | None, now: datetime, data: dict[str, Any], why: str) -> None:
    trail.record(kind=Expert.kind, id=str(root.pk), verb=verb, actor=actor, now=now, data=data, why=_line(why))
