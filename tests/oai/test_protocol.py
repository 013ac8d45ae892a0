"""Each verb, each error, by GET and by POST; every answer is valid by the schema."""

from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.market.test_flow import published as publish
from tests.oai.conftest import DAY, NAMES, SECOND, ask, codes, identifiers, make, read, texts, walked
from triplehelix.doors.oai.asked import ProtocolError, Window, opened, token, window
from triplehelix.doors.oai.records import Place
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions as experts
from triplehelix.market.experts import register
from triplehelix.market.experts.models import Authorship
from triplehelix.market.listings import actions as listings
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take
from triplehelix.records.trail import followers

pytestmark = pytest.mark.usefixtures("morning")

OK = "oai:triplehelix.example:achievement/"


def stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("method", ["get", "post"])
def test_identify(client, few, method):
    root = ask(client, method, verb="Identify")
    assert texts(root, "//o:baseURL") == ["http://testserver/oai/"]
    assert texts(root, "//o:deletedRecord") == ["persistent"]
    assert texts(root, "//o:granularity") == ["YYYY-MM-DDThh:mm:ssZ"]
    assert texts(root, "//o:earliestDatestamp") == [stamp(few[0].published_at)]
    assert texts(root, "//o:request/@verb") == ["Identify"]


def test_identify_of_an_empty_house(client, db):
    assert codes(ask(client, verb="Identify")) == []
    assert codes(ask(client, verb="ListRecords", metadataPrefix="oai_dc")) == ["noRecordsMatch"]


def test_formats_and_sets(client, few):
    assert texts(ask(client, verb="ListMetadataFormats"), "//o:metadataPrefix") == ["oai_dc"]
    one = ask(client, verb="ListMetadataFormats", identifier=f"{OK}{few[0].pk}")
    assert texts(one, "//o:metadataPrefix") == ["oai_dc"]
    specs = texts(ask(client, verb="ListSets"), "//o:setSpec")
    assert {"chain", "chain:LC01", "field", "field:new_materials"} <= set(specs)
    assert len(specs) == len(set(specs)) == 12 + 11 + 2


def test_get_record(client, clerk, firm):
    made = publish(
        clerk, firm, Achievement, title="<铜> & “排”", rights="单独所有", ip=[{"type": "发明专利", "number": "ZL2"}]
    )
    person = parties.register_person(
        name="方专家", home=firm, title="教授", discipline="材料", actor=None, now=timezone.now()
    )
    made.people.add(person)
    Achievement.objects.filter(pk=made.pk).update(text="第一段\x0b第二段")
    root = ask(client, verb="GetRecord", identifier=f"{OK}{made.pk}", metadataPrefix="oai_dc")
    fields = {
        name: texts(root, f"//dc:{name}")
        for name in ("title", "creator", "subject", "description", "publisher", "identifier", "relation", "rights")
    }
    assert fields == {
        "title": ["<铜> & “排”"],
        "creator": ["方专家"],
        "subject": ["新材料", "有色金属"],
        "description": ["第一段第二段"],
        "publisher": ["示例9001厂"],
        "identifier": [f"http://testserver/achievements/{made.pk}/"],
        "relation": ["发明专利 ZL2"],
        "rights": ["单独所有"],
    }
    assert texts(root, "//o:setSpec") == ["chain:LC01", "field:new_materials"]


def test_no_contact_detail_is_harvested(client, few):
    for _ in range(2):
        content = client.get("/oai/?verb=ListRecords&metadataPrefix=oai_dc").content
        assert "成果 0".encode() in content
        assert "阮砺石".encode() not in content
        assert b"8400000" not in content


