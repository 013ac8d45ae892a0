"""Files are what their bytes say, kept once, and seen by those they are shown to."""

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import msoffcrypto
import pytest
import xlsxwriter
from cryptography.fernet import Fernet

from tests.records.cases import Thread
from tests.records.conftest import NOW
from triplehelix.records.evidence import actions, disk, finds, kinds
from triplehelix.records.evidence.actions import Unacceptable
from triplehelix.records.evidence.check import problems
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.access import audiences
from triplehelix.records.trail.models import Entry

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")
JPG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
OLD_XLS = Path(__file__).parents[1] / "foundation" / "old.xls"


def workbook():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write(0, 0, "标题")
    return out.getvalue()


def package(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


def locked():
    out = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(workbook())).encrypt("secret", out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def store(content=PDF, name="合同.pdf", actor=None, **more):
    return actions.store(content=content, name=name, actor=actor, now=NOW, **more)


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (PDF, "a.pdf", "application/pdf"),
        (PNG, "a.png", "image/png"),
        (JPG, "a.jpeg", "image/jpeg"),
        (workbook(), "a.xlsx", kinds.XLSX.content_type),
        (package("[Content_Types].xml", "word/document.xml"), "a.docx", kinds.DOCX.content_type),
        ("编号,标题\n1,轧制\n".encode(), "a.csv", "text/csv; charset=utf-8"),
        ("\ufeff编号,标题\n".encode(), "a.CSV", "text/csv; charset=utf-8"),
        ("编号,标题\n1,轧制\n".encode("gb18030"), "a.csv", "text/csv; charset=gb18030"),
        ("一段话 🙂\r\n\t".encode(), "a.txt", "text/plain; charset=utf-8"),
        (b"<script>alert(1)</script>", "a.html", "text/plain; charset=utf-8"),
        (PDF, "a.png", "application/pdf"),  # the name lies, the bytes do not
        (b"\r\n" + PDF + b"startxref\n0\n%%EOF", "a.pdf", "application/pdf"),
        (b"x" * 900 + b"\n" + PDF + b"startxref\n0\n%%EOF", "a.pdf", "application/pdf"),
        ("说明：%PDF-1.7 是文件头".encode(), "a.txt", "text/plain; charset=utf-8"),
    ],
)
def test_the_bytes_decide_what_a_file_is(content, name, content_type):
    assert kinds.kind_of(content, name).content_type == content_type


def old(*streams, text=b""):
    """The container of old Office files, with these streams in its directory."""
    entries = [name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little") + b"\x02"
               for name in streams]  # fmt: skip
    return kinds.CFB.ljust(512, b"\0") + b"".join(one.ljust(128, b"\0") for one in entries) + text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (package("OFD.xml", "Doc_0/Document.xml"), "不能接收OFD 版式文件；请导出为 PDF"),
        (package("[Content_Types].xml", "ppt/presentation.xml"), "不能接收演示文稿（.pptx）；请导出为 PDF"),
        (package("a.pdf"), "不能接收压缩包"),
        (old("WordDocument", text="请看 Workbook 一节".encode("utf-16-le")), "旧版 Office"),
        (old("WordDocument", "Workbook"), "旧版 Office"),  # a table lies in the text
    ],
)
def test_what_is_not_taken_is_told_what_to_do(content, said):
    with pytest.raises(Unacceptable, match=said):
        kinds.kind_of(content, "a.bin")


