"""Who acts in the demo city's finance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triplehelix.market.finance.models import Institution, Product
from triplehelix.records.parties.models import Account, Organisation


@dataclass
class Desk:
    """Who acts in the demo, and where the day stands."""

    officer: Account
    organisations: Mapping[str, Organisation]
    clerks: Mapping[int, Account]
    now: datetime
    institutions: dict[str, Institution] = field(default_factory=dict)
    products: dict[tuple[str, str], Product] = field(default_factory=dict)
    papers: int = 0

    def clerk(self, name: str) -> Account:
        """Who acts for this organisation of the files."""
        return self.clerks[self.organisations[name].pk]

    def number(self) -> int:
        self.papers += 1
        return self.papers
