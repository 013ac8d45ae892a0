"""What happened, over the API: the same lines as the page, to each reader what is theirs to know."""

import pytest

from tests.doors.test_permissions import signed_in

HISTORIES = {
    "sale": "/api/sales/{sale}/history",
    "introduction": "/api/introductions/{introduction}/history",
    "case": "/api/finance/cases/{case}/history",
}


def told(caller, address):
    answer = caller.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", HISTORIES)
def test_the_call_tells_what_the_page_tells(request, things, name):
    address = HISTORIES[name].format(**{name: things[name].pk})
    page = address.removeprefix("/api").removesuffix("history")
    clerk = signed_in(request, "clerk")
    lines = told(clerk, address)
    assert len(lines) >= 3
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    shown = clerk.get(page).text
    assert all(line["what"] in shown and line["who"] in shown for line in lines)
    english = clerk.get(address, headers={"accept-language": "en"}).json()
    assert [line["what"] for line in english] != [line["what"] for line in lines]


def test_a_bank_is_not_told_who_acted_for_the_firm(request, things, banker):
    address = HISTORIES["case"].format(case=things["case"].pk)
    firm = {line["who"] for line in told(signed_in(request, "clerk"), address)}
    bank = told(signed_in(request, "banker"), address)
    assert str(things["case"].lead.created_by) in firm
    assert str(things["case"].lead.created_by) not in {line["who"] for line in bank}
    assert "企业" in {line["who"] for line in bank}


def test_what_was_said_in_the_room_is_for_those_inside(request, things):
    made, clerk = things["introduction"], signed_in(request, "clerk")
    address = HISTORIES["introduction"].format(introduction=made.pk)
    given = {"seen_version": made.version, "reason": "price", "words": "差得太远"}
    answer = clerk.post(address.replace("history", "break-off"), given, content_type="application/json")
    assert answer.status_code == 200
    assert "差得太远" in "".join(line["why"] for line in told(clerk, address))
    assert "差得太远" not in "".join(line["why"] for line in told(signed_in(request, "officer"), address))
