"""What an institution may see of a firm: exactly the consented fields, nothing else."""

from typing import Any

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.finance.models import Application, Consent
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Organisation

MOST_WORKS = 50


def seen_by_institution(case: Application, consent: Consent) -> dict[str, Any]:
    """Exactly what was consented to, by field: nothing else of the firm reaches an institution."""
    lead, firm = case.lead, case.lead.organisation
    parts: dict[str, Any] = {
        "identity": lambda: {
            "name": firm.name, "uscc": firm.uscc, "region": firm.region, "size": firm.size, "flags": list(firm.flags),
        },
        "wish": lambda: {
            "kind": lead.kind, "amount_fen": lead.amount_fen, "months": lead.months, "purpose": lead.purpose,
            "collateral": lead.collateral, "about": lead.about,
        },
        "contact": lambda: {
            "contact_name": firm.contact_name, "contact_post": firm.contact_post,
            "contact_phone": firm.contact_phone, "contact_email": firm.contact_email,
        },
        "standing": lambda: {
            "qualifications": [
                {"kind": q.kind, "year": q.year, "number": q.number, "confirmed": q.confirmed_at is not None}
                for q in firm.qualifications.filter(void_why="")
            ]
        },
        "works": lambda: {"works": _works(firm)},
    }  # fmt: skip
    return {field: parts[field]() for field in consent.fields if field in parts}


def _works(firm: Organisation) -> list[dict[str, str]]:
    found = []
    for model in (Need, Achievement):
        for row in model._default_manager.filter(organisation=firm, state="published").order_by("-published_at")[
            :MOST_WORKS
        ]:
            found.append({"kind": model.kind, "title": row.title})
    return found
