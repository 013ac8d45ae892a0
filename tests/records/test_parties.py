"""Organisations by their code, terms by their days, and who belongs to what."""

from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import IntegrityError, connection, transaction

from tests.records.cases import Thread
from tests.records.conftest import ALUMINIUM, COPPER, NOW, TODAY
from triplehelix.foundation.codes import RetiredCode
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import access, actions, finds, known, reference
from triplehelix.records.parties.models import Account, ChainMembership, Membership, Organisation
from triplehelix.records.parties.rules import Invalid, Refused
from triplehelix.records.trail.keyed import Undecipherable
from triplehelix.records.trail.models import Entry

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
WHO = {"actor": None, "now": NOW}

pytestmark = pytest.mark.django_db


def verbs(kind, subject):
    return list(Entry.objects.filter(subject_kind=kind, subject_id=str(subject.pk)).values_list("verb", flat=True))


def test_an_organisation_is_registered_with_codes_given_by_name(make_organisation):
    made = make_organisation(type="高校", region="东昌府", unit="东昌府区", size="大型", flags=["高企", "高新技术企业"])
    assert (made.type, made.region, made.unit, made.size) == ("高等学校", "371502", "371502", "大")
    assert made.flags == ["高新技术企业"]
    assert made.confirmed_at is None
    assert verbs("parties.organisation", made) == ["register"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("uscc", "91371502MAD011KW8X", "校验不通过"),
        ("uscc", "９1371502MAD011KW8U", "全角数字"),
        ("name", "  ", "请写单位名称"),
        ("name", "长" * 121, "最多 120 个字"),
        ("type", "公司", "单位类型里没有“公司”"),
        ("region", "371523", "停用"),
        ("region", "北京", "行政区划里没有"),
        ("unit", "济南市", "主管单位里没有"),
        ("size", "巨大", "企业规模里没有"),
        ("flags", ["独角兽"], "企业标识里没有"),
        ("contact_phone", "一三九", "电话号码"),
        ("contact_email", "zhang@", "邮箱地址不完整"),
    ],
)
def test_each_wrong_field_says_what_to_write(field, value, said):
    values = {"uscc": COPPER, "name": "澄湖鸿锐铜业股份有限公司", field: value}
    with pytest.raises(Invalid) as why:
        actions.register_organisation(**values, **WHO)
    assert list(why.value.errors) == [field]
    assert said in why.value.errors[field]
    assert not Organisation.objects.exists()


def test_all_wrong_fields_are_said_at_once():
    with pytest.raises(Invalid) as why:
        actions.register_organisation(uscc="", name="", region="火星", **WHO)
    assert list(why.value.errors) == ["uscc", "name", "region"]


def test_a_code_is_registered_once(organisation):
    with pytest.raises(Invalid, match="已经登记过：澄湖鸿锐铜业股份有限公司"):
        actions.register_organisation(uscc=COPPER, name="另一家", **WHO)


@pytest.mark.django_db(transaction=True)
def test_two_who_register_one_code_at_once():
    def register():
        try:
            return actions.register_organisation(uscc=COPPER, name="甲", **WHO).pk
        except Invalid:
            return None

    made = [thread.result() for thread in [Thread(register) for _ in range(3)]]
    assert len([pk for pk in made if pk]) == Organisation.objects.count() == 1


def test_a_change_is_in_the_trail_without_personal_data(organisation, account):
    values = {"about": "铜带", "contact_phone": "13900000111", "size": "中"}
    actions.amend(organisation=organisation, values=values, actor=account, now=NOW, why="来函更正")
    entry = Entry.objects.get(subject_kind="parties.organisation", verb="amend")
    assert entry.data == {"changed": {"about": "", "contact_phone": None, "size": ""}}
    assert entry.why == "来函更正"
    actions.amend(organisation=organisation, values=values, actor=account, now=NOW)
    assert verbs("parties.organisation", organisation) == ["register", "amend"]  # nothing changed: no row


def test_a_changed_name_must_be_checked_again(organisation):
    actions.confirm_organisation(organisation=organisation, **WHO)
    assert actions.amend(organisation=organisation, values={"about": "x"}, **WHO).confirmed_at == NOW
    assert actions.amend(organisation=organisation, values={"name": "新名"}, **WHO).confirmed_at is None
    with pytest.raises(Invalid, match="不能改"):
        actions.amend(organisation=organisation, values={"uscc": ALUMINIUM}, **WHO)


