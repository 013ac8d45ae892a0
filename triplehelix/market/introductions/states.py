"""Names for what several rules say of the same states of an introduction."""

WAITING = ("invited", "unanswered")
RUNNING = ("accepted", "talking", "intended", "negotiating")
FINAL = ("agreed", "declined", "taken_back", "broken_off")
#: States from which on the two sides know each other.
MET = (*RUNNING, "agreed", "broken_off")
