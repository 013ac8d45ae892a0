"""`./run manage rekey`: after it the new key opens all that the old ones did, and nothing anybody wrote is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.records.conftest import ALUMINIUM, NOW
from triplehelix.config.paths import ROOT
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence import rekey as files
from triplehelix.records.parties import locked, rekey
from triplehelix.records.parties.models import Organisation
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept, retired
from triplehelix.records.trail.models import RetiredKey

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def new_key():
    return Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def new(settings):
    """What the operator does: a new key in front of the others."""

    def put_in_front():
        settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
        return settings.FIELD_KEYS[0]

    return put_in_front


def run():
    out, err = StringIO(), StringIO()
    try:
        call_command("rekey", stdout=out, stderr=err)
    except CommandError as why:
        return 1, out.getvalue() + err.getvalue() + str(why)
    return 0, out.getvalue() + err.getvalue()


def test_afterwards_the_new_key_opens_everything(make_organisation, make_account, new, settings):
    zhang = make_account()
    firm = make_organisation(contact_phone="13900000111", contact_name="管彤辉")
    totp.TOTP.activate(zhang, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(zhang)
    first = codes.generate_codes()
    codes.validate_code(first[0])
    file = evidence.store(content=PDF, name="合同.pdf", actor=zhang, now=NOW, sealed=True)
    key = new()
    assert (locked.behind(), files.behind()) == (4, 1)
    status, said = run()
    assert status == 0 and "重新加密 4 处" in said and "重新加密 1 份" in said, said
    settings.FIELD_KEYS = [key]
    assert list(locked.problems()) == [] and locked.shut() == []
    firm = Organisation.objects.get(pk=firm.pk)
    assert (firm.contact_phone, firm.contact_name, firm.contact_email) == ("13900000111", "管彤辉", "")
    again = RecoveryCodes(Authenticator.objects.get(type="recovery_codes"))
    assert again.get_unused_codes() == first[1:]
    assert totp.decrypt(Authenticator.objects.get(type="totp").data["secret"]) == "JBSWY3DPEHPK3PXP"
    with file.open() as found:
        assert found.read() == PDF


def test_the_second_time_there_is_nothing_to_do(make_organisation, new):
    make_organisation(contact_phone="13900000111")
    new()
    run()
    before = list(Organisation.objects.values_list("contact_phone"))
    status, said = run()
    assert status == 0 and "重新加密 0 处" in said
    assert list(Organisation.objects.values_list("contact_phone")) == before


def test_what_the_trail_digested_is_compared_with_the_new_key_alone_and_after_the_next_change_too(new, settings):
    trail.record(kind="tests.case", id="1", verb="make", actor=None, now=NOW, data=kept.said({"case": "旧"}))
    told = trail.Entry.objects.get().data["kept"]
    for _change in range(2):
        key = new()
        assert run()[0] == 0
        settings.FIELD_KEYS = [key]
        assert kept.uncompared() == 0
        assert kept.differing(told, {"case": "旧"}) == [] and kept.differing(told, {"case": "改"}) == ["case"]
    assert RetiredKey.objects.count() == 2


def test_a_retired_key_lies_sealed_and_is_of_no_use_without_the_first(new, settings):
    old = settings.FIELD_KEYS[0]
    new()
    retired.keep()
    assert old not in str(list(RetiredKey.objects.values()))
    settings.FIELD_KEYS = [new_key()]
    assert retired.known(retired.name_of(old)) is None


def test_what_no_key_opens_stays_and_is_told(make_organisation, new, settings):
    make_organisation(contact_phone="13900000111")
    own = settings.FIELD_KEYS
    settings.FIELD_KEYS = [new_key()]
    make_organisation(ALUMINIUM, "澄湖远航铝业有限公司", contact_phone="13900000222")
    settings.FIELD_KEYS = own
    new()
    status, said = run()
    assert status == 1 and "有 1 处用哪一把都解不开" in said and "单位·联系电话：1 处" in said
    assert locked.behind() == 0


def test_a_file_the_store_has_lost_is_told(new, make_account):
    file = evidence.store(content=PDF, name="合同.pdf", actor=make_account(), now=NOW, sealed=True)
    file.path.unlink()
    new()
    status, said = run()
    assert status == 1 and "有 1 处" in said


def test_what_a_process_with_the_old_settings_still_writes_is_counted(make_organisation, new, settings):
    firm = make_organisation(contact_phone="13900000111")
    keys = [new(), *settings.FIELD_KEYS[1:]]
    run()
    settings.FIELD_KEYS = keys[1:]
    Organisation.objects.filter(pk=firm.pk).update(contact_phone="13900000999")
    settings.FIELD_KEYS = keys
    assert locked.behind() == 1
    assert run()[0] == 0 and Organisation.objects.get().contact_phone == "13900000999"


def test_verify_says_how_many_values_still_need_an_old_key(make_organisation, new, settings):
    make_organisation(contact_phone="13900000111")
    assert locked.behind() == 0
    new()
    assert locked.behind() == 1 and list(locked.problems()) == []


def test_only_what_the_command_knows_refuses_to_be_rewritten():
    """A table with an encrypted column and a trigger that keeps its rows needs the command's word in that trigger."""
    tables = {column.model._meta.db_table for column in locked.columns()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND tgtype & 16 > 0 AND relname = ANY(%s)"
            " AND pg_get_triggerdef(pg_trigger.oid) NOT LIKE '%%triplehelix.encrypting_anew%%'",
            [sorted(tables)],
        )
        assert cursor.fetchall() == []