def test_contacts_are_encrypted_at_rest(make_organisation, settings):
    made = make_organisation(contact_name="管彤辉", contact_phone="13900000111", contact_email="x@example.com")
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_name, contact_phone, contact_email FROM parties_organisation")
        stored = cursor.fetchone()
    assert all(token.startswith("gAAAA") for token in stored)
    assert Organisation.objects.get().contact_phone == "13900000111"
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert Organisation.objects.get(pk=made.pk).contact_name == "管彤辉"  # a new first key, the old one still opens
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    with pytest.raises(Undecipherable, match="contact_name"):
        Organisation.objects.get(pk=made.pk).contact_name
    settings.FIELD_KEYS = ["short"]
    with pytest.raises(ImproperlyConfigured):
        Organisation.objects.get(pk=made.pk).contact_name


def test_contacts_are_deciphered_when_somebody_reads_them(make_organisation, settings):
    made = make_organisation(contact_name="管彤辉", contact_phone="")
    (sealed,) = Organisation.objects.values_list("contact_name", flat=True)
    assert sealed.token.startswith("gAAAA")
    read = Organisation.objects.get(pk=made.pk)
    assert (read.contact_name, read.contact_phone) == ("管彤辉", "")
    late = Organisation.objects.defer("contact_name").get(pk=made.pk)
    unread = Organisation.objects.get(pk=made.pk)
    late.contact_phone = "13900000111"
    assert (late.contact_name, late.contact_phone) == ("管彤辉", "13900000111")
    unread.save()  # what nobody read is kept by a save as well
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert read.contact_name == "管彤辉"  # once is enough
    with pytest.raises(Undecipherable):
        late.refresh_from_db()
        late.contact_name
    settings.FIELD_KEYS = ["short"]
    assert Organisation.objects.get(pk=made.pk).name == made.name


def test_an_encrypted_field_cannot_be_searched(organisation):
    with pytest.raises(FieldError):
        Organisation.objects.filter(contact_phone="13900000111").exists()
    assert Organisation.objects.filter(contact_phone__isnull=False).exists()


# Memberships and offices ------------------------------------------------------------------------------------------


def test_a_membership_counts_on_its_days_both_included(account, organisation):
    made = actions.add_member(account=account, organisation=organisation, role="clerk", since=TODAY, **WHO)
    actions.end_membership(membership=made, until=TOMORROW, **WHO)
    held = [f"org:{organisation.pk}" in access.audiences(account, TODAY + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]
    assert list(finds.organisations_of(account, TOMORROW)) == [organisation]
    assert list(finds.members_of(organisation, TOMORROW + timedelta(days=1))) == []
    with pytest.raises(Invalid, match="不能早于"):
        actions.end_membership(membership=made, until=YESTERDAY, **WHO)


def test_one_open_membership_per_organisation(account, organisation):
    actions.add_member(account=account, organisation=organisation, role="clerk", since=TODAY, **WHO)
    with pytest.raises(Invalid, match="已经是"):
        actions.add_member(account=account, organisation=organisation, role="admin", since=TODAY, **WHO)
    with pytest.raises(Invalid, match="没有这种角色"):
        actions.add_member(account=account, organisation=organisation, role="boss", since=TODAY, **WHO)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(account=account, organisation=organisation, role="clerk", since=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            account=account, organisation=organisation, role="clerk", since=TODAY, until=YESTERDAY
        )


@pytest.mark.parametrize(
    ("role", "unit", "audience"),
    [
        ("city_officer", "371500", "city"),
        ("operator", "", "city"),
        ("technology_manager", "371500", "city"),
        ("county_officer", "阳谷县", "unit:371521"),
        ("county_officer", "3715K1", "unit:3715K1"),
        ("finance_officer", "371500", "finance"),
        ("auditor", "371500", "auditor"),
        ("expert", "", None),
    ],
)
def test_what_an_office_belongs_to(account, role, unit, audience):
    actions.appoint(account=account, role=role, unit=unit, since=TODAY, **WHO)
    expected = {"public", "member", f"account:{account.pk}", f"role:{role}"} | ({audience} if audience else set())
    assert access.audiences(account, TODAY) == expected
    assert access.audiences(account, YESTERDAY) == {"public", f"account:{account.pk}"}
    assert access.holds_office(account, TODAY) is (role != "expert")
    assert verbs("parties.account", account) == ["create", "appoint"]


def test_an_office_ends(account):
    office = actions.appoint(account=account, role="county_officer", unit="371521", since=YESTERDAY, **WHO)
    actions.end_office(office=office, until=TODAY, why="调任", **WHO)
    assert "unit:371521" in access.audiences(account, TODAY)
    assert "unit:371521" not in access.audiences(account, TOMORROW)
    actions.appoint(account=account, role="county_officer", unit="371521", since=TOMORROW, **WHO)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"role": "king", "unit": ""}, "role"),
        ({"role": "county_officer", "unit": ""}, "unit"),
        ({"role": "county_officer", "unit": "火星"}, "unit"),
        ({"role": "auditor", "unit": "", "until": YESTERDAY}, "until"),
    ],
)
def test_appointments_that_cannot_be(account, values, field):
    with pytest.raises(Invalid) as why:
        actions.appoint(account=account, since=TODAY, **values, **WHO)
    assert list(why.value.errors) == [field]


