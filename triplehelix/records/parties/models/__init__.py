"""Days are days of the city's time zone, both ends of a term included.

Owns: the tables of organisations, people, accounts, memberships, offices and keys.
May use: foundation, records.parties.
Used by: records.parties and whatever may use it.
"""

from triplehelix.records.parties.models.accounts import Account, AccountManager, ApiKey
from triplehelix.records.parties.models.organisations import ChainMembership, Organisation
from triplehelix.records.parties.models.people import FormerHome, Person, PersonClaim
from triplehelix.records.parties.models.seats import UNCHECKED, Membership, Office
from triplehelix.records.parties.models.terms import Term, TermQuerySet

__all__ = [
    "UNCHECKED", "Account", "AccountManager", "ApiKey", "ChainMembership", "FormerHome", "Membership", "Office",
    "Organisation", "Person", "PersonClaim", "Term", "TermQuerySet",
]  # fmt: skip
