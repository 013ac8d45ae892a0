"""Owns: the tables of introductions: the introduction, meetings and intents, the negotiation room.
May use: market.introductions, market.achievements, market.needs, records, foundation.
Used by: market.introductions, matching, board, doors.
"""

from triplehelix.market.introductions.models.introduction import SIDES, WORDS_LENGTH, Introduction
from triplehelix.market.introductions.models.meetings import Intent, Meeting, Paper
from triplehelix.market.introductions.models.room import MOST_ROWS, Message, Version

__all__ = ["MOST_ROWS", "SIDES", "WORDS_LENGTH", "Intent", "Introduction", "Meeting", "Message", "Paper", "Version"]
