"""Owns: the only writers of panels, seats and scores: keyword-only, atomic, recorded.
May use: procedure.panels, procedure.cases, procedure.review, records, foundation.
Used by: procedure, programmes, doors.
"""

from triplehelix.procedure.panels.actions.drawing import draw_late, draw_panel, replace, settle, void_score
from triplehelix.procedure.panels.actions.scoring import autosave_scores, declare, save_scores

__all__ = [
    "autosave_scores",
    "declare",
    "draw_late",
    "draw_panel",
    "replace",
    "save_scores",
    "settle",
    "void_score",
]
