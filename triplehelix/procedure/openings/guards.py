"""What must be so before an opening moves on."""

from datetime import datetime

from django.utils.translation import gettext as _

from triplehelix.procedure.openings.models import Opening
from triplehelix.records.parties.models import Account


def has_case(opening: Opening, actor: Account | None, now: datetime) -> str | None:
    return None if opening.case_id else _("还没有建立办件")
