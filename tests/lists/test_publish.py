"""What goes into a list, what stays out, numbers, changes; and that a published list stays as it is."""

import json

import pytest
from django.db import Error, connection, transaction

from tests.lists.conftest import DAY, NOW, TEXTS, TODAY, put, wanted
from tests.lists.conftest import published as publish_list
from tests.market.conftest import account, member, organisation
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions as listings
from triplehelix.market.lists import actions, confirming, digest, finds, prepare, table
from triplehelix.market.lists.models import ListEntry, PublishedList
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry
from triplehelix.records.trail.verify import verify


def step(listing, code, actor, now=NOW):
    listing.refresh_from_db()
    return take(case=listing, step=code, actor=actor, now=now, seen_version=listing.version)


def edit(listing, actor, now=NOW, **values):
    listing.refresh_from_db()
    return listings.edit(listing=listing, values=values, actor=actor, now=now, seen_version=listing.version)


def outs(found):
    return {one.listing.pk: one.reason for one in found.out}


def test_rows_are_copied_numbered_and_recorded(officer, clerk, firm):
    first, second = put(clerk, firm, price_fen=80_000_000), put(clerk, firm, text=1)
    made = publish_list(officer)
    assert (made.number, made.n, made.size) == ("需求清单〔2026〕1号", 1, 2)
    assert made.title.endswith("2026年第四季度企业需求清单")
    rows = list(made.entries.all())
    assert [(one.seq, one.need_id, one.version, one.change) for one in rows] == [
        (1, first.pk, first.version, "new"),
        (2, second.pk, second.version, "new"),
    ]
    assert rows[0].values["text"] == TEXTS[0]
    assert rows[0].values["price_fen"] == 80_000_000
    entry = Entry.objects.get(subject_kind="market.list", subject_id=str(made.pk))
    assert entry.data["digest"] == made.digest == digest.of_list(made, rows)
    assert entry.data["number"] == made.number
    assert finds.is_whole(PublishedList.objects.get(pk=made.pk))
    assert verify() == []


def test_what_changes_afterwards_does_not_reach_the_list(officer, clerk, firm):
    need = put(clerk, firm)
    made = publish_list(officer)
    edit(need, clerk, title="另一个题目")
    step(need, "withdraw", clerk)
    entry = made.entries.get()
    assert (entry.values["title"], entry.version) == ("第 0 项难题", 2)


def test_no_contact_detail_gets_into_a_list(officer, clerk, firm, teacher, school, achievement):
    put(clerk, firm)
    for kind in ("needs", "achievements"):
        made = publish_list(officer, wanted(kind))
        said = json.dumps(table.data(made, made.entries.all()), ensure_ascii=False)
        assert "8400000" not in said
        assert "阮砺石" not in said


def test_stays_out_and_why(officer, clerk, firm, teacher, school):
    good, old, edge = put(clerk, firm), put(clerk, firm, days_ago=91, text=1), put(clerk, firm, days_ago=90, text=2)
    gone = put(clerk, firm, text=3, days_ago=5)
    step(gone, "withdraw", clerk)
    over = put(clerk, firm, text=4, days_ago=179)
    of_school = put(teacher, school, text=3)
    draft = listings.create(model=type(good), organisation=firm, values={"title": "草稿"}, actor=clerk, now=NOW)
    later = NOW + 2 * DAY
    found = prepare.preview(wanted=wanted(), now=NOW)
    assert {row.listing.pk for row in found.rows} == {good.pk, edge.pk}
    assert outs(found) == {old.pk: "unconfirmed", over.pk: "unconfirmed", of_school.pk: "type"}
    assert draft.pk not in outs(found)
    assert outs(prepare.preview(wanted=wanted(), now=later)) == {
        old.pk: "unconfirmed", over.pk: "expired", of_school.pk: "type", edge.pk: "unconfirmed",
    }  # fmt: skip


def test_confirmed_again_it_is_back(officer, clerk, firm):
    old = put(clerk, firm, days_ago=120)
    with pytest.raises(Invalid, match="再次确认"):
        publish_list(officer)
    step(old, "renew", clerk)
    assert publish_list(officer).entries.get().confirmed_on == TODAY