def test_an_office_is_held_once(account):
    actions.appoint(account=account, role="auditor", unit="", since=TODAY, **WHO)
    with pytest.raises(Invalid, match="已经担任"):
        actions.appoint(account=account, role="auditor", unit="", since=TOMORROW, **WHO)


def test_members_of_confirmed_organisations_are_members(account, organisation):
    actions.add_member(account=account, organisation=organisation, role="clerk", since=TODAY, **WHO)
    assert "member" not in access.audiences(account, TODAY)
    actions.confirm_organisation(organisation=organisation, **WHO)
    assert "member" in access.audiences(account, TODAY)


def test_a_switched_off_account_is_the_public(account, organisation):
    actions.add_member(account=account, organisation=organisation, role="clerk", since=TODAY, **WHO)
    off = actions.set_active(account=account, active=False, **WHO, why="离职")
    assert access.audiences(off, TODAY) == access.audiences(None, TODAY) == {"public"}
    assert list(finds.members_of(organisation, TODAY)) == []
    assert verbs("parties.account", account) == ["create", "switch_off"]


def test_audiences_cost_few_queries(account, make_organisation, django_assert_num_queries):
    for code in (COPPER, ALUMINIUM):
        made = make_organisation(code, name=code)
        actions.confirm_organisation(organisation=made, **WHO)
        actions.add_member(account=account, organisation=made, role="clerk", since=TODAY, **WHO)
    with django_assert_num_queries(1):
        access.audiences(account, TODAY)
    with django_assert_num_queries(1), known.remembered():
        assert access.audiences(account, TODAY) == access.audiences(account, TODAY)
    with django_assert_num_queries(1):  # and only there
        access.audiences(account, TODAY)


# Claims -----------------------------------------------------------------------------------------------------------


def test_who_registers_a_new_code_acts_for_it_and_waits_for_confirmation(account):
    made = actions.claim_organisation(
        account=account, uscc=COPPER, name="澄湖鸿锐铜业股份有限公司", now=NOW, unit="371502"
    )
    assert (made.role, made.organisation.type) == ("admin", "企业")
    assert access.relations(account, made.organisation, TODAY) == {"public", "member", "admin"}
    assert "member" not in access.audiences(account, TODAY)
    assert list(finds.unconfirmed({"unit:371502"})) == [made.organisation]
    assert list(finds.unconfirmed({"unit:371521"})) == []
    assert list(finds.unconfirmed({"city", "role:operator"})) == []
    assert list(finds.unconfirmed({"city", "role:city_officer"})) == [made.organisation]


def test_a_known_code_is_not_handed_over(account, organisation, make_account):
    claim = actions.claim_organisation(account=account, uscc=COPPER, name="任何名字", now=NOW)
    assert access.audiences(account, TODAY) == {"public", f"account:{account.pk}"}
    assert list(finds.organisations_of(account, TODAY)) == []
    assert list(finds.claims({"unit:371502"})) == [claim]
    with pytest.raises(Invalid, match="正在等待"):
        actions.claim_organisation(account=account, uscc=COPPER, name="", now=NOW)
    actions.accept_member(membership=claim, **WHO)
    assert f"org:{organisation.pk}" in access.audiences(account, TODAY)
    assert list(finds.claims({"role:city_officer"})) == []
    assert verbs("parties.organisation", organisation) == ["register", "claim", "accept_member"]


