"""What people type: told at its field what is wrong, never lost, shown as text and nothing else."""

from datetime import timedelta
from importlib import import_module
from urllib.parse import quote

import pytest
from cryptography.fernet import Fernet
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from tests.doors.conftest import VALUES, published
from tests.market.conftest import NOW, SINCE, organisation
from tests.market.sheets import code
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.contract_form import _millionths
from triplehelix.doors.web.parts import RateField
from triplehelix.doors.web.readonly import ReadOnlyGetMiddleware, WriteOnRead
from triplehelix.doors.web.sale_fields import hundredths
from triplehelix.market.needs.models import Need
from triplehelix.records.evidence.kinds import Unacceptable
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid, Refused
from triplehelix.records.trail.actions import record
from triplehelix.records.trail.models import Entry

GOOD = {name: VALUES[name] for name in ("title", "text", "field", "chain", "contact_name", "contact_phone")}


@pytest.fixture
def typist(client, clerk):
    client.force_login(clerk)
    return client


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"field": "炼金术"}, "field"),
        ({"chain": "LC13"}, "chain"),
        ({"region": "371523"}, "region"),
        ({"price_wan": "-1"}, "price_wan"),
        ({"price_wan": "１２"}, None),
        ({"price_wan": "一百"}, "price_wan"),
        ({"contact_email": "not-an-address"}, "contact_email"),
        ({"text": "字" * 20_001}, "text"),
    ],
)
def test_a_wrong_field_is_told_there_and_nothing_is_saved(typist, changed, field):
    answer = typist.post("/needs/new/", GOOD | changed)
    if field is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert errors[field][0]
    page = answer.content.decode()
    assert GOOD["contact_name"] in page
    assert "error-summary" in page or 'role="alert"' in page
    assert not Need.objects.exists()


@pytest.mark.parametrize(("typed", "fen"), [("1e5", 100_000_000_000), ("1E2", 100_000_000), ("12.5", 12_500_000)])
def test_an_amount_may_be_written_as_a_browser_allows(typist, typed, fen):
    """A number field takes 1e5; Decimal keeps the exponent."""
    assert typist.post("/needs/new/", GOOD | {"price_wan": typed}).status_code == 302
    assert Need.objects.get().price_fen == fen


def test_publishing_what_is_too_short_keeps_the_draft_and_says_what_is_missing(typist):
    answer = typist.post("/needs/new/", GOOD | {"text": "太短", "publish": "1"}, follow=True)
    need = Need.objects.get()
    assert need.state == "draft"
    page = answer.content.decode()
    assert "已存为草稿，还没有发布：正文太短：请至少用 30 个字" in page
    assert 'name="publish"' in page
    said = GOOD | {"seen_version": need.version, "publish": "1"}
    assert typist.post(f"/needs/{need.pk}/edit/", said).status_code == 302
    need.refresh_from_db()
    assert need.state == "published"


def test_publishing_what_is_confidential_asks_for_its_summary_together_with_what_else_is_wrong(typist):
    said = GOOD | {"secrecy": "confidential", "teaser": "太短", "title": "", "publish": "1"}
    answer = typist.post("/needs/new/", said)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"title", "teaser"}
    assert "保密的需求要有公开摘要" in answer.context["form"].errors["teaser"][0]
    assert not Need.objects.exists()
    said.pop("publish")
    assert typist.post("/needs/new/", said | {"title": "题目"}).status_code == 302, "a draft may wait for it"


def test_who_has_not_been_checked_is_sent_to_the_page_where_it_hands_in(typist, firm):
    type(firm).objects.update(confirmed_at=None)
    answer = typist.post("/needs/new/", GOOD | {"publish": "1"}, follow=True)
    need = Need.objects.get()
    assert answer.redirect_chain == [(f"/needs/{need.pk}/", 302)]
    assert "已存为草稿，还没有发布：您的单位还没有经过核实" in answer.content.decode()


CODE = "<script>alert(1)</script>'; DROP TABLE needs_need; -- 🙂"


