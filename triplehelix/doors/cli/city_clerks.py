"""Who handles the demo city's cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Account, Organisation


@dataclass
class Desk:
    """Who acts in the demo: the city's clerk, the finance officer, and the firms' own people."""

    clerk: Account
    finance: Account
    organisations: Mapping[str, Organisation]
    now: datetime
    blind: Mapping[str, str]  # title: what the 活页 of the application says

    def member(self, firm: Organisation) -> Account:
        """Somebody who acts for the firm: its contact."""
        found = finds.members_of(firm, timezone.localdate(self.now)).order_by("pk").first()
        assert found is not None
        return found

    def county(self, firm: Organisation) -> Account:
        found = finds.officers_of_unit(firm.unit, timezone.localdate(self.now)).order_by("pk").first()
        assert found is not None
        return found