def test_chain_and_unit(officer, clerk, firm):
    put(clerk, firm, chain="LC01")
    put(clerk, firm, chain="LC02", text=1)
    other = organisation(9333, unit="371522")
    put(member(account("far"), other), other, chain="LC01", text=2)
    assert publish_list(officer, wanted(scope="chain", place="LC01")).size == 2
    assert publish_list(officer, wanted(scope="unit", place="371522")).size == 1
    assert publish_list(officer).size == 3


def test_only_those_of_universities_are_on_the_list_of_achievements(officer, clerk, firm, achievement):
    own = put(clerk, firm, Achievement, text=2)
    found = prepare.preview(wanted=wanted("achievements"), now=NOW)
    assert ([row.listing.pk for row in found.rows], outs(found)) == ([achievement.pk], {own.pk: "type"})
    made = publish_list(officer, wanted("achievements"))
    assert made.number == "成果清单〔2026〕1号"
    assert "6 级（自评）" in table.cells("achievements", made.entries.get())


def test_since_the_last_list(officer, clerk, firm):
    kept, changed, leaves = put(clerk, firm), put(clerk, firm, text=1, price_fen=80_000_000), put(clerk, firm, text=2)
    first = publish_list(officer, wanted(period="2026Q3"))
    edit(changed, clerk, price_fen=120_000_000, text=TEXTS[1] + "预算可以再谈。")
    step(leaves, "withdraw", clerk)
    fresh = put(clerk, firm, text=3)
    made = publish_list(officer)
    rows = {one.need_id: one for one in made.entries.all()}
    assert {pk: one.change for pk, one in rows.items()} == {kept.pk: "same", changed.pk: "changed", fresh.pk: "new"}
    assert rows[changed.pk].before == {"text": TEXTS[1], "price_fen": 80_000_000}
    assert table.change_words(rows[changed.pk]) == "变动：内容有修改；价格 80 万元 → 120 万元"
    assert made.compared_with == first
    assert made.gone == [{"listing": leaves.pk, "title": "第 2 项难题", "organisation": firm.name, "why": "withdrawn"}]
    assert table.gone_words(made.gone[0]) == "单位已撤下"


def test_that_an_officer_left_an_entry_out_is_not_told(officer, clerk, firm):
    put(clerk, firm)
    out, waits, other = (put(clerk, firm, text=text) for text in (1, 2, 3))
    publish_list(officer, wanted(period="2026Q3"))
    Need.objects.filter(pk=waits.pk).update(state="submitted", valid_until=None)
    Need.objects.filter(pk=other.pk).update(organisation=organisation_of_type("其他"))
    made = publish_list(officer, leave_out=[out.pk], left_why="不实")
    assert {one["listing"]: one["why"] for one in made.gone} == dict.fromkeys((out.pk, waits.pk, other.pk), "elsewhere")
    assert outs(prepare.preview(wanted=wanted(), now=NOW, leave_out=[out.pk])) == {
        out.pk: "by_hand", waits.pk: "submitted", other.pk: "type",
    }  # fmt: skip


def organisation_of_type(code):
    made = organisation(9700)
    Organisation.objects.filter(pk=made.pk).update(type=code)
    return made


def test_a_list_from_before_does_not_tell_it_either(officer, clerk, firm):
    put(clerk, firm)
    out = put(clerk, firm, text=1)
    publish_list(officer, wanted(period="2026Q3"))
    made = publish_list(officer, leave_out=[out.pk], left_why="不实")
    sql("SET LOCAL session_replication_role = replica")
    PublishedList.objects.filter(pk=made.pk).update(gone=[made.gone[0] | {"why": "by_hand"}])
    sql("SET LOCAL session_replication_role = origin")
    made.refresh_from_db()
    assert table.data(made, made.entries.all())["gone"] == [made.gone[0] | {"why": "elsewhere"}]


def test_what_ran_out_long_ago_has_left_for_that(officer, clerk, firm, django_assert_num_queries):
    ran_out, again, reopened = (put(clerk, firm, text=text) for text in (0, 1, 2))
    publish_list(officer)
    step(reopened, "withdraw", clerk)
    step(reopened, "reopen", clerk)
    later, want = NOW + 120 * DAY, wanted(period="2027Q1", on=(NOW + 120 * DAY).date())
    put(clerk, firm, text=3, days_ago=-120)

    def why(now):
        with django_assert_num_queries(4):
            return {one["listing"]: one["why"] for one in prepare.preview(wanted=want, now=now).gone}

    assert why(later) == {ran_out.pk: "unconfirmed", again.pk: "unconfirmed", reopened.pk: "elsewhere"}
    ended = NOW + 181 * DAY
    for one in (ran_out, again):
        step(one, "expire", None, ended)
    step(again, "reopen", clerk, ended)
    assert why(NOW + 280 * DAY) == {ran_out.pk: "expired", again.pk: "expired", reopened.pk: "expired"}