def test_code_in_every_field_is_text(typist, clerk, firm):
    answer = typist.post(
        "/needs/new/", GOOD | {"title": CODE, "text": CODE * 3, "contact_name": CODE[:30]}, follow=True
    )
    assert answer.status_code == 200
    need = Need.objects.get()
    for address in (f"/needs/{need.pk}/", f"/needs/{need.pk}/edit/", "/mine/needs/", "/todo/"):
        page = typist.get(address).content.decode()
        assert "<script>alert" not in page
    assert need.title == CODE


def test_two_people_with_one_form(typist, clerk, firm):
    need = published(clerk, firm)
    form = GOOD | {"seen_version": need.version, "title": "第一个人改的"}
    assert typist.post(f"/needs/{need.pk}/edit/", form).status_code == 302
    late = typist.post(f"/needs/{need.pk}/edit/", form | {"title": "第二个人改的"})
    assert late.status_code == 422
    assert "刚刚修改过" in late.content.decode()
    assert "第二个人改的" in late.content.decode()
    need.refresh_from_db()
    assert need.title == "第一个人改的"


def test_who_has_not_been_checked_is_told_where_a_change_goes(typist, clerk, firm):
    need = published(clerk, firm)
    type(firm).objects.update(confirmed_at=None)
    assert "改了就要由主管部门重新核对" in typist.get(f"/needs/{need.pk}/edit/").content.decode()
    form = GOOD | {"seen_version": need.version, "title": "换一个题目"}
    saved = typist.post(f"/needs/{need.pk}/edit/", form, follow=True)
    assert "已交主管部门重新核对" in saved.content.decode()
    need.refresh_from_db()
    assert need.state == "submitted"


def test_two_people_with_one_step(typist, clerk, firm):
    need = published(clerk, firm)
    step = f"/needs/{need.pk}/steps/withdraw/"
    assert typist.post(step, {"seen_version": need.version}).status_code == 302
    late = typist.post(step, {"seen_version": need.version})
    assert late.status_code == 409
    assert "别人刚刚办理过" in late.content.decode()


class TestExpiredSession:
    """A form sent after the session ended waits until its writer is back."""

    def typed(self, client, account):
        """The form as its page carried it, sent after signing out."""
        client.force_login(account)
        writer = client.get("/needs/new/").context["writer"]
        client.logout()
        return client.post("/needs/new/", GOOD | {"title": "写了半小时的标题", "writer": writer})

    def test_what_was_typed_is_there_after_signing_in(self, client, clerk):
        answer = self.typed(client, clerk)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
        assert not Need.objects.exists()
        self._sign_in(client, clerk)
        page = client.get("/needs/new/").content.decode()
        assert "写了半小时的标题" in page
        assert VALUES["text"] in page
        assert client.post("/needs/new/", GOOD | {"title": "写了半小时的标题"}).status_code == 302
        assert "写了半小时的标题" not in client.get("/needs/new/").content.decode()

    def test_another_person_on_the_same_machine_never_sees_it(self, client, clerk, stranger):
        self.typed(client, clerk)
        self._sign_in(client, stranger)
        assert "写了半小时的标题" not in client.get("/needs/new/").content.decode()

    def test_it_is_no_plain_text_in_the_database_and_without_its_key_the_page_is_empty(self, client, clerk, settings):
        self.typed(client, clerk)
        kept = client.session["kept_form"]["body"]
        assert "title" not in kept and quote("写了半小时的标题") not in kept
        self._sign_in(client, clerk)
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        page = client.get("/needs/new/")
        assert page.status_code == 200 and not page.context["form"].is_bound

    def test_without_a_writer_nothing_is_kept(self, client, clerk):
        client.post("/needs/new/", GOOD | {"title": "谁写的不知道", "writer": "forged:1"})
        self._sign_in(client, clerk)
        assert "谁写的不知道" not in client.get("/needs/new/").content.decode()

    def test_the_note_to_a_step_is_there_too_and_the_address_leads_to_its_page(self, client, clerk, firm):
        need = published(clerk, firm)
        client.force_login(clerk)
        writer = client.get(f"/needs/{need.pk}/").context["writer"]
        client.logout()
        step = f"/needs/{need.pk}/steps/withdraw/"
        sent = {"seen_version": need.version, "note": "问题已经自己解决", "writer": writer}
        assert client.post(step, sent)["Location"].endswith(f"next={step}")
        self._sign_in(client, clerk)
        page = client.get(step, follow=True)
        assert page.redirect_chain == [(f"/needs/{need.pk}/", 302)]
        assert "问题已经自己解决" in page.text
        assert client.post(step, sent).status_code == 302
        assert "问题已经自己解决" not in client.get(f"/needs/{need.pk}/").context["step_form"].initial.values()

    def test_a_step_elsewhere_does_not_lose_what_waits_for_another_page(self, client, clerk, firm):
        need = published(clerk, firm)
        self.typed(client, clerk)
        self._sign_in(client, clerk)
        assert client.post(f"/needs/{need.pk}/steps/withdraw/", {"seen_version": need.version}).status_code == 302
        assert "写了半小时的标题" in client.get("/needs/new/").text

    def _sign_in(self, client, account):
        """By the form, as people do: the session goes on from the public one."""
        account.set_password("shui-cheng-2026")
        account.save()
        client.post("/accounts/login/", {"login": account.email, "password": "shui-cheng-2026"})


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/needs/1/steps/withdraw/", "/needs/1/"),
        ("/account/keys/3/revoke/", "/account/"),
        ("/members/2/accept/", "/"),
        ("/credit/9/upheld/", "/"),
    ],
)
def test_an_address_that_takes_forms_only_leads_to_the_page_above(typist, address, page):
    """As when the language is switched after a refusal."""
    assert typist.get(address, follow=True).redirect_chain[-1] == (page, 302)