# While the site runs -----------------------------------------------------------------------------------------------


def in_a_thread(call):
    """Begin it on a connection of its own."""

    def work():
        try:
            call()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


@pytest.mark.django_db(transaction=True)
def test_what_somebody_saves_meanwhile_is_not_lost_and_the_others_do_not_wait_for_it(make_organisation, new, settings):
    busy = make_organisation(contact_phone="13900000111")
    free = make_organisation(ALUMINIUM, "澄湖远航铝业有限公司", contact_phone="13900000222")
    key = new()
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=busy.pk)
        thread = in_a_thread(rekey.renew)
        for _moment in range(200):
            if waits_for_a_lock():
                break
            time.sleep(0.05)
        settings.FIELD_KEYS = [key]
        # The free one is done while the busy one is waited for.
        assert Organisation.objects.get(pk=free.pk).contact_phone == "13900000222"
        settings.FIELD_KEYS = [key, *settings.FIELD_KEYS]
        Organisation.objects.filter(pk=busy.pk).update(contact_phone="13900000333")
    thread.join(30)
    assert not thread.is_alive()
    settings.FIELD_KEYS = [key]
    assert {one.contact_phone for one in Organisation.objects.all()} == {"13900000333", "13900000222"}


KILLED = """
import os, signal, django
django.setup()
from triplehelix.records.parties import rekey
rekey.BATCH = 1
def stop(name, looked):
    if name == "单位" and looked == 2:
        os.kill(os.getpid(), signal.SIGKILL)
rekey.renew(progress=stop)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_it_goes_on_where_it_was(make_organisation, new, settings):
    codes = ["91371502MAD011KW8U", "91371581MAD012KW0P", "91371500MA3C0L1M5X", "91371500MA3D0N2P7A"]
    for n, code in enumerate(codes):
        Organisation.objects.create(
            uscc=code, name=f"单位{n}", unit="371502", contact_phone=f"1390000000{n}", created_at=NOW
        )
    key = new()
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}").geturl()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "triplehelix.config.settings", "DATABASE_URL": here,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert locked.behind() == 2
    status, said = run()
    assert status == 0 and "重新加密 2 处" in said, said
    settings.FIELD_KEYS = [key]
    assert sorted(one.contact_phone for one in Organisation.objects.all()) == [f"1390000000{n}" for n in range(4)]
