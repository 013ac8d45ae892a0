"""承诺书: what a unit promises when it confirms, by versions of the pack (reference/commitments.toml).

The words and their digest are kept in the trail with the confirmation, as consents of finance keep theirs: another
text of tomorrow changes nothing of what was promised today.
"""

from datetime import date
from hashlib import sha256

from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties import texts
from triplehelix.records.parties.texts import Text
from triplehelix.records.trail.models import Entry

LIST = "commitments"
#: The step that makes it.
STEP = "confirm"


def current(on: date) -> Text:
    """The version in force on a day. Raises BadReference when there is none."""
    return texts.current(LIST, on)


def recorded(on: date) -> dict[str, str]:
    """What the trail keeps of the text that is agreed to."""
    text = current(on)
    digest = sha256(text.text.encode()).hexdigest()
    return {"commitment": text.version, "commitment_text": text.text, "commitment_digest": digest}


def made(case: Case) -> Entry | None:
    """The last confirmation of a case with the words it was given for, if there is one."""
    rows = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), verb=STEP)
    return rows.filter(data__has_key="commitment_text").order_by("-n").first()
