"""What somebody may do with an introduction: each act is a small form, offered by state and relation, on its page or in
its negotiation room. `run` calls one action, which asks again whether it may be done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web import introduction_forms as asked
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request
from triplehelix.market.introductions import access, actions, guards, terms
from triplehelix.market.introductions.flow import PARTIES
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.states import MET, RUNNING, WAITING
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

Given = dict[str, Any]
OPEN = (*WAITING, *RUNNING)


@dataclass(frozen=True)
class Act:
    """One act. `relations` and `states` say when it is offered; `may` what else must hold."""

    code: str
    label: Any
    relations: tuple[str, ...]
    states: tuple[str, ...]
    made: type[asked.ActForm]
    run: Callable[[Request, Introduction, Any, Given], object]
    may: Callable[[Introduction], bool] = lambda introduction: True
    in_room: bool = False
    danger: bool = False
    folded: bool = True

    def offered(self, introduction: Introduction, held: frozenset[str]) -> bool:
        return bool(held & set(self.relations)) and introduction.state in self.states and self.may(introduction)


def offered(introduction: Introduction, held: frozenset[str], *, in_room: bool) -> Iterator[Act]:
    """The acts for somebody with these relations, in the order declared."""
    return (one for one in ACTS.values() if one.in_room is in_room and one.offered(introduction, held))


def run(act: Act, request: Request, introduction: Introduction, form: Any, seen: int) -> str:
    """Do it, whole or not at all: what is refused leaves no paper behind. Answers what to tell. Raises Refused,
    Invalid, evidence.Unacceptable."""
    given = {"introduction": introduction, "actor": request.user, "now": timezone.now(), "seen_version": seen}
    with transaction.atomic():
        act.run(request, introduction, form, given)
    return _("已办理：%(act)s") % {"act": act.label}


def _step(step: str) -> Callable[[Request, Introduction, Any, Given], object]:
    def take_it(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
        return take(case=given.pop("introduction"), step=step, **given)

    return take_it


def _reason(action: Callable[..., object]) -> Callable[[Request, Introduction, Any, Given], object]:
    def give(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
        data = form.cleaned_data
        return action(reason_code=data["reason"], words=data["words"], **given)

    return give


def _held(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    data = {name: value for name, value in form.cleaned_data.items() if name != "meeting"}
    return actions.record_meeting(meeting=form.meeting_chosen(), **data, **given)


def _cancel(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    meeting = introduction.meetings.get(pk=int(form.cleaned_data["meeting"]))
    return actions.cancel(meeting=meeting, why=form.cleaned_data["why"], **given)


def _void_meeting(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    meeting = introduction.meetings.get(pk=int(form.cleaned_data["meeting"]))
    return actions.void_meeting(meeting=meeting, why=form.cleaned_data["why"], **given)


def _intent(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    data = dict(form.cleaned_data)
    file, wan = _kept(request, introduction, data.pop("file")), data.pop("amount")
    return actions.sign_intent(file=file, amount_fen=asked.fen(wan), **data, **given)


def _kept(request: Request, introduction: Introduction, upload: Any) -> Any:
    return actions.keep_paper(
        introduction=introduction, content=upload.read(), name=upload.name, actor=request.user, now=timezone.now()
    )


def _say(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    given.pop("seen_version")
    return actions.say(text=form.cleaned_data["text"], **given)


def _lay(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    given.pop("seen_version")
    file = _kept(request, introduction, form.cleaned_data["file"])
    return actions.lay(file=file, title=form.cleaned_data["title"], **given)


def _propose(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    return actions.propose(terms=form.terms(), **given)


def _accept_terms(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    return actions.accept_terms(n=whole(request.POST.get("n", "")) or 0, **given)


def _assign(request: Request, introduction: Introduction, form: Any, given: Given) -> object:
    chosen = form.cleaned_data["manager"]
    return actions.assign(manager=Account.objects.get(pk=int(chosen)), **given)


def _with(action: Callable[..., object]) -> Callable[[Request, Introduction, Any, Given], object]:
    """An action that takes just what its form asks."""
    return lambda request, introduction, form, given: action(**form.cleaned_data, **given)


def has_appointment(introduction: Introduction) -> bool:
    return introduction.meetings.filter(held_on__isnull=True, cancelled_at__isnull=True).exists()


def _waits_for(introduction: Introduction) -> bool:
    newest = introduction.versions.order_by("-n").first()
    return newest is not None and len(newest.accepted_by) < 2


def _not_yet(introduction: Introduction) -> bool:
    return not guards.signed(introduction) and introduction.state in actions.may_sign(introduction)


def _again(introduction: Introduction) -> bool:
    return introduction.times_asked < terms.term("asks", timezone.localdate())


A, N, M = access.ACHIEVEMENT, access.NEED, access.MANAGER
ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("accept", gettext_lazy("接受引荐"), (access.ASKED,), WAITING, asked.ActForm, _with(actions.accept),
            folded=False),
        Act("decline", gettext_lazy("谢绝"), (access.ASKED,), WAITING, asked.ReasonForm, _reason(actions.decline),
            danger=True),
        Act("ask_again", gettext_lazy("再次邀请"), (access.INVITER, M), ("unanswered",), asked.ActForm,
            _step("ask_again"), may=_again, folded=False),
        Act("take_back", gettext_lazy("撤回邀请"), (access.INVITER,), WAITING, asked.ActForm, _step("take_back"),
            danger=True, folded=False),
        Act("agree_to_manage", gettext_lazy("同意办理"), (access.CALLED,), OPEN, asked.ActForm,
            _with(actions.agree_to_manage), folded=False),
        Act("refuse_to_manage", gettext_lazy("不能办理"), (access.CALLED,), OPEN, asked.WhyForm,
            _with(actions.refuse_to_manage), danger=True),
        Act("plan", gettext_lazy("约时间"), PARTIES, RUNNING, asked.PlanForm, _with(actions.plan)),
        Act("held", gettext_lazy("登记洽谈、考察"), PARTIES, RUNNING, asked.HeldForm, _held),
        Act("cancel", gettext_lazy("取消约定"), PARTIES, RUNNING, asked.CancelForm, _cancel, may=has_appointment),
        Act("void_meeting", gettext_lazy("作废登记错的洽谈、考察"), PARTIES, MET, asked.VoidMeetingForm, _void_meeting,
            may=guards.talked, danger=True),
        Act("intent", gettext_lazy("登记意向书"), PARTIES, MET, asked.IntentForm, _intent, may=_not_yet),
        Act("void_intent", gettext_lazy("作废登记错的意向书"), PARTIES, MET, asked.VoidIntentForm,
            _with(actions.void_intent), may=guards.signed, danger=True),
        Act("break_off", gettext_lazy("终止"), PARTIES, RUNNING, asked.ReasonForm, _reason(actions.break_off),
            danger=True),
        Act("assign", gettext_lazy("指派经理人"), (access.OFFICER,), OPEN, asked.AssignForm, _assign),
        Act("accept_terms", gettext_lazy("接受这一版"), (N, A), ("negotiating",), asked.ActForm, _accept_terms,
            may=_waits_for, in_room=True, folded=False),
        Act("propose", gettext_lazy("提出条款"), PARTIES, RUNNING, asked.TermsForm, _propose, in_room=True),
        Act("say", gettext_lazy("留言"), PARTIES, RUNNING, asked.SayForm, _say, in_room=True),
        Act("lay", gettext_lazy("上传文件"), PARTIES, RUNNING, asked.LayForm, _lay, in_room=True),
    )
}  # fmt: skip