def test_who_confirms_says_what_it_is(account):
    made = actions.claim_organisation(account=account, uscc=COPPER, name="澄湖铜业新材料研究院", now=NOW).organisation
    assert made.type == "科研院所"
    with pytest.raises(Invalid) as why:
        actions.confirm_organisation(organisation=made, actor=None, now=NOW, type="没有这种")
    assert list(why.value.errors) == ["type"]
    made = actions.confirm_organisation(organisation=made, actor=None, now=NOW, type="新型研发机构")
    assert (made.type, made.confirmed_at) == ("新型研发机构", NOW)
    row = Entry.objects.get(subject_kind="parties.organisation", subject_id=str(made.pk), verb="confirm")
    assert row.data["type"] == {"from": "科研院所", "to": "新型研发机构"}


def test_a_claim_can_be_turned_down(account, organisation):
    claim = actions.claim_organisation(account=account, uscc=COPPER, name="", now=NOW)
    actions.refuse_member(membership=claim, **WHO)
    assert list(finds.claims({"role:city_officer"})) == []
    assert f"org:{organisation.pk}" not in access.audiences(account, TODAY)
    with pytest.raises(Refused, match="不同意"):  # by another officer at the same moment
        actions.accept_member(membership=claim, **WHO)
    with pytest.raises(Refused, match="还没有同意"):
        actions.end_membership(membership=claim, until=None, **WHO)
    assert verbs("parties.organisation", organisation) == ["register", "claim", "refuse_member"]
    again = actions.claim_organisation(account=account, uscc=COPPER, name="", now=NOW)
    actions.accept_member(membership=again, role="admin", **WHO)
    with pytest.raises(Refused, match="已经有人同意"):
        actions.refuse_member(membership=again, **WHO)
    assert access.relations(account, organisation, TODAY) == {"public", "member", "admin"}


def test_who_asked_hears_the_answer_once(account, organisation, make_account):
    admin = make_account("admin@example.com", "温见微")
    actions.add_member(account=admin, organisation=organisation, role="admin", since=TODAY, **WHO)
    claim = actions.claim_organisation(account=account, uscc=COPPER, name="", now=NOW)
    for _again in range(2):
        actions.refuse_member(membership=claim, actor=admin, now=NOW)
    told = Message.objects.get()
    assert (told.to, told.subject) == (account.email, "没有同意您代表：澄湖鸿锐铜业股份有限公司")
    assert "温见微" in told.body and "再重新申请" in told.body
    again = actions.claim_organisation(account=account, uscc=COPPER, name="", now=NOW)
    for _again in range(2):
        actions.accept_member(membership=again, role="admin", actor=admin, now=NOW)
    told = Message.objects.exclude(pk=told.pk).get()
    assert told.subject == "您现在可以代表：澄湖鸿锐铜业股份有限公司"
    assert "角色：管理员" in told.body


def test_a_membership_ended_at_once_opens_nothing_any_more_and_its_owner_is_told(account, organisation, make_account):
    admin = make_account("admin@example.com", "温见微")
    actions.add_member(account=admin, organisation=organisation, role="admin", since=TODAY, **WHO)
    made = actions.add_member(account=account, organisation=organisation, role="clerk", since=TODAY, **WHO)
    with pytest.raises(Invalid, match="请写事由"):
        actions.end_membership(membership=made, until=None, actor=admin, now=NOW, why=" ")
    actions.end_membership(membership=made, until=None, actor=admin, now=NOW, why="离职")
    assert f"org:{organisation.pk}" not in access.audiences(account, TODAY)  # though today is its last day
    assert list(finds.members_of(organisation, TODAY)) == [admin]
    assert list(finds.members(organisation, TODAY)) == [admin.memberships.get()]
    entry = Entry.objects.get(verb="end_membership")
    assert (entry.why, entry.data["at_once"]) == ("离职", True)
    told = Message.objects.get()
    assert (told.to, told.subject) == (account.email, "您不再代表：澄湖鸿锐铜业股份有限公司")
    assert "离职" in told.body and "权限已经收回" in told.body and "温见微" in told.body
    with pytest.raises(Refused, match="已经不再代表"):
        actions.end_membership(membership=made, until=None, actor=admin, now=NOW, why="再来一次")
    actions.claim_organisation(account=account, uscc=COPPER, name="", now=NOW)


