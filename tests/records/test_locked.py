"""A database whose keys were left behind is told at the start and by `verify`, not by the first page with a phone."""

import pytest
from cryptography.fernet import Fernet

from tests.records.conftest import ALUMINIUM, NOW
from triplehelix.config.env import BadSetting
from triplehelix.config.processes import ready
from triplehelix.records.parties import locked
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

pytestmark = pytest.mark.django_db


def new_key():
    return Fernet.generate_key().decode()


def test_nothing_encrypted_yet_fits_any_key():
    assert locked.shut() == [] and list(locked.problems()) == []
    ready.refuse_others_keys()


def test_a_start_with_other_keys_is_refused_and_says_what_to_put_back(make_organisation, settings):
    make_organisation(contact_phone="13900000111")
    make_organisation(ALUMINIUM, "澄湖远航铝业有限公司")  # the newest row has nothing encrypted
    own = settings.FIELD_KEYS
    settings.FIELD_KEYS = [new_key()]
    with pytest.raises(BadSetting) as refused:
        ready.refuse_others_keys()
    assert "单位·联系电话" in str(refused.value) and "field_key.txt" in str(refused.value)
    settings.FIELD_KEYS = [*settings.FIELD_KEYS, *own]
    ready.refuse_others_keys()
    assert list(locked.problems()) == []


def test_where_some_values_open_the_site_starts_and_verify_counts_the_others(make_organisation, settings):
    make_organisation(contact_phone="13900000111", contact_name="管彤辉")
    settings.FIELD_KEYS = [new_key()]
    make_organisation(ALUMINIUM, "澄湖远航铝业有限公司", contact_phone="13900000222")
    ready.refuse_others_keys()
    assert [one.split("：")[0] for one in locked.problems()] == ["单位·联系人", "单位·联系电话"]
    assert all("：1 处" in one for one in locked.problems())


def test_digests_of_a_key_that_is_gone_are_counted(settings):
    said = kept.said({"case": [1], "facts": {}})
    trail.record(kind="tests.case", id="1", verb="make", actor=None, now=NOW, data=said)
    assert kept.uncompared() == 0
    settings.FIELD_KEYS = [new_key()]
    assert kept.uncompared() == 1
