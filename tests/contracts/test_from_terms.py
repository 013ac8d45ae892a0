"""A sale opened from terms both sides agreed: what it takes over, and who may open it."""

import threading
from types import SimpleNamespace

import pytest
from django.db import connection

from tests.introductions.words import TERMS, Table
from tests.market.conftest import account, member, office, organisation
from triplehelix.market.contracts import access, actions
from triplehelix.market.contracts.actions import opening
from triplehelix.market.contracts.models import Contract, Sale
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry


@pytest.fixture
def table(clerk, firm, officer):
    return Table(officer=officer, clerk=clerk, firm=firm)


def opened(table, introduction, who):
    return actions.open_from(introduction=introduction, actor=who, now=table.now)


@pytest.mark.parametrize("who", ["clerk", "teacher", "manager"])
def test_the_sale_takes_over_what_was_agreed(table, who):
    agreed = table.agreed(side="manager")
    sale = opened(table, agreed, getattr(table, who))
    assert (sale.state, sale.seller, sale.buyer) == ("checking", table.university, table.firm)
    assert (sale.price_fen, sale.mode) == (TERMS["price_fen"], TERMS["mode"])
    assert (sale.need, sale.introduction) == (table.need, agreed)
    entry = Entry.objects.get(subject_kind="market.sale", subject_id=str(sale.pk))
    assert (entry.verb, entry.data["introduction"]) == ("open", agreed.pk)


@pytest.mark.usefixtures("forged")
def test_terms_agreed_after_a_sale_was_signed_begin_one_of_their_own(table):
    agreed = table.agreed(side="manager")
    before = actions.open_sale(achievement=agreed.achievement, buyer=table.firm, actor=table.teacher, now=table.now)
    file = evidence.store(content=b"%PDF-1.4\n%1\n%%EOF\n", name="c.pdf", actor=None, now=table.now)
    Contract.objects.create(
        sale=before, number="1", type="LICENSE", structure="fixed", price_fen=1, signed_on=table.now.date(),
        site="371521", file=file, recorded_at=table.now,
    )  # fmt: skip
    made = opened(table, agreed, table.teacher)
    assert made.pk != before.pk, "new terms cannot be signed under a contract that stands"
    assert (made.state, made.introduction) == ("checking", agreed)
    assert opened(table, agreed, table.clerk) == made, "asked again"


def test_a_manager_opens_it_and_has_no_part_in_it(table, client):
    agreed = table.agreed(side="manager")
    with pytest.raises(Refused, match="只有成果的权利人"):  # a manager of other introductions
        opened(table, agreed, office(account("another"), "technology_manager"))
    client.force_login(table.manager)
    answer = client.post(f"/sales/new/?introduction={agreed.pk}")
    sale = Sale.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/introductions/{agreed.pk}/")
    assert client.get(f"/sales/{sale.pk}/").status_code == 404
    page = client.get(f"/introductions/{agreed.pk}/").content.decode()
    assert sale.number in page and f"/sales/{sale.pk}/" not in page
    assert access.relations_of(sale, table.manager, table.now.date()) == frozenset()


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("who", "shown"), [("clerk", "履约付款"), ("manager", "履约付款"), ("teacher", "收益分配公示")]
)
def test_the_introduction_tells_no_more_of_the_sale_than_its_page(table, client, who, shown):
    agreed = table.agreed(side="manager")
    sale = opened(table, agreed, table.teacher)
    Sale.objects.filter(pk=sale.pk).update(state="rewarding")
    client.force_login(getattr(table, who))
    page = client.get(f"/introductions/{agreed.pk}/").content.decode()
    assert shown in page[page.index(sale.number) :][:300]


def test_asked_twice_there_is_one(table):
    agreed = table.agreed()
    assert opened(table, agreed, table.clerk) == opened(table, agreed, table.teacher)
    assert Sale.objects.count() == 1


def test_a_sale_under_way_takes_the_introduction_over(table):
    agreed = table.agreed()
    before = actions.open_sale(achievement=table.achievement, buyer=table.firm, actor=table.teacher, now=table.now)
    sale = opened(table, agreed, table.clerk)
    assert (sale.pk, sale.introduction, sale.need) == (before.pk, agreed, table.need)
    assert sale.version == before.version + 1


def elsewhere(table):
    firm = organisation(9700, confirmed=True)
    return firm, member(account("elsewhere"), firm)


def test_another_buyer_did_not_come_by_this_introduction(table):
    """The need, the funnel and what is learned of the pair stay with the firm that was introduced."""
    agreed = table.agreed()
    sale = opened(table, agreed, table.clerk)
    on = {"sale": sale, "actor": table.teacher, "now": table.now, "seen_version": sale.version}
    sale = actions.set_buyer(buyer=elsewhere(table)[0], **on)
    assert (sale.need, sale.introduction) == (None, None)
    entry = Entry.objects.filter(subject_kind="market.sale", verb="buyer").get()
    assert entry.data == {"buyer": sale.buyer_id, "need": None, "version": sale.version} | entry.data
    again = opened(table, agreed, table.clerk)
    assert again != sale and (again.buyer, again.introduction) == (table.firm, agreed)


