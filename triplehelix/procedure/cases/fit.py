"""Whether the awards of the pack fit the procedure, asked at the start."""

from triplehelix.foundation.reference import BadReference
from triplehelix.foundation.workflow import WorkflowError
from triplehelix.fund import terms
from triplehelix.policy.award import Award
from triplehelix.procedure.cases.flow import flow_of
from triplehelix.procedure.terms.finds import faults, pack


def _awards() -> tuple[Award, ...]:
    """None of a pack that cannot be read: of that tells `procedure.terms`."""
    return () if faults() else pack().awards


def uses() -> None:
    """What each award is paid from is a use of the fund. Raises BadReference."""
    known = terms.uses()
    if strange := [f"{award.code} {award.use}" for award in _awards() if award.use not in known]:
        said = "、".join(strange)
        raise BadReference(f"fund.toml [{terms.USES}]：没有奖补事项写的资金用途 {said}；有：{'、'.join(known)}")


def lanes() -> None:
    """The parts of each award make a way from the draft to the money. Raises BadReference."""
    for award in _awards():
        for lane in award.lanes:
            try:
                flow_of(lane, award.parts)
            except WorkflowError as why:
                raise BadReference(f"{award.code}（{lane}）：parts 连不成一条办理流程：{why}") from why
