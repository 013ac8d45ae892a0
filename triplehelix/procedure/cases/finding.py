"""What was found about an applicant (eligibility, alike)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the applicant. `cases` are the numbers of the cases it rests on."""

    code: str
    message: str
    blocks: bool
    cases: tuple[str, ...] = ()