def test_a_new_name_of_a_chain_is_no_change(officer, clerk, firm, settings, tmp_path):
    put(clerk, firm)
    publish_list(officer, wanted(period="2026Q3"))
    city = tmp_path / "city.toml"
    city.write_text('[regions]\n371521 = "另名县"\n', encoding="utf-8")
    settings.CITY_FILE = str(city)
    made = publish_list(officer)
    entry = made.entries.get()
    assert (entry.change, entry.values["unit_name"]) == ("same", "另名县")
    assert made.compared_with.entries.get().values["unit_name"] != "另名县"


def test_a_correction_replaces_and_says_why(officer, clerk, firm):
    put(clerk, firm)
    first = publish_list(officer)
    put(clerk, firm, text=1)
    with pytest.raises(Invalid) as refused:
        publish_list(officer)
    assert first.number in refused.value.errors["period"]
    with pytest.raises(Invalid) as refused:
        publish_list(officer, replaces=first)
    assert "why" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        publish_list(officer, wanted(period="2026-11"), replaces=first, why="把一条漏掉的补进来")
    assert "replaces" in refused.value.errors
    second = publish_list(officer, replaces=first, why="漏列一条，补上")
    assert (second.n, second.size, second.compared_with) == (2, 2, first)
    first = PublishedList.objects.get(pk=first.pk)
    assert first.newer == second
    assert finds.is_whole(first)
    with pytest.raises(Invalid) as refused:
        publish_list(officer, replaces=first, why="再更正一次看看")
    assert "replaces" in refused.value.errors
    assert finds.latest("needs", "city", "") == second


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"period": "2027Q1"}, "period", "还没有开始"),
        ({"period": "2026Q1"}, "period", "超过 90 天"),
        ({"period": "去年"}, "period", "2026Q4"),
        ({"kind": "talents"}, "kind", "种类"),
        ({"scope": "planet"}, "scope", "范围"),
        ({"scope": "chain"}, "place", "产业链"),
        ({"scope": "chain", "place": "LC99"}, "place", "LC99"),
        ({"scope": "unit", "place": "371523"}, "place", ""),
    ],
)
def test_what_cannot_be_asked_for(db, given, field, words):
    with pytest.raises(Invalid) as refused:
        wanted(**given)
    assert words in refused.value.errors[field]


def test_an_empty_list_is_not_published(officer):
    with pytest.raises(Invalid, match="空清单不能发布"):
        publish_list(officer)
    assert not PublishedList.objects.exists()


def test_more_than_a_list_holds_is_refused_and_not_cut_off(client, officer, clerk, firm, monkeypatch):
    """Cut off, entries published before would be told as gone, in a list nobody can change."""
    chains = ("LC01", "LC01", "LC02")
    for text, chain in enumerate(chains):
        put(clerk, firm, text=text, chain=chain)
    publish_list(officer, wanted(period="2026Q3"))
    monkeypatch.setattr(prepare, "MOST_ROWS", 2)
    with pytest.raises(Invalid) as why:
        publish_list(officer)
    assert why.value.errors == {"scope": "这个范围有 3 条，一份清单最多 2 条：请按产业链或县区分别发布"}
    client.force_login(officer)
    given = {"kind": "needs", "scope": "city", "place": "", "period": "2026Q4"}
    for page in (client.get("/lists/new/", given), client.post("/lists/new/", given | {"seen": "x"})):
        assert page.status_code == 422 and "请按产业链或县区分别发布" in page.text
    assert "请按产业链或县区分别发布" in client.post("/lists/ask/", given, follow=True).text
    answer = client.get("/api/lists/preview", given)
    assert answer.status_code == 422 and "scope" in str(answer.json())
    # What stays out makes no list too long.
    last = Need.objects.latest("pk")
    take(case=last, step="withdraw", actor=clerk, now=NOW, seen_version=last.version)
    found = prepare.preview(wanted=wanted(), now=NOW)
    assert (len(found.rows), len(found.out), len(found.gone)) == (2, 1, 1)
    assert len(prepare.preview(wanted=wanted(scope="chain", place="LC01"), now=NOW).rows) == 2


