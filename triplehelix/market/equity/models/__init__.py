"""Owns: the tables of equity: deals, projects and who is interested, roadshows with what is shown and who comes.
May use: market.equity, market.finance, market.achievements, market.needs, records, foundation.
Used by: market.equity, board, doors.
"""

from triplehelix.market.equity.models.deals import Deal
from triplehelix.market.equity.models.events import Event, Registration, Showing
from triplehelix.market.equity.models.projects import Interest, Project

__all__ = ["Deal", "Event", "Interest", "Project", "Registration", "Showing"]
