"""Who stands in which relation to a diagnosis.

owner 需求单位的成员     officer 市科技局、需求单位的主管部门     manager 技术经理人     diagnoser 承办这一件的人
auditor 审计
"""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, any_of, codes, numbers

if TYPE_CHECKING:
    from triplehelix.market.diagnosis.models import Diagnosis

OWNER, OFFICER, MANAGER, DIAGNOSER, AUDITOR = "owner", "officer", "manager", "diagnoser", "auditor"
CITY, MANAGERS = "role:city_officer", "role:technology_manager"


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the diagnoses to which the actor has it on this day."""
    groups = audiences(actor, on)
    unit = Q(need__organisation__unit__in=codes(groups, "unit:"))
    return {
        OWNER: Q(need__organisation_id__in=numbers(groups, "org:")),
        OFFICER: EVERYBODY if CITY in groups else unit,
        MANAGER: EVERYBODY if MANAGERS in groups else NOBODY,
        DIAGNOSER: Q(assigned_to_id__in=numbers(groups, "account:")),
        AUDITOR: EVERYBODY if "auditor" in groups else NOBODY,
    }


def closed(diagnosis: "Diagnosis", actor: Account | None, on: date) -> bool:
    """Whether what the firm said, in its need and in its answers, is confidential for this viewer: only an opening that
    is written down (`actions.open_words`) shows it."""
    need = diagnosis.need
    return need.is_confidential and f"org:{need.organisation_id}" not in audiences(actor, on)


def visible(rows: "QuerySet[Diagnosis]", actor: Account | None, on: date) -> "QuerySet[Diagnosis]":
    """The diagnoses somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))