def test_an_old_workbook_is_taken():
    assert kinds.kind_of(old("Workbook"), "a.xls") == kinds.XLS
    assert kinds.kind_of(OLD_XLS.read_bytes(), "a.xls") == kinds.XLS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (locked(), "password"),
        (kinds.CFB + b"\x00" * 600 + "WordDocument".encode("utf-16-le"), "old_format"),
        (kinds.CFB + "Workbook".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
        (package("xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        (package("setup.exe"), "kind"),
        (workbook()[:200], "broken"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "kind"),
        (b"\x7fELF\x02\x01\x01", "kind"),
        (b"GIF89a\x01\x00\x01\x00", "kind"),
        (b"\x00\x01\x02\x03", "kind"),
        ("文字".encode("utf-16"), "kind"),
    ],
)
def test_what_is_not_taken_is_named(content, code):
    with pytest.raises(Unacceptable) as why:
        kinds.kind_of(content, "a.csv")
    assert why.value.code == code
    assert str(why.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("需求 表.pdf", "需求 表.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\我\\合同.PDF", "合同.PDF"),
        ("发票\u202efdp.exe", "发票fdp.exe.pdf"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ('x<y>:"z"|?*.pdf', "x_y___z____.pdf"),
        ("", "文件.pdf"),
        (".pdf", "pdf.pdf"),
        ("字" * 300 + ".pdf", "字" * 120 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given, kept):
    assert kinds.safe_name(given, kinds.PDF) == kept


@pytest.mark.django_db
def test_a_file_is_kept_by_its_hash(media, account):
    file = store(actor=account)
    assert file.path == media / file.sha256[:2] / file.sha256[2:4] / file.sha256
    with file.open() as opened:
        assert opened.read() == PDF
    entry = Entry.objects.get(subject_kind="evidence.file")
    assert (entry.verb, entry.data["sha256"]) == ("store", file.sha256)


@pytest.mark.django_db
def test_the_same_file_of_the_same_owner_is_one_and_its_audiences_grow(account, organisation, make_account):
    one = store(actor=account, owner=organisation)
    two = store(actor=make_account("b@example.com"), owner=organisation, visible_to=["city"])
    other = store(actor=account)  # the account's own
    assert one == two != other
    two.refresh_from_db()
    assert two.visible_to == ["city", f"org:{organisation.pk}"]
    assert other.visible_to == [f"account:{account.pk}"]
    assert one.path == other.path
    rows = Entry.objects.filter(subject_kind="evidence.file", subject_id=str(one.pk))
    assert [row.verb for row in rows] == ["store", "show_to"]


@pytest.mark.django_db
def test_only_its_audiences_see_a_file(account, make_account):
    file = store(actor=account)
    stranger = make_account("b@example.com")
    assert list(finds.visible(audiences(account, NOW.date()))) == [file]
    assert not finds.visible(audiences(stranger, NOW.date())).exists()
    assert not finds.visible(audiences(None, NOW.date())).exists()
    assert store(actor=account, visible_to=["public"]) == file
    assert list(finds.visible(audiences(None, NOW.date()))) == [file]


@pytest.mark.django_db
def test_too_large_a_file_is_refused_before_it_is_looked_at(settings, media):
    settings.UPLOAD_MAX_BYTES = 2**20
    with pytest.raises(Unacceptable, match=r"文件有 1\.5 MB，最多 1 MB") as why:
        store(b"x" * (3 * 2**19))
    assert why.value.code == "too_large"
    assert not media.exists()


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_one_file_at_once_are_one(account):
    made = [thread.result() for thread in [Thread(lambda: store(actor=account).pk) for _ in range(4)]]
    assert len(set(made)) == 1
    assert File.objects.count() == 1


@pytest.mark.django_db
def test_bytes_nobody_speaks_of_are_swept_after_a_day(media, account):
    file = store(actor=account)
    orphan = media / "ab" / "cd" / ("abcd" + "0" * 60)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"rolled back")
    assert actions.sweep(now=NOW) == 0  # young: an upload may still be committing
    past = (NOW - timedelta(days=2)).timestamp()
    for path in (orphan, file.path):
        os.utime(path, (past, past))
    assert actions.sweep(now=NOW) == 1
    assert file.path.exists()
    assert not orphan.exists()


@pytest.mark.django_db(transaction=True)
def test_bytes_that_are_handed_in_again_while_they_are_swept_stay(media, account, monkeypatch):
    path = store(actor=account).path
    File.objects.all().delete()
    past = (NOW - timedelta(days=2)).timestamp()
    os.utime(path, (past, past))
    swept = []
    write = actions.disk.write

    def swept_meanwhile(*args):
        write(*args)
        os.utime(path, (past, past))  # however old it looks
        swept.append(Thread(lambda: actions.sweep(now=NOW)).result())

    monkeypatch.setattr(actions.disk, "write", swept_meanwhile)
    file = store(actor=account)
    assert swept == [0]
    with file.open() as opened:
        assert opened.read() == PDF


@pytest.mark.django_db
def test_what_the_store_has_lost_or_spoilt_is_there_again_when_it_is_handed_in_again(account):
    file = store(actor=account)
    file.path.write_bytes(PDF[:-1] + b"x")
    for _ in range(2):
        assert store(actor=account) == file
        assert file.path.read_bytes() == PDF
        file.path.unlink()


@pytest.mark.django_db
class TestSealed:
    def test_it_lies_encrypted_and_is_read_as_it_came(self, media, account):
        file = store(actor=account, sealed=True)
        lying = [path for path in media.rglob("*") if path.is_file()]
        assert lying == [file.path] and b"PDF" not in file.path.read_bytes()
        with file.open() as opened:
            assert opened.read() == PDF
        assert list(problems()) == []

    def test_without_its_key_it_is_locked_and_handed_in_again_it_is_readable(self, settings, account):
        file = store(actor=account, sealed=True)
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(disk.Locked):
            file.open()
        assert len(list(problems())) == 1
        store(actor=account, sealed=True)
        assert file.open().read() == PDF

    def test_sealed_later_the_plain_bytes_go_when_nobody_needs_them(self, media, account, make_account):
        file, other = store(actor=account), store(actor=make_account("b@example.com"))
        plain, past = file.path, (NOW - timedelta(days=2)).timestamp()
        os.utime(plain, (past, past))
        file = actions.seal(file=file, now=NOW)
        assert file.path != plain and file.open().read() == plain.read_bytes() == PDF
        assert actions.sweep(now=NOW) == 0
        store(actor=other.uploaded_by, sealed=True)  # the other hands it in again, as confidential
        assert actions.sweep(now=NOW) == 1 and not plain.exists()
        assert list(problems()) == []
        assert store(actor=account).sealed, "once sealed it stays so"
        rows = Entry.objects.filter(subject_kind="evidence.file", subject_id=str(file.pk))
        assert [row.verb for row in rows] == ["store", "seal"]
