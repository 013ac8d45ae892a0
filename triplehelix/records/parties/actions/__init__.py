"""The only writers of organisations, people and accounts. Each leaves a row in the trail.

Whether the actor may is asked by the caller, with `access.relations`; offices, corrections of an organisation, and
letting in and ending members, ask it themselves, under their lock. The system is the actor None.
"""

from triplehelix.records.parties.actions.accounts import create_account, note_sign_up, rename_account, set_active
from triplehelix.records.parties.actions.chains import join_chain, leave_chain
from triplehelix.records.parties.actions.confirming import confirm_organisation, register_checked
from triplehelix.records.parties.actions.correcting import amend, correct
from triplehelix.records.parties.actions.endings import end_organisation, undo_ending
from triplehelix.records.parties.actions.keys import account_of_key, create_api_key, revoke_api_key
from triplehelix.records.parties.actions.members import accept_member, end_membership, refuse_member
from triplehelix.records.parties.actions.offices import appoint, end_office
from triplehelix.records.parties.actions.organisations import (
    add_member,
    claim_organisation,
    register_organisation,
    speak_of,
)
from triplehelix.records.parties.actions.people import (
    amend_person,
    claim_person,
    move_person,
    register_person,
    release_person,
)
from triplehelix.records.parties.actions.person_claims import ask_for_person, grant_person, refuse_person

__all__ = [
    "accept_member",
    "account_of_key",
    "add_member",
    "amend",
    "amend_person",
    "appoint",
    "ask_for_person",
    "claim_organisation",
    "claim_person",
    "confirm_organisation",
    "correct",
    "create_account",
    "create_api_key",
    "end_membership",
    "end_office",
    "end_organisation",
    "grant_person",
    "join_chain",
    "leave_chain",
    "move_person",
    "note_sign_up",
    "refuse_member",
    "refuse_person",
    "register_checked",
    "register_organisation",
    "register_person",
    "release_person",
    "rename_account",
    "revoke_api_key",
    "set_active",
    "speak_of",
    "undo_ending",
]
