"""The blind copy of an application, which is all that experts read of it."""

from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.review import blind


def identity(case: Case) -> blind.Identity:
    """Who the applicant is, so that the anonymous copy can be checked for it."""
    people = tuple(case.organisation.people.order_by("pk").values_list("name", flat=True)[:200])
    leader = (case.leader.name,) if case.leader else ()
    return blind.Identity(
        units=(case.organisation.name,), people=tuple(dict.fromkeys((*leader, *people))),
        usccs=(case.organisation.uscc,), project_numbers=(case.number,),
    )  # fmt: skip


def copy(case: Case) -> tuple[str, str]:
    """Title and text with every name blacked out."""
    found = blind.redact(f"{case.title}\n\n{case.summary}", identity(case)).text
    title, _gap, text = found.partition("\n\n")
    return title, text


def leaks(case: Case) -> int:
    """How many places of the original would give the applicant away."""
    return len(blind.leaks(f"{case.title}\n{case.summary}", identity(case)))