def test_who_lets_in_and_ends(account, organisation, make_account):
    claim = actions.claim_organisation(account=account, uscc=COPPER, name="", now=NOW)
    for who in (account, make_account("stranger@example.com")):
        for act in (actions.accept_member, actions.refuse_member):
            with pytest.raises(Refused, match="只有这个单位的管理员"):
                act(membership=claim, actor=who, now=NOW)
    with pytest.raises(Invalid, match="没有这种角色"):
        actions.accept_member(membership=claim, role="boss", **WHO)
    actions.accept_member(membership=claim, **WHO)
    with pytest.raises(Refused, match="只有这个单位的管理员"):  # a clerk ends nobody
        actions.end_membership(membership=claim, until=None, actor=account, now=NOW, why="离职")


def test_the_last_administrator_stays_until_another_is_there_or_an_officer_ends_it(account, organisation, make_account):
    other, off = make_account("other@example.com"), make_account("off@example.com")
    own = actions.add_member(account=account, organisation=organisation, role="admin", since=TODAY, **WHO)
    actions.add_member(account=off, organisation=organisation, role="admin", since=TODAY, **WHO)
    actions.set_active(account=off, active=False, **WHO)
    ending = {"membership": own, "until": None, "actor": account, "now": NOW, "why": "调走"}
    with pytest.raises(Refused, match="唯一的管理员"):
        actions.end_membership(**ending)
    second = actions.add_member(account=other, organisation=organisation, role="admin", since=TODAY, **WHO)
    actions.end_membership(**ending)
    assert not Message.objects.exists()  # by his own hand
    county = make_account("county@example.com")
    actions.appoint(account=county, role="county_officer", unit="371502", since=TODAY, **WHO)
    actions.end_membership(membership=second, until=None, actor=county, now=NOW, why="冒用别人的代码登记")
    assert list(finds.members_of(organisation, TODAY)) == []


def test_relations_to_an_organisation(account, organisation, make_account):
    county, other, city, audit = (make_account(f"{n}@example.com") for n in ("county", "other", "city", "audit"))
    actions.appoint(account=county, role="county_officer", unit="371502", since=TODAY, **WHO)
    actions.appoint(account=other, role="county_officer", unit="371521", since=TODAY, **WHO)
    actions.appoint(account=city, role="city_officer", unit="371500", since=TODAY, **WHO)
    actions.appoint(account=audit, role="auditor", unit="371500", since=TODAY, **WHO)
    held = {a.email[:4]: access.relations(a, organisation, TODAY) - {"public"} for a in (county, other, city, audit)}
    assert held == {"coun": {"officer"}, "othe": set(), "city": {"officer"}, "audi": {"auditor"}}
    assert access.relations(None, organisation, TODAY) == {"public"}
    assert list(finds.officers_of_unit("371502", TODAY)) == [county]
    assert list(finds.officers_of_unit("371524", TODAY)) == [city]  # nobody there: the city's
    assert list(finds.officers_of_unit("", TODAY)) == [city]


# Chains, people, accounts, keys -----------------------------------------------------------------------------------


def test_chains_are_joined_and_left(organisation):
    made = actions.join_chain(organisation=organisation, chain="有色金属", since=YESTERDAY, **WHO)
    assert made.chain == "LC01"
    with pytest.raises(Invalid, match="已经在这条"):
        actions.join_chain(organisation=organisation, chain="LC01", since=TODAY, **WHO)
    with pytest.raises(Invalid, match="LC13"):
        actions.join_chain(organisation=organisation, chain="LC13", since=TODAY, **WHO)
    actions.leave_chain(membership=made, until=YESTERDAY, **WHO)
    assert not ChainMembership.objects.on(TODAY).exists()
    actions.join_chain(organisation=organisation, chain="LC01", since=TODAY, **WHO)
    assert ChainMembership.objects.on(TODAY).count() == 1