def test_the_same_need_twice_is_flagged(officer, clerk, firm):
    put(clerk, firm, title="铜排三个月发黑")
    again = put(clerk, firm, title="镀锡铜排表面变色", text=0)
    put(clerk, firm, text=1)
    found = prepare.preview(wanted=wanted(), now=NOW)
    assert [(a.seq, b.seq) for a, b in found.alike] == [(1, 2)]
    with pytest.raises(Invalid) as refused:
        publish_list(officer)
    assert "1 处可能重复" in refused.value.errors["alike"]
    with pytest.raises(Invalid) as refused:
        publish_list(officer, leave_out=[again.pk])
    assert "left_why" in refused.value.errors
    made = publish_list(officer, leave_out=[again.pk], left_why="与第一条重复")
    assert made.size == 2
    said = Entry.objects.get(subject_kind="market.list").data
    assert (said["left_out"], said["why_left_out"]) == ([again.pk], "与第一条重复")
    assert publish_list(officer, wanted(period="2026-11"), not_alike=True).size == 3


def test_only_what_was_seen_is_published(officer, clerk, firm):
    need = put(clerk, firm)
    seen = prepare.preview(wanted=wanted(), now=NOW).seen
    edit(need, clerk, price_fen=5_000_000)
    with pytest.raises(Refused, match="预览之后"):
        actions.publish(wanted=wanted(), seen=seen, actor=officer, now=NOW)
    assert not PublishedList.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "county", "auditor", "stranger"])
def test_only_officers_of_the_city_publish_and_ask(request, who, clerk, firm):
    put(clerk, firm)
    actor = request.getfixturevalue(who)
    with pytest.raises(Refused, match="市科技局"):
        publish_list(actor)
    with pytest.raises(Refused, match="市科技局"):
        confirming.ask(wanted=wanted(), actor=actor, now=NOW)


@pytest.fixture
def made(officer, clerk, firm):
    put(clerk, firm)
    return publish_list(officer)


CHANGES = {
    "orm list": lambda one: PublishedList.objects.filter(pk=one.pk).update(title="改了"),
    "orm save": lambda one: one.save(),
    "orm entry": lambda one: one.entries.update(values={}),
    "orm delete": lambda one: one.entries.all().delete(),
    "orm delete list": lambda one: PublishedList.objects.filter(pk=one.pk)._raw_delete("default"),
    "orm add": lambda one: ListEntry.objects.create(
        list=one, seq=2, need=put(*_other()), version=1, confirmed_on=TODAY, values={}, change="new"
    ),
    "sql": lambda one: sql("UPDATE lists_publishedlist SET size = 9"),
    "sql entry": lambda one: sql("UPDATE lists_listentry SET version = version + 1"),
    "sql delete": lambda one: sql("DELETE FROM lists_listentry"),
    "sql move": lambda one: sql("UPDATE lists_listentry SET seq = 7"),
}


def _other():
    other = organisation(9444)
    return member(account("other"), other), other


def sql(text):
    with connection.cursor() as cursor:
        cursor.execute(text)


@pytest.mark.parametrize("how", CHANGES)
def test_a_published_list_cannot_change(made, how):
    with pytest.raises(Error, match="a published list"), transaction.atomic():
        CHANGES[how](made)
    assert finds.is_whole(PublishedList.objects.get())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE lists_listentry SET values = jsonb_set(values, '{title}', '\"改了\"')",
        "UPDATE lists_publishedlist SET title = '改了'",
        "DELETE FROM lists_listentry",
        "DELETE FROM trail_entry WHERE subject_kind = 'market.list'",
    ],
)
def test_what_a_database_administrator_changes_is_found(made, change):
    assert finds.altered() == []
    sql("SET LOCAL session_replication_role = replica")  # as one who is stronger than the triggers
    sql(change)
    sql("SET LOCAL session_replication_role = origin")
    assert finds.altered() == [made]