BAD = {
    "no verb": ({}, "badVerb"),
    "no such verb": ({"verb": "ListAll"}, "badVerb"),
    "verb twice": ({"verb": ["Identify", "Identify"]}, "badVerb"),
    "lower case": ({"verb": "identify"}, "badVerb"),
    "argument too many": ({"verb": "Identify", "set": "chain"}, "badArgument"),
    "no prefix": ({"verb": "ListRecords"}, "badArgument"),
    "no identifier": ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
    "argument twice": ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
    "prefix of no shape": ({"verb": "ListRecords", "metadataPrefix": "oai dc<"}, "badArgument"),
    "other format": ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
    "bad day": ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"}, "badArgument"),
    "bad moment": ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-11-24T10:00:00"}, "badArgument"),
    "wide digits": ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "２０２６-01-01"}, "badArgument"),
    "two granularities": (
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-01-01", "until": "2026-01-02T00:00:00Z"},
        "badArgument",
    ),
    "from after until": (
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-01-02", "until": "2026-01-01"}, "badArgument",
    ),
    "before everything": ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1990-01-01"}, "noRecordsMatch"),
    "no such set": ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "chain:LC99"}, "noRecordsMatch"),
    "empty set": ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "chain:LC12"}, "noRecordsMatch"),
    "set of no shape": ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "chain::"}, "badArgument"),
    "no such record": ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": f"{OK}99999"}, "idDoesNotExist"),
    "no identifier of ours": ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "7"}, "idDoesNotExist"),
    "odd identifier": ({"verb": "ListMetadataFormats", "identifier": f"{OK}\x00²"}, "idDoesNotExist"),
    "token beside others": (
        {"verb": "ListRecords", "resumptionToken": "x", "metadataPrefix": "oai_dc"}, "badArgument",
    ),
    "no token": ({"verb": "ListRecords", "resumptionToken": ""}, "badResumptionToken"),
    "token of another": ({"verb": "ListRecords", "resumptionToken": "x:y"}, "badResumptionToken"),
    "token for sets": ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
}  # fmt: skip


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("arguments", "code"), BAD.values(), ids=BAD)
def test_errors_are_the_protocols_own(client, few, method, arguments, code):
    root = read(getattr(client, method)("/oai/", arguments))
    assert codes(root) == [code]
    repeated = dict(root.find("o:request", NAMES).attrib)
    assert (repeated == {}) is (code in ("badVerb", "badArgument"))


def test_a_post_needs_no_form_of_ours_and_other_methods_are_refused(few):
    client = Client(enforce_csrf_checks=True)
    assert codes(ask(client, "post", verb="Identify")) == []
    assert codes(read(client.post("/oai/?verb=Identify", {"verb": "Identify"}))) == ["badArgument"]
    assert client.put("/oai/").status_code == 405
    assert client.head("/oai/?verb=Identify").status_code == 200


def test_pages_hold_everything_once_in_order(client, few):
    for verb in ("ListIdentifiers", "ListRecords"):
        found, pages = walked(client, verb)
        assert [one[0] for one in found] == [f"{OK}{row.pk}" for row in few]
        assert pages == 4
    first = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    assert texts(first, "//o:resumptionToken/@completeListSize") == ["10"]
    assert texts(first, "//o:resumptionToken/@cursor") == ["0"]


def test_a_list_of_one_page_has_no_token(client, firm):
    make(firm, 3)
    assert ask(client, verb="ListRecords", metadataPrefix="oai_dc").find(".//o:resumptionToken", NAMES) is None


def test_a_token_may_be_used_again(client, few):
    token = texts(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc"), "//o:resumptionToken")[0]
    pages = [identifiers(ask(client, verb="ListIdentifiers", resumptionToken=token)) for _ in range(2)]
    assert pages[0] == pages[1] == [f"{OK}{row.pk}" for row in few[3:6]]
    assert codes(ask(client, verb="ListRecords", resumptionToken=token)) == ["badResumptionToken"]


def test_what_changes_in_the_middle_of_a_harvest_is_not_missed(client, clerk, few):
    """Records edited, withdrawn and added while pages are fetched: each is met in its last state, none is skipped."""
    todo = [
        lambda: edit(few[0], clerk),
        lambda: take(case=few[1], step="withdraw", actor=clerk, now=timezone.now(), seen_version=1),
        lambda: edit(few[9], clerk),
    ]
    found, _pages = walked(client, between=lambda: todo.pop(0)() if todo else None)
    last = {identifier: status for identifier, status, _stamp in found}
    assert set(last) == {f"{OK}{row.pk}" for row in few}
    assert last[f"{OK}{few[1].pk}"] == "deleted"
    assert [one[0] for one in found].count(f"{OK}{few[0].pk}") == 2
    assert [one[2] for one in found] == sorted(one[2] for one in found)


def edit(row, clerk):
    row.refresh_from_db()
    listings.edit(
        listing=row, values={"title": "改过的成果"}, actor=clerk, now=timezone.now(), seen_version=row.version
    )


def test_from_and_until_include_their_second_and_day(client, few, settings):
    settings.OAI_PAGE_SIZE = 100
    Achievement.objects.filter(pk=few[4].pk).update(published_at=few[4].published_at.replace(microsecond=999_999))
    third, fifth = stamp(few[2].published_at), stamp(few[4].published_at)
    root = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=third, until=fifth)
    assert identifiers(root) == [f"{OK}{row.pk}" for row in few[2:5]]
    day = few[0].published_at.astimezone(UTC).date()
    root = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=str(day), until=str(day + DAY))
    assert len(identifiers(root)) == 10
    assert codes(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", until=str(day - DAY))) == [
        "noRecordsMatch"
    ]


