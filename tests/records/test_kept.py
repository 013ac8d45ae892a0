"""Digests of what not everybody may read."""

import pytest
from cryptography.fernet import Fernet

from triplehelix.records.trail.kept import differing, said
from triplehelix.records.trail.keyed import agrees, keyed

pytestmark = pytest.mark.django_db  # a key that FIELD_KEYS lacks is looked for among the retired


def test_the_same_value_agrees_and_another_does_not():
    assert agrees({"a": [1, "二"]}, keyed({"a": (1, "二")})) and not agrees("JS-2", keyed("JS-1"))


def test_a_number_is_one_however_json_writes_it():
    assert agrees(100000, keyed(1e5)) and agrees(0.5, keyed(0.5)) and not agrees(True, keyed("1"))


def test_under_a_new_key_old_digests_agree_while_their_key_is_kept_and_say_nothing_after(settings):
    made = keyed("JS-1")
    old, new = settings.FIELD_KEYS, [Fernet.generate_key().decode()]
    settings.FIELD_KEYS = [*new, *old]
    assert agrees("JS-1", made) and not agrees("JS-2", made) and keyed("JS-1") != made
    settings.FIELD_KEYS = new
    assert agrees("JS-2", made)


def test_a_group_the_trail_does_not_speak_of_passes():
    told = said({"a": 1})["kept"]
    assert differing(told, {"a": 1, "b": 2}) == [] and differing(told, {"a": 2}) == ["a"] and said({}) == {}