@pytest.mark.parametrize("taken_up", [False, True])
def test_a_buyer_named_by_mistake_and_put_right_takes_nothing_from_the_introduction(table, taken_up):
    """Else the deal is missed by the funnel, and its introduction waits for a sale for good."""
    agreed = table.agreed()
    sale = opened(table, agreed, table.clerk)

    def named(buyer):
        sale.refresh_from_db()
        return actions.set_buyer(sale=sale, buyer=buyer, actor=table.teacher, now=table.now, seen_version=sale.version)

    assert named(elsewhere(table)[0]).introduction is None
    again = opened(table, agreed, table.clerk) if taken_up else None
    right = named(table.firm)
    assert (right.need, right.introduction) == (agreed.need, None if taken_up else agreed)
    assert again is None or again.introduction == agreed


def test_the_firm_itself_keeps_its_introduction(table):
    agreed = table.agreed()
    sale = opened(table, agreed, table.clerk)
    on = {"sale": sale, "actor": table.teacher, "now": table.now, "seen_version": sale.version}
    assert actions.set_buyer(buyer=table.firm, **on).introduction == agreed


def test_without_a_buyer_it_answers_no_need(table):
    with pytest.raises(Invalid) as why:
        actions.open_sale(
            achievement=table.achievement, buyer=None, need=table.need, actor=table.teacher, now=table.now
        )  # fmt: skip
    assert list(why.value.errors) == ["need"]


def test_terms_not_agreed_open_nothing(table):
    talking = table.talking()
    table.propose(talking)
    with pytest.raises(Refused, match="还没有接受同一版条款"):
        opened(table, talking, table.clerk)
    assert not Sale.objects.exists()


def test_an_achievement_taken_down_opens_nothing(table):
    agreed = table.agreed()
    from triplehelix.records.steps.actions import take

    take(case=table.achievement, step="withdraw", actor=table.teacher, now=table.now,
         seen_version=table.achievement.version, note="改作他用")  # fmt: skip
    agreed.refresh_from_db()
    with pytest.raises(Refused, match="已经撤下"):
        opened(table, agreed, table.clerk)


def test_an_achievement_sold_to_somebody_else_opens_nothing(table, monkeypatch):
    """The same test as a sale opened without terms. To whom it was sold, only who may open that sale is told."""
    agreed = table.agreed()
    may = {table.teacher: frozenset({"seller"})}
    before = SimpleNamespace(buyer="别家厂", relations_of=lambda actor, now: may.get(actor, frozenset()))
    sold = SimpleNamespace(number="澄大合〔2026〕1号", sale=before)
    monkeypatch.setattr(opening, "assigned", lambda achievement: sold)
    with pytest.raises(Refused, match="转让给别家厂，不能再转让"):
        opened(table, agreed, table.teacher)
    with pytest.raises(Refused, match=r"^这项成果已经转让，不能再转让$"):
        opened(table, agreed, table.clerk)
    assert not Sale.objects.exists()


def test_nobody_else_opens_it(table, stranger):
    agreed = table.agreed()
    with pytest.raises(Refused):
        opened(table, agreed, stranger)
    assert not Sale.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_both_sides_at_once_open_one(table):
    agreed, found = table.agreed(), []

    def run(who):
        try:
            found.append(opened(table, agreed, who).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(who,)) for who in (table.clerk, table.teacher)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == Sale.objects.count() == 1


def test_the_page_shows_the_terms_and_opens_the_sale(table, client, stranger):
    agreed = table.agreed()
    address = f"/sales/new/?introduction={agreed.pk}"
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    client.force_login(table.clerk)
    page = client.get(address).content.decode()
    assert "100 万元" in page
    assert table.university.name in page
    answer = client.post(address)
    sale = Sale.objects.get()
    assert answer["Location"] == f"/sales/{sale.pk}/"
    assert client.get(address)["Location"] == f"/sales/{sale.pk}/"
    assert f"/sales/{sale.pk}/" in client.get(f"/introductions/{agreed.pk}/").content.decode()


def test_the_page_of_terms_not_agreed_says_where_to_go(table, client):
    talking = table.talking()
    table.propose(talking)
    client.force_login(table.clerk)
    page = client.get(f"/sales/new/?introduction={talking.pk}")
    assert "条款还没有谈定" in page.content.decode()
    refused = client.post(f"/sales/new/?introduction={talking.pk}")
    assert refused.status_code == 409
