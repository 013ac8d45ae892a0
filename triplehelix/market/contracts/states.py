"""Names for what several rules say of the same states of a sale."""

BEFORE_CONTRACT = ("checking", "pricing", "noticing", "objected", "listed", "unsold", "announced", "bidding", "priced")
#: With a contract, and not being shared out: it may be terminated.
TERMINATED_FROM = ("signed", "registering", "registered", "following", "revoked")
