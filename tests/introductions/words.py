"""Short words for the people and acts of an introduction. NOW is Monday 23 November 2026."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.market.conftest import NOW, account, member, office
from tests.market.sheets import code
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import actions
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.outbox.models import Message as Mail
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import take

WAN = 1_000_000
NEED = {
    "title": "铜排表面三个月就发黑",
    "text": "开关柜用铜排镀锡后三个月表面发黑，接触电阻由 8 微欧升到 21 微欧，希望 240 小时盐雾不变色。",
    "field": "新材料", "contact_name": "阮砺石", "contact_phone": "0635-8400000", "contact_email": "ruan@example.com",
}  # fmt: skip
OFFER = {
    "title": "铜排防变色钝化工艺",
    "text": "铜排镀锡后钝化处理，240 小时中性盐雾不变色，接触电阻增量小于 3 微欧，已在两条产线试用半年。",
    "field": "新材料", "contact_name": "方砚", "contact_phone": "0635-8500000", "contact_email": "fang@example.com",
}  # fmt: skip
TERMS = {
    "mode": "许可", "structure": "instalments", "price_fen": 100 * WAN,
    "rows": [("签约后 10 日", 40 * WAN, None), ("验收合格", 60 * WAN, None)],
    "rights": "成果归大学，企业在本省独占实施五年", "delivery": "三个月内交付工艺文件，240 小时盐雾验收",
}  # fmt: skip


@dataclass
class Table:
    """One need of one firm, one achievement of one university, and whoever acts on their introduction."""

    firm: Any
    clerk: Any
    officer: Any
    now: Any = NOW
    papers: int = 0
    made: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        self.university = self.organisation(9341, "澄湖大学", "高等学校")
        self.teacher = member(account("scholar"), self.university)
        self.manager = office(account("broker"), "technology_manager")
        self.need = self.need_of(self.clerk, self.firm)
        self.achievement = self.offer_of(self.teacher, self.university)

    def organisation(self, number, name, kind="企业", *, confirmed=True):
        made = parties.register_organisation(
            uscc=code(number), name=name, type=kind, region="371502", unit="371502", actor=None, now=NOW
        )
        return parties.confirm_organisation(organisation=made, actor=None, now=NOW) if confirmed else made

    def need_of(self, clerk, organisation, **more):
        return self._published(Need, clerk, organisation, NEED | more)

    def offer_of(self, clerk, organisation, **more):
        return self._published(Achievement, clerk, organisation, OFFER | more)

    def _published(self, model, clerk, organisation, values):
        made = listings.create(model=model, organisation=organisation, values=values, actor=clerk, now=self.now)
        return take(case=made, step="publish", actor=clerk, now=self.now, seen_version=made.version)

    @property
    def today(self):
        return timezone.localdate(self.now)

    def days(self, n):
        self.now += timedelta(days=n)

    def paper(self, text=""):
        """A file nobody has handed in before, or the one of this text."""
        self.papers += 1
        content = f"%PDF-1.4\n%{text or self.papers}\n1 0 obj\n<<>>\nendobj\n%%EOF\n".encode()
        return evidence.store(content=content, name=f"{text or self.papers}.pdf", actor=None, now=self.now,
                              owner=self.firm)  # fmt: skip

    def on(self, introduction, who):
        """What every act is given."""
        introduction.refresh_from_db()
        return {"introduction": introduction, "actor": who, "now": self.now, "seen_version": introduction.version}

    def step(self, introduction, step, who, note=""):
        introduction.refresh_from_db()
        return take(case=introduction, step=step, actor=who, now=self.now, seen_version=introduction.version, note=note)

    def invited(self, side="need", **more) -> Introduction:
        who = {"need": self.clerk, "achievement": self.teacher, "manager": self.manager}[side]
        given = {"need": self.need, "achievement": self.achievement, "side": side, "actor": who, "now": self.now}
        return actions.invite(**(given | more))

    def accepted(self, side="need", **more) -> Introduction:
        made = self.invited(side, **more)
        for who in {"need": [self.teacher], "achievement": [self.clerk], "manager": [self.clerk, self.teacher]}[side]:
            made = actions.accept(**self.on(made, who))
        return made

    def meet(self, introduction, who=None, **more):
        given = {
            "kind": "talk", "held_on": self.today, "people": "阮砺石（企业），方砚（大学）", "notes": "样品先做 20 件",
            "place": "企业会议室",
        }  # fmt: skip
        made = actions.record_meeting(**(given | more), **self.on(introduction, who or self.clerk))
        introduction.refresh_from_db()
        return made

    def talking(self, **more) -> Introduction:
        made = self.accepted(**more)
        self.meet(made)
        return made

    def intent(self, introduction, who=None, **more):
        paper = more.pop("file", None) or self.paper()
        given = {"signed_on": self.today, "about": "合作开发铜排防变色工艺", "file": paper}
        made = actions.sign_intent(**(given | more), **self.on(introduction, who or self.clerk))
        introduction.refresh_from_db()
        return made

    def propose(self, introduction, who=None, **more):
        made = actions.propose(terms=actions.Terms(**(TERMS | more)), **self.on(introduction, who or self.clerk))
        introduction.refresh_from_db()
        return made

    def accept_terms(self, introduction, n, who):
        return actions.accept_terms(n=n, **self.on(introduction, who))

    def agreed(self, side="need") -> Introduction:
        made = self.talking(side=side)
        self.propose(made)
        return self.accept_terms(made, 1, self.teacher)

    def mails(self, kind):
        return sorted(Mail.objects.filter(kind=f"market.introduction.{kind}").values_list("to", flat=True))