def test_a_list_whose_digest_was_made_to_fit_is_found_by_the_trail(made):
    made.title = "改了"
    new = digest.of_list(made, list(made.entries.all()))
    sql("SET LOCAL session_replication_role = replica")
    PublishedList.objects.filter(pk=made.pk).update(title="改了", digest=new)
    sql("SET LOCAL session_replication_role = origin")
    assert finds.is_whole(PublishedList.objects.get())
    assert finds.altered() == [made]


def test_owners_are_asked_in_time_and_once(clerk, firm, teacher, school):
    due = put(clerk, firm, days_ago=76)
    put(clerk, firm, days_ago=75, text=1)
    put(teacher, school, text=2, days_ago=80)  # a school's need stands on no list
    put(teacher, school, Achievement, text=3, days_ago=89)
    assert confirming.ask_due(now=NOW) == 2
    letters = {one.kind: one for one in Message.objects.filter(kind__endswith=".list")}
    assert letters["market.need.list"].to == "clerk@example.com"
    assert due.title in letters["market.need.list"].subject
    assert "2026-12-07 以后不再列入" in letters["market.need.list"].body
    assert confirming.ask_due(now=NOW + DAY) == 1
    assert confirming.ask_due(now=NOW + DAY) == 0


def test_owners_nobody_can_write_to_are_not_said_to_be_asked(officer, clerk, firm):
    nobody, shut = organisation(9801), organisation(9802)
    parties.set_active(account=member(account("shut"), shut), active=False, actor=None, now=NOW)
    for text, owner in enumerate((nobody, shut)):
        Need.objects.filter(pk=put(clerk, firm, days_ago=89, text=text).pk).update(organisation=owner)
    due = [put(clerk, firm, days_ago=80 - text, text=text) for text in (2, 3, 4)]
    assert [confirming.ask_due(now=NOW) for _day in range(2)] == [3, 0]
    said = Message.objects.get(kind="market.need.list")
    assert said.subject == "请再次确认 3 条，以便列入《企业需求清单》"
    places = [said.body.index(one.title) for one in due]
    assert places == sorted(places)  # the longest unconfirmed first: 78, 77 and 76 days ago
    later = NOW + 30 * DAY
    assert [confirming.ask(wanted=wanted(on=later.date()), actor=officer, now=later) for _again in range(2)] == [3, 0]


def test_what_owners_are_asked_about_is_theirs_due_or_over(clerk, firm, teacher, school):
    late = put(clerk, firm, days_ago=76)
    put(clerk, firm, days_ago=74, text=1)
    over = put(clerk, firm, days_ago=181, text=2)
    listings.expire_due(now=NOW)
    put(teacher, school, text=3, days_ago=80)  # a school's need stands on no list, and has 100 days left
    ending = put(teacher, school, text=4, days_ago=151)
    assert list(confirming.to_confirm("needs", [firm], NOW)) == [over, late]
    assert list(confirming.to_confirm("needs", [school], NOW)) == [ending]
    assert list(confirming.to_confirm("achievements", [firm, school], NOW)) == []


def test_an_officer_asks_again_but_not_every_day(officer, clerk, firm):
    put(clerk, firm, days_ago=100)
    put(clerk, firm, text=1)
    assert confirming.ask(wanted=wanted(), actor=officer, now=NOW) == 1
    assert confirming.ask(wanted=wanted(), actor=officer, now=NOW + DAY) == 0
    assert confirming.ask(wanted=wanted(), actor=officer, now=NOW + 8 * DAY) == 1


def test_numbers_count_each_kind_and_year_from_one(officer, clerk, firm, achievement):
    put(clerk, firm)
    made = [
        publish_list(officer),
        publish_list(officer, wanted("achievements")),
        publish_list(officer, wanted(period="2026")),
    ]
    assert [one.number for one in made] == ["需求清单〔2026〕1号", "成果清单〔2026〕1号", "需求清单〔2026〕2号"]
    later = NOW + 50 * DAY
    assert publish_list(officer, wanted(period="2027Q1", on=later.date()), now=later).number == "需求清单〔2027〕1号"


def test_a_preview_costs_the_same_for_one_and_for_three(officer, clerk, firm, django_assert_num_queries):
    put(clerk, firm)
    publish_list(officer, wanted(period="2026Q3"))
    for text in (1, 2):
        with django_assert_num_queries(3):
            prepare.preview(wanted=wanted(), now=NOW)
        put(clerk, firm, text=text)
    assert Organisation.objects.count() == 1