def test_a_person_has_one_account_and_an_account_one_person(organisation, account, make_account):
    person = actions.register_person(name="容止戈", home=organisation, title="教授", **WHO)
    other = actions.register_person(name="容止戈", home=organisation, **WHO)
    assert "member" not in access.audiences(account, TODAY)
    actions.claim_person(person=person, account=account, **WHO)
    actions.claim_person(person=person, account=account, **WHO)
    with pytest.raises(Invalid, match="另一个人"):
        actions.claim_person(person=other, account=account, **WHO)
    with pytest.raises(Invalid, match="已经有账号"):
        actions.claim_person(person=person, account=make_account("b@example.com"), **WHO)
    actions.confirm_organisation(organisation=organisation, **WHO)
    assert "member" in access.audiences(account, TODAY)
    assert actions.amend_person(person=person, values={"title": "研究员"}, seen_version=1, **WHO).title == "研究员"
    assert verbs("parties.person", person) == ["register", "claim", "amend"]


def test_an_account_is_one_per_address_whatever_its_case(make_account):
    made = make_account("Zhang@Example.com", password="铜带表面氧化-2026")
    assert made.email == "zhang@example.com"
    assert made.check_password("铜带表面氧化-2026")
    with pytest.raises(Invalid, match="已经有账号"):
        make_account("zhang@EXAMPLE.com")
    with pytest.raises(Invalid, match="请写邮箱"):
        make_account(" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(email="Li@example.com")
    assert not make_account("b@example.com").has_usable_password()


def test_what_an_owner_changes_of_an_account(account):
    changed = actions.rename_account(account=account, name=" 新 名 ", language="en", actor=account, now=NOW)
    assert (changed.name, changed.language) == ("新 名", "en")
    with pytest.raises(Invalid, match="语言"):
        actions.rename_account(account=account, name="x", language="fr", actor=account, now=NOW)


def test_a_key_opens_its_account_until_it_ends(account):
    key, token = actions.create_api_key(
        account=account, name="ERP", now=NOW, scopes=["read"], expires_at=NOW + timedelta(days=1)
    )
    assert token not in (key.digest, key.prefix)
    assert actions.account_of_key(token=token, now=NOW) == account
    assert actions.account_of_key(token=token, now=NOW, scope="read") == account
    assert actions.account_of_key(token=token, now=NOW, scope="write") is None
    assert actions.account_of_key(token=token, now=NOW + timedelta(days=1)) is None
    for wrong in ("", "th_", token + "x", token[:-1], f"th_{key.prefix}_", "th_00000000_x", "甲_乙_丙"):
        assert actions.account_of_key(token=wrong, now=NOW) is None
    actions.revoke_api_key(key=key, actor=account, now=NOW)
    actions.revoke_api_key(key=key, actor=account, now=NOW)
    assert actions.account_of_key(token=token, now=NOW) is None
    assert verbs("parties.account", account) == ["create", "create_key", "revoke_key"]


def test_a_key_of_a_switched_off_account_opens_nothing(account):
    _key, token = actions.create_api_key(account=account, name="ERP", now=NOW)
    actions.set_active(account=account, active=False, **WHO)
    assert actions.account_of_key(token=token, now=NOW) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": ["all"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"expires_at": NOW}, "expires_at"),
    ],
)
def test_keys_that_cannot_be(account, values, field):
    with pytest.raises(Invalid) as why:
        actions.create_api_key(account=account, now=NOW, **({"name": "ERP"} | values))
    assert list(why.value.errors) == [field]


# Code lists -------------------------------------------------------------------------------------------------------


def test_the_packs_lists_are_at_hand():
    assert len(reference.units()) == 11
    assert len(reference.chains().current(TODAY)) == 12
    assert reference.fields().get("新材料").code == "新材料"
    assert reference.code_list("sizes").get("大型").code == "大"
    assert reference.regions() is reference.regions()
    with pytest.raises(RetiredCode):
        reference.regions().get("371523", on=date(2026, 1, 1))


def test_the_city_overlay_renames_regions_and_keeps_the_official_names(settings, tmp_path):
    overlay = tmp_path / "city.toml"
    overlay.write_text('name = "澄湖市"\n[regions]\n371521 = "谷阳县"\n', encoding="utf-8")
    settings.CITY_FILE = str(overlay)
    for codes in (reference.regions(), reference.units()):
        assert codes.label("371521") == "谷阳县"
        assert codes.get("阳谷县").code == codes.get("谷阳县").code == "371521"
    assert reference.chains().label("LC01") == "有色金属"
