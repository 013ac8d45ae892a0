"""Nobody is led to a page that turns him away: the menu, and the buttons of pages everybody reads."""

import pytest

FIRMS = ("/entitlements/", "/needs/new/", "/achievements/new/", "/mine/needs/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "offered"),
    [("clerk", FIRMS), ("newcomer", FIRMS), ("county", ("/cases/", "/imports/")), ("officer", ("/cases/", "/imports/")),
     ("finance", ("/cases/",)), ("auditor", ("/cases/",)), ("expert", ())],
)  # fmt: skip
def test_the_menu_offers_what_the_role_may_open(client, request, role, offered):
    client.force_login(request.getfixturevalue(role))
    menu = client.get("/").text.split('id="menu"')[1].split("</nav>")[0]
    every = {*FIRMS, "/cases/", "/imports/"}
    found = {one for one in every if f'href="{one}"' in menu}
    assert found >= set(offered)
    if offered is not FIRMS:
        assert found == set(offered)
        assert all(client.get(one).status_code == 200 for one in found)


@pytest.mark.django_db
def test_who_reads_a_batch_without_its_file_gets_no_button(client, things, officer, auditor, finance):
    path = f"/fund/batches/{things['batch'].pk}/"
    for who, shown in ((finance, True), (officer, False), (auditor, False)):
        client.force_login(who)
        assert ("下载支付清单" in client.get(path).text) is shown


@pytest.mark.django_db
def test_the_auditor_reads_the_registers_and_enters_nothing(client, auditor):
    client.force_login(auditor)
    desk = client.get("/todo/").text
    for path in ("/ties/", "/barred/", "/finance/office/", "/exchange/"):
        assert f'href="{path}"' in desk
        assert client.get(path).status_code == 200
    for path in ("/ties/", "/barred/"):
        assert '<form class="form"' not in client.get(path).text
        assert client.post(path, {}).status_code == 404
