"""The only writers of what was decided about experts, and of harvests."""

from triplehelix.market.experts.actions.answers import confirm, confirm_all, refuse, refuse_all, show_as
from triplehelix.market.experts.actions.harvests import register_repository, start_harvest
from triplehelix.market.experts.actions.invites import give_address, invite, opened, stop_mail
from triplehelix.market.experts.actions.merges import decide, link, merge, split, undo, undo_split
from triplehelix.market.experts.actions.names import add_alias
from triplehelix.records.steps.actions import Refused

__all__ = [
    "Refused",
    "add_alias",
    "confirm",
    "confirm_all",
    "decide",
    "give_address",
    "invite",
    "link",
    "merge",
    "opened",
    "refuse",
    "refuse_all",
    "register_repository",
    "show_as",
    "split",
    "start_harvest",
    "stop_mail",
    "undo",
    "undo_split",
]
