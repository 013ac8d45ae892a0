"""One agreement over the API: read by both sides, agreed to, signed once."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.doors.callers import Caller, done, fields, paper
from triplehelix.records.evidence.models import File


def test_an_agreement_is_signed_once_and_both_sides_have_the_paper(things, clerk, stranger, newcomer):
    found = things["agreement"]
    address, firm, reader = f"/api/nda/{found.pk}", Caller(clerk), Caller(stranger)
    asked = done(reader.get(address))
    assert (asked["state"], asked["signed"], asked["text"]) == ("asked", "", found.text)
    assert firm.post(f"{address}/attach", {}, 1, file=paper("nda.pdf")).status_code == 409, "not before it is agreed"
    done(firm.post(f"{address}/steps/agree", {"seen_version": 1}))
    read = reader.get(address)
    assert (done(read)["state"], read["ETag"]) == ("agreed", '"2"')
    broken = SimpleUploadedFile("nda.pdf", b"\x00\x01")
    assert list(fields(reader.post(f"{address}/attach", {}, 2, file=broken))) == ["file"]
    assert reader.post(f"{address}/attach", {}, file=paper("nda.pdf")).status_code == 428
    assert reader.post(f"{address}/attach", {}, 1, file=paper("nda.pdf")).status_code == 409, "it has changed since"
    assert Caller(newcomer).post(f"{address}/attach", {}, 2, file=paper("nda.pdf")).status_code == 404
    assert not File.objects.filter(name="nda.pdf").exists(), "what is refused keeps no paper"
    assert done(reader.post(f"{address}/attach", {}, 2, file=paper("nda.pdf")))["signed"] == "nda.pdf"
    assert firm.post(f"{address}/attach", {}, 3, file=paper("nda.pdf", "two")).status_code == 409, "once"
    for side in (firm, reader):
        signed = side.get(f"{address}/signed")
        assert (signed.status_code, signed["Content-Type"]) == (200, "application/pdf")
    assert Caller(newcomer).get(f"{address}/signed").status_code == 404


def test_who_opened_a_need_is_told_to_its_firm_and_not_to_readers(things, clerk, stranger, auditor):
    found = things["agreement"]
    address, firm, reader = f"/api/nda/{found.pk}", Caller(clerk), Caller(stranger)
    done(firm.post(f"{address}/steps/agree", {"seen_version": 1}))
    done(reader.post(f"/api/needs/{found.need_id}/text", {}))
    for watcher in (firm, Caller(auditor)):
        (opening,) = done(watcher.get(address))["openings"]
        assert (opening["who"], opening["why"]) == (str(stranger), found.organisation.name)
    assert done(reader.get(address))["openings"] == []
    assert (done(firm.get(address))["steps"], done(reader.get(address))["steps"]) == (["revoke"], ["end"])
