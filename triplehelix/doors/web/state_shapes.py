"""The shape beside the word of a state, so that it does not depend on colour; one table for the states of every
workflow and table of the house. A state not named here is an open circle."""

#: Something is being done, or waited for.
GOING = {
    "again", "agreed", "announced", "bidding", "carry", "checking", "compensated", "consented", "granted", "handling",
    "intended", "landing", "listed", "negotiating", "noticing", "on_notice", "open", "ordered", "passed_on", "paying",
    "queued", "registering", "rewarding", "running", "sent", "submitted", "taken", "talking", "triggered", "uploaded",
    "using", "waiting",
}  # fmt: skip
#: It went as it should.
GOOD = {
    "accepted", "active", "answered", "archived", "carried", "checked", "closed", "converted", "delivered", "done",
    "due", "filed", "following", "landed", "on", "opened", "paid", "published", "ready", "registered", "repaid",
    "shown", "used",
}  # fmt: skip
#: Somebody has to put it right.
BAD = {
    "clawing", "doubtful", "failed", "held", "objected", "overdue", "pay_returned", "refine", "returned", "revoked",
    "reward_objected", "unanswered", "unfiled", "wrong",
}  # fmt: skip
#: It has ended without going as it should, or is put aside.
OVER = {
    "broken_off", "cancelled", "clawed", "cut", "declined", "dropped", "ended", "exited", "expired", "lapsed",
    "long_term", "off", "recovered", "refused", "rejected", "stopped", "suspended", "taken_back", "terminated",
    "unsold", "withdrawn",
}  # fmt: skip

STATES = {"going": GOING, "good": GOOD, "bad": BAD, "over": OVER}
SHAPES = {state: shape for shape, states in STATES.items() for state in states}