class TestNotThere:
    """A page that is gone says so, and where to go on."""

    @pytest.mark.parametrize("state", ["withdrawn", "expired", "draft"])
    def test_a_listing_that_is_not_public(self, client, clerk, firm, state):
        need = published(clerk, firm)
        Need.objects.filter(pk=need.pk).update(state=state, valid_until=None, published_at=None)
        answer = client.get(f"/needs/{need.pk}/")
        assert answer.status_code == 404
        assert 'href="/' in answer.content.decode()
        assert need.title not in answer.content.decode()

    @pytest.mark.parametrize(
        "address", ["/needs/999999/", "/needs/x/", "/nothing/", "/imports/1/", "/needs/1/steps/fly/"]
    )
    def test_no_such_address(self, typist, address):
        assert typist.get(address, follow=True).status_code == 404


def test_an_officers_session_ends_after_thirty_idle_minutes(client, officer):
    client.force_login(officer)
    assert client.get("/todo/").status_code == 200
    session = client.session
    for name in [name for name in list(session.keys()) if isinstance(session[name], int | float)]:
        if session[name] > 10**9:
            session[name] = session[name] - 31 * 60
    session.save()
    answer = client.get("/todo/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_an_officer_reaches_every_need_that_waits_to_be_checked(client, clerk, firm, county):
    need = published(clerk, firm)
    for n in range(12):
        need.pk, need.state, need.title = None, "submitted", f"待核对第 {n} 条"
        need.save(force_insert=True)
    client.force_login(county)
    page = client.get("/todo/").text
    assert all(f"待核对第 {n} 条" in page for n in range(12)) and "10+" not in page


def test_a_key_made_on_the_page_is_shown_once(typist, clerk):
    answer = typist.post("/account/keys/", {"name": "报表程序"})
    text = answer.context["new_key"]
    assert text in answer.content.decode()
    assert text not in typist.get("/account/").content.decode()
    reading = typist.__class__().get("/api/needs", headers={"Authorization": f"Bearer {text}"})
    assert reading.status_code == 200


def test_a_claim_waits_and_an_officer_answers_it(client, newcomer, county, firm):
    client.force_login(newcomer)
    wrong = client.post("/account/claim/", {"uscc": "91371502MA0000000X", "name": "某厂"})
    assert "uscc" in wrong.context["claim_form"].errors
    assert client.post("/account/claim/", {"uscc": firm.uscc, "name": firm.name}).status_code == 302
    assert "等待主管部门同意" in client.get("/account/").content.decode()
    assert client.get("/needs/new/").status_code == 403
    client.force_login(county)
    assert newcomer.email in client.get("/todo/").content.decode()
    claim = newcomer.memberships.get()
    assert client.post(f"/members/{claim.pk}/accept/").status_code == 302
    client.force_login(newcomer)
    assert client.get("/needs/new/").status_code == 200


def test_a_get_that_writes_is_stopped(clerk, firm):
    """The guard stands on the connection: were a view to write on GET, it would fail before the row changed."""
    need = published(clerk, firm)

    def writing(request, kind):
        Need.objects.filter(pk=need.pk).update(title="改了")

    guard = ReadOnlyGetMiddleware(lambda request: None)
    with pytest.raises(WriteOnRead), transaction.atomic():
        guard.process_view(RequestFactory().get("/needs/"), writing, ("needs",), {})
    need.refresh_from_db()
    assert need.title == VALUES["title"]


@pytest.mark.parametrize(
    "statement",
    [
        "with a as (insert into needs_need (id) values (1) returning id) select * from a",
        "WITH a AS (UPDATE needs_need SET title = '' RETURNING id) SELECT * FROM a",
        "(with a as (update only needs_need as n\nset title = '' returning id) select * from a)",
        "WITH a AS (SELECT 1) DELETE  FROM needs_need",
        "with a as (select 1) merge into needs_need using a on false when matched then delete",
    ],
)
def test_a_writing_statement_that_begins_with_its_parts_is_stopped(db, statement):
    def writing(request):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    guard = ReadOnlyGetMiddleware(lambda request: None)
    with pytest.raises(WriteOnRead):
        guard.process_view(RequestFactory().get("/needs/"), writing, (), {})


def test_a_get_may_not_even_begin_a_trail(clerk):
    guard = ReadOnlyGetMiddleware(lambda request: None)

    def recording(request):
        record(kind="tests.thing", id="1", verb="see", actor=clerk, now=timezone.now())

    with pytest.raises(WriteOnRead, match="WITH held"), transaction.atomic():
        guard.process_view(RequestFactory().get("/needs/"), recording, (), {})


def test_the_trail_remembers_who_changed_what(typist, clerk, firm):
    need = published(clerk, firm)
    typist.post(f"/needs/{need.pk}/edit/", GOOD | {"seen_version": need.version, "title": "新的标题"})
    last = Entry.objects.filter(subject_kind=Need.kind, subject_id=str(need.pk)).order_by("-n").first()
    assert (last.verb, last.data["changed"]["title"]) == ("edit", VALUES["title"])
    assert timezone.now() - last.at < timedelta(minutes=1)
    assert "新的标题" in typist.get(f"/needs/{need.pk}/").content.decode()


def test_people_can_be_confirmed_once_and_not_by_strangers(client, county, other_county):
    waiting = parties.register_organisation(
        uscc=code(9300), name="新厂", type="企业", region="371521", unit="371521", actor=None, now=NOW
    )
    client.force_login(other_county)
    assert client.post(f"/organisations/{waiting.pk}/confirm/").status_code == 404
    client.force_login(county)
    assert client.post(f"/organisations/{waiting.pk}/confirm/").status_code == 302
    assert client.post(f"/organisations/{waiting.pk}/confirm/").status_code == 404


@pytest.mark.parametrize("typed", ["1E999999", "1e9999999999", "NaN", "sNaN", "Infinity", "一百"])
def test_a_percentage_that_is_no_number_is_said_at_its_field(typed):
    """An exponent so large that the product overflows is no number either."""
    for read in (hundredths, _millionths):
        with pytest.raises(ValueError, match="百分数"):
            read(typed)
    with pytest.raises(ValidationError, match="百分数"):
        RateField(required=False).clean(typed[:10])


def test_what_a_field_misses_says_what_to_do_in_every_form():
    class Asked(Form):
        name = forms.CharField(label="名称", max_length=2)
        kind = forms.ChoiceField(label="类别", choices=[("a", "甲")])
        file = forms.FileField(label="填好的表")
        count = forms.IntegerField(label="台数", min_value=0)
        price = forms.DecimalField(label="价格（%）", max_digits=3, decimal_places=1)
        email = forms.EmailField(label="邮箱")
        agreed = forms.BooleanField(label="已看过")
        own = forms.CharField(label="说明", error_messages={"required": "请写说明"})

        def clean(self):
            self.want("name", "count")

    def said(data):
        return {name: list(found) for name, found in Asked(data).errors.items()}

    assert said({}) == {
        "name": ["请填写名称"], "kind": ["请选择类别"], "file": ["请选择要上传的文件"], "count": ["请填写台数"],
        "price": ["请填写价格（%）"], "email": ["请填写邮箱"], "agreed": ["请勾选：已看过"], "own": ["请写说明"],
    }  # fmt: skip
    wrong = said({"name": "太长了", "kind": "z", "count": "-1", "price": "12.34", "email": "x", "own": "x"})
    assert (wrong["name"], wrong["kind"]) == (["最多 2 个字，现在有 3 个"], ["没有“z”这个选项，请重新选择"])
    assert (wrong["count"], wrong["email"]) == (["请填写不小于 0 的数"], ["请写成 name@example.com 这样的邮箱地址"])
    assert wrong["price"] == ["最多写 3 位数字", "最多写 1 位小数"] or wrong["price"] == ["最多写 3 位数字"]
    assert said({"count": "两台"})["count"] == ["请填写整数，例如 12"]
    assert said({"price": "两万"})["price"] == ["请填写数字，例如 12.5"]


def test_every_form_of_the_pages_is_made_of_the_house_s():
    import_module("triplehelix.config.urls")
    kinds, found = [forms.Form], set()
    while kinds:
        for kind in kinds.pop().__subclasses__():
            found.add(kind)
            kinds += [kind]
    own = {kind for kind in found if kind.__module__.startswith("triplehelix.doors.web.")}
    assert len(own) > 60
    assert not {kind for kind in own if not issubclass(kind, Form)}


@pytest.mark.parametrize("page", ["/finance/leads/new/", "/rounds/{round}/", "/needs/new/"])
def test_the_chosen_organisation_stays_chosen_when_the_form_comes_back(client, page, things, clerk, firm):
    second = organisation(9411)
    parties.add_member(account=clerk, organisation=second, role="admin", since=SINCE, actor=None, now=NOW)
    client.force_login(clerk)
    address = page.format(round=things["round"].pk)
    for chosen in (firm, second):
        answer = client.post(address, {"organisation": chosen.pk, "title": ""})
        assert answer.status_code == 422
        assert f'<option value="{chosen.pk}" selected>{chosen.name}</option>' in answer.content.decode()


class Paper(Form):
    asked_as = {"price_fen": "price"}
    price = forms.CharField()
    file = forms.FileField(required=False)


class Bare(Form):
    price = forms.CharField()


@pytest.mark.parametrize(
    ("made", "why", "at", "status"),
    [
        (Paper, Invalid({"price_fen": "太少"}), "price", 422),
        (Paper, Invalid({"elsewhere": "太少"}), "__all__", 422),
        (Paper, Unacceptable("empty", "太少"), "file", 422),
        (Bare, Unacceptable("empty", "太少"), "__all__", 422),
        (Paper, Refused("太少"), "__all__", 409),
    ],
)
def test_what_an_action_objects_to_is_said_in_the_form_and_decides_the_status(made, why, at, status):
    form = made({"price": "1"})
    assert form.is_valid() and form.status == 200
    with form.blaming():
        raise why
    assert (dict(form.errors), form.status) == ({at: ["太少"]}, status)


def test_an_error_of_the_program_is_no_objection():
    form = Bare({"price": "1"})
    with pytest.raises(ZeroDivisionError), form.blaming():
        raise ZeroDivisionError
    assert Bare().status == 200 and Bare({}).status == 422