def test_sets(client, few, settings):
    settings.OAI_PAGE_SIZE = 100
    by_set = {
        spec: len(identifiers(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", set=spec)))
        for spec in ("chain", "chain:LC01", "chain:LC02", "field:new_materials", "field")
    }
    assert by_set == {"chain": 7, "chain:LC01": 4, "chain:LC02": 3, "field:new_materials": 10, "field": 10}


def test_deleted_records_stay_known_with_their_moment(client, clerk, firm, settings):
    start = timezone.now() - timedelta(days=200)
    over, gone, back, never = make(firm, 4, start=start)
    Achievement.objects.filter(pk__in=[gone.pk, back.pk]).update(valid_until=timezone.now() + DAY)
    Achievement.objects.filter(pk=never.pk).update(state="draft", published_at=None, valid_until=None)
    before = timezone.now().replace(microsecond=0) - SECOND
    take(case=gone, step="withdraw", actor=clerk, now=timezone.now(), seen_version=1)
    step = take(case=back, step="withdraw", actor=clerk, now=timezone.now(), seen_version=1)
    take(case=step, step="reopen", actor=clerk, now=timezone.now(), seen_version=2)
    found, _pages = walked(client)
    assert [(one[0], one[1]) for one in found] == [(f"{OK}{row.pk}", "deleted") for row in (over, gone, back)]
    assert found[0][2] == stamp(over.valid_until)
    recent, _pages = walked(client, from_=stamp(before))
    assert [one[0] for one in recent] == [f"{OK}{row.pk}" for row in (gone, back)]
    root = ask(client, verb="GetRecord", identifier=f"{OK}{gone.pk}", metadataPrefix="oai_dc")
    assert (texts(root, "//o:header/@status"), texts(root, "//dc:title")) == (["deleted"], [])
    assert codes(ask(client, verb="GetRecord", identifier=f"{OK}{never.pk}", metadataPrefix="oai_dc")) == [
        "idDoesNotExist"
    ]


def test_what_goes_back_to_the_office_is_deleted_now_and_not_when_it_ran_out_before(client, clerk, firm, settings):
    """A harvester that comes with the last moment it knows must hear of it."""
    made = publish(clerk, firm, Achievement)
    long_ago = timezone.now() - timedelta(days=200)
    Achievement.objects.filter(pk=made.pk).update(valid_until=long_ago, published_at=long_ago)
    listings.expire_due(now=long_ago + DAY)
    made.refresh_from_db()
    made = take(case=made, step="renew", actor=clerk, now=timezone.now(), seen_version=made.version)
    Organisation.objects.filter(pk=firm.pk).update(confirmed_at=None)
    edited = listings.edit(
        listing=made, values={"title": "换一个题目"}, actor=clerk, now=timezone.now(), seen_version=made.version
    )
    assert edited.state == "submitted"
    recent, _pages = walked(client, from_=stamp(timezone.now() - DAY))
    assert [(one[0], one[1]) for one in recent] == [(f"{OK}{made.pk}", "deleted")]


def test_published_again_it_is_no_longer_deleted(client, clerk, firm):
    made = publish(clerk, firm, Achievement)
    now = timezone.now()
    for step in ("withdraw", "reopen", "publish"):
        made = take(case=made, step=step, actor=clerk, now=now, seen_version=made.version)
    assert [one[1] for one in walked(client)[0]] == [""]


def renamed_firm(person, firm, work, now):
    parties.amend(organisation=firm, values={"name": "改了名的厂"}, actor=None, now=now)


def renamed_person(person, firm, work, now):
    parties.amend_person(person=person, values={"name": "方改名"}, actor=None, now=now, seen_version=1)


def thought_again(person, firm, work, now):
    row = Authorship.objects.get(work__achievement=work)
    experts.confirm(person=person, authorships=[row.pk], actor=None, via="account", now=now)


@pytest.mark.parametrize("change", [renamed_firm, renamed_person, thought_again])
def test_under_another_name_it_has_changed(client, few, firm, change):
    before = timezone.now() - 2 * DAY
    person = parties.register_person(name="方专家", home=firm, title="教授", discipline="材料", actor=None, now=before)
    work, other = few[:2]
    for one in (work, other):
        one.people.add(person)
    register.take_people([person], now=before)
    register.take_achievements([work.pk], now=before)
    row = Authorship.objects.get(work__achievement=work)
    if change is thought_again:
        experts.refuse(person=person, authorships=[row.pk], actor=None, via="account", now=before)
    Achievement.objects.filter(pk=few[9].pk).update(state="withdrawn")
    follow()
    now = timezone.now()
    Achievement.objects.update(changed_at=before)
    change(person, firm, work, now)
    follow()
    expected = {renamed_firm: few[:9], renamed_person: [work, other], thought_again: [work]}[change]
    changed, _pages = walked(client, "ListRecords", from_=stamp(now))
    assert {int(name.rpartition("/")[2]) for name, _status, _stamp in changed} == {one.pk for one in expected}


def test_what_changes_but_no_name_changes_no_record(client, few, firm):
    follow()
    before = set(Achievement.objects.values_list("changed_at", flat=True))
    parties.amend(organisation=firm, values={"region": "371502"}, actor=None, now=timezone.now())
    follow()
    assert set(Achievement.objects.values_list("changed_at", flat=True)) == before


def follow():
    """Read the trail, as the worker does."""
    while followers.drain("achievements.renamed"):
        pass


def test_a_page_costs_the_same_for_one_and_for_three(client, firm, django_assert_num_queries):
    make(firm, 1)
    for _ in range(2):
        with django_assert_num_queries(4):
            ask(client, verb="ListRecords", metadataPrefix="oai_dc")
        make(firm, 2)


MOMENTS = st.datetimes(timezones=st.just(UTC))
PLACES = st.none() | st.builds(Place, MOMENTS, st.integers(1, 2**62))


@given(
    st.sampled_from(["ListRecords", "ListIdentifiers"]),
    PLACES,
    st.integers(0, 10**9),
    st.none() | st.integers(0, 10**9),
)
def test_a_token_comes_back_as_the_window_it_was(verb, place, seen, total):
    found = Window("2026-01-01", "2026-12-31", "chain:LC01", place, seen, total)
    assert opened(verb, token(verb, found)) == found
    assert token(verb, found) == token(verb, found)


@given(st.text(max_size=80), st.integers(0, 200))
def test_no_other_text_is_a_token(text, place):
    real = token("ListRecords", Window("", "", "", Place(timezone.now(), 7), 3, 9))
    for forged in (text, real[: place % len(real)] + "A" + real[place % len(real) :], real[:-1]):
        try:
            window({"verb": "ListRecords", "resumptionToken": forged})
        except ProtocolError as why:
            assert why.code == "badResumptionToken"
        else:
            raise AssertionError(forged)


NAMED = st.sampled_from(["verb", "from", "until", "set", "metadataPrefix", "identifier", "resumptionToken", "x"])


@given(st.dictionaries(NAMED, st.lists(st.text(max_size=20), min_size=1, max_size=2), max_size=4))
@pytest.mark.django_db
def test_whatever_is_asked_is_answered_in_the_protocols_words(arguments):
    root = read(Client().get("/oai/", arguments))
    assert codes(root) in (["badVerb"], ["badArgument"])
