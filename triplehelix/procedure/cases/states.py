"""The states of a case in groups: what several rules say of the same states has one name, and it stands here.

A group that one module alone asks for stays with it. `tests/cases/test_states.py` holds all of them to the states there
are: a state that is mistyped in a group would never be found.
"""

#: Ended without the money: what was asked for may be applied for again.
NOT_SUPPORTED = ("rejected", "withdrawn")
#: Nothing that another case has to reckon with: not handed in yet, or ended without the money.
NOT_COUNTED = ("draft", *NOT_SUPPORTED)
#: Under way since the decision, not finished: what its leader has in hand.
RUNNING = ("agreeing", "running", "paying", "pay_returned", "accepting_results")
#: Decided to be supported, and not finished.
GRANTED = ("noticing", "on_notice", "objected", *RUNNING)
#: The notice has run.
NOTICED = (*RUNNING, "evaluating", "closed", "archived")
#: What is granted is public, or was and is on its way or paid.
PUBLIC = ("on_notice", "objected", *NOTICED)
#: Money of the case is demanded back, or has been.
DEMANDED = ("clawing", "clawed")
#: Ended before its time, or with money demanded back: of what was granted counts what the unit has kept.
FAILED = ("terminated", *DEMANDED)
