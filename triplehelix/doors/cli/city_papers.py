"""Papers of the demo city's applications: pages that say what they stand for, and an original at the counter."""

import io
from datetime import datetime
from functools import cache

import docx

from triplehelix.procedure.cases import actions, papers
from triplehelix.procedure.cases.models import Case
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

#: Every third case keeps the last of its papers on paper.
ON_PAPER, EACH = "原件已交县市区科技局，复印件随后补交", 3


@cache
def _page(name: str, text: str = "") -> bytes:
    """A Word file of one page."""
    page = docx.Document()
    page.add_heading(name, level=1)
    for line in (text or f"演示城市的示范材料，代替“{name}”。其中没有真实的单位和个人。").splitlines():
        page.add_paragraph(line)
    whole = io.BytesIO()
    page.save(whole)
    return whole.getvalue()


def lay(case: Case, member: Account, at: datetime, *, blind: str = "", most: int | None = None) -> None:
    """Hand in the papers that are not there yet, or the first `most` of them; `blind` is what experts will read."""
    there = {row.name for row in papers.standing(case)}
    asked = [one for one in papers.asked(case.award, case.lane) if one.name not in case.award.if_any]
    missing = [one for one in asked if one.name not in there]
    for n, one in enumerate(missing[:most], start=1):
        name = one.name
        if n == len(missing) > 1 and case.pk % EACH == 0:
            actions.add_paper(case=case, name=name, said=ON_PAPER, actor=member, now=at)
            continue
        content = _page(case.title, blind.strip()) if one.blind else _page(name)
        file = evidence.store(content=content, name=f"{name}.docx", actor=member, now=at, owner=case.organisation)
        actions.add_paper(case=case, name=name, file=file, actor=member, now=at)


def hand_in(case: Case, member: Account, at: datetime, blind: str = "") -> Case:
    """The papers, and the application with them."""
    lay(case, member, at, blind=blind)
    case.refresh_from_db()
    return take(case=case, step="submit", actor=member, now=at, seen_version=case.version)
