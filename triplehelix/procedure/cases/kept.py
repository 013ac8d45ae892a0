"""A decision as the trail keeps it: the amount and a digest, by which a later change of either shows."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from triplehelix.records.trail.models import Entry

if TYPE_CHECKING:
    from triplehelix.procedure.cases.models import Case


def recorded(case: "Case") -> dict[str, Any]:
    """What the trail row of a decision says besides the step: `granted_fen`, and the SHA-256 of it with the answer."""
    whole = {"decision": case.decision, "granted_fen": case.granted_fen}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {"granted_fen": case.granted_fen, "decision": sha256(text.encode()).hexdigest()}


def is_as_decided(case: "Case") -> bool:
    """Whether amount and answer are those the trail last recorded; decisions from before it did so pass."""
    rows = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), data__has_key="decision")
    last = rows.order_by("-n").first()
    return last is None or last.data["decision"] == recorded(case)["decision"]
