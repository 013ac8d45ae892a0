"""One of the demo city's sales on its way."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from triplehelix.doors.cli.city_agreed import Sides, agreed
from triplehelix.foundation.money import Fen
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.models import Sale
from triplehelix.market.needs.models import Need
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.models import File
from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)


class Later(Exception):
    """The next step lies after today: holidays made a period longer. The sale stays where it is."""


class Walk:
    """One sale on its way: who acts, and the day that has been reached."""

    def __init__(self, row: Mapping[str, Any], firms: Mapping[str, Organisation], city: Account, now: datetime) -> None:
        self.row, self.firms, self.city, self.now = row, firms, city, now
        self.at = now - row["start"] * DAY
        self.achievement = Achievement.objects.select_related("organisation").get(number=row["achievement"])
        self.seller = self.member(self.achievement.organisation)
        self.price = int(Fen.from_unit(row["price"], "万元"))
        self.sale = self._opened()

    def _opened(self) -> Sale:
        """From agreed terms where the row names the need, else from the achievement."""
        if "need" not in self.row:
            return actions.open_sale(
                achievement=self.achievement, buyer=self.firm("buyer"), actor=self.seller, now=self.at
            )
        need = Need.objects.select_related("organisation").get(number=self.row["need"])
        sides = Sides(need, self.achievement, self.member(need.organisation), self.seller)
        made = agreed(sides, price_fen=self.price, structure=self.row.get("structure", "fixed"), at=self.at)
        return actions.open_from(introduction=made, actor=self.seller, now=self.at)

    def member(self, organisation: Organisation) -> Account:
        found = finds.members_of(organisation, timezone.localdate(self.now)).order_by("pk").first()
        assert found is not None
        return found

    def firm(self, name: str) -> Organisation | None:
        return Organisation.objects.get(pk=self.firms[self.row[name]].pk) if name in self.row else None

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def on(self, days: int = 1) -> None:
        """So many days later. Raises Later."""
        self.at += days * DAY
        if self.at > self.now:
            raise Later

    def given(self, actor: Account) -> dict[str, Any]:
        self.sale = Sale.objects.get(pk=self.sale.pk)
        return {"sale": self.sale, "actor": actor, "now": self.at, "seen_version": self.sale.version}

    def step(self, code: str, actor: Account | None, note: str = "") -> None:
        self.sale.refresh_from_db()
        self.sale = take(case=self.sale, step=code, actor=actor, now=self.at, seen_version=self.sale.version, note=note)

    def paper(self, what: str, actor: Account | None = None) -> File:
        """A page of PDF that says what it stands for."""
        words = f"{what} {self.sale.number} {self.at.isoformat()}".encode()
        content = b"%PDF-1.4\n%" + words.replace(b"\n", b" ") + b"\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
        shown = ["city", "auditor", *([f"org:{self.sale.buyer_id}"] if self.sale.buyer_id else [])]
        return evidence.store(content=content, name=f"{what}.pdf", actor=actor or self.seller, now=self.at,
                              owner=self.achievement.organisation, visible_to=shown)  # fmt: skip

    def number(self, kind: str) -> str:
        return f"澄交{kind}〔{self.at.year}〕{self.sale.pk}号"
