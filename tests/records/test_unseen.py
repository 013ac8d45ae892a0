"""Names are what people see of them: nothing in one turns round, hides, or speaks to a terminal."""

import pytest

from tests.records.conftest import NOW
from triplehelix.records.parties import actions, finds
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid

pytestmark = pytest.mark.django_db
ZERO, TURNED, RED = "\u200b", "\u202e", "\x1b[31m"


def test_a_name_that_looks_like_anothers_is_that_name(make_organisation):
    made = make_organisation(name=f"澄湖{ZERO}大学{TURNED}", contact_name=f"阮{ZERO}砺石")
    assert (made.name, made.contact_name) == ("澄湖大学", "阮砺石")
    assert finds.organisation_called(f"澄湖大{ZERO}学") == made
    with pytest.raises(Invalid) as caught:
        make_organisation(name=ZERO + TURNED)
    assert list(caught.value.errors) == ["name"]


def test_an_account_is_called_what_it_reads(make_account):
    made = make_account("zhang@example.com", f"张{TURNED}三{RED}")
    assert Account.objects.get(pk=made.pk).name == "张三 [31m"
    renamed = actions.rename_account(
        account=made, name=f"王 五{ZERO}\u2066", language="zh-hans", actor=made, now=NOW
    )  # fmt: skip
    assert renamed.name == "王 五"


def test_so_is_one_who_signs_up(client):
    given = {
        "email": "li@example.com",
        "name": f"李{TURNED}四",
        "password1": "铜带-2026-表面",
        "password2": "铜带-2026-表面",
    }
    client.post("/accounts/signup/", given)
    assert Account.objects.get().name == "李四"
