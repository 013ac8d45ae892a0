"""Who judges, who switches models, and who reads what was said of a pair.

judge    技术经理人、市科技局工作人员: gives a level
switch   市科技局工作人员: has models learned, switches them
read     市科技局、市场运营、技术经理人、审计: reads models and every judgement
party    需求方、成果方: read what was said of their own pairs
"""

from datetime import date

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

JUDGES = frozenset({"role:technology_manager", "role:city_officer"})
READERS = frozenset({"city", "auditor"})


def may_judge(actor: Account | None, on: date) -> bool:
    return bool(JUDGES & audiences(actor, on))


def may_switch(actor: Account | None, on: date) -> bool:
    return "role:city_officer" in audiences(actor, on)


def may_read(actor: Account | None, on: date) -> bool:
    return bool(READERS & audiences(actor, on))


def reads_pair(held: frozenset[str], need_of: int | None, achievement_of: int | None) -> bool:
    """Whether audiences `held` read what was said of a pair of these two organisations."""
    return bool(READERS & held) or f"org:{need_of}" in held or f"org:{achievement_of}" in held
