"""Lists and files of works: read, refused by row, landed once, whoever tells of them."""

import json
import threading

import pytest
from django.db import connection

from tests.experts.conftest import NOW, landed, work
from tests.experts.files import BIBTEX, OPENALEX, ORCID
from triplehelix.foundation.sheet import write_csv
from triplehelix.market.experts import uploads
from triplehelix.market.experts.models import Authorship, Expert, Identity, Source, Work
from triplehelix.market.imports import actions as imports
from triplehelix.records.evidence.actions import Unacceptable
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.django_db


def uploaded(who, content, name, what=uploads.PAPERS):
    content = content.encode() if isinstance(content, str) else content
    case = imports.upload(content=content, name=name, what=what, publish=False, account=who, organisation=None, now=NOW)
    return imports.check(pk=case.pk, now=NOW)


def brought(who, content, name, what=uploads.PAPERS):
    case = uploaded(who, content, name, what)
    assert case.state == "checked", case.errors
    take(case=case, step="land", actor=who, now=NOW, seen_version=case.version)
    return imports.land(pk=case.pk, now=NOW)


def names_of(title):
    rows = Authorship.objects.filter(work__title__contains=title).order_by("order")
    return list(rows.values_list("name", "orcid", "organisation__name"))


def test_bibtex_lands_with_latex_read_and_no_link_that_runs(officer, home):
    case = brought(officer, BIBTEX, "课题组.bib")
    assert (case.receipt["rows"], case.receipt["new"]) == (3, 3)
    one = Work.objects.get(doi="10.1000/abc.1")
    assert one.title == "Low-temperature curing of TGIC-free powder coatings with ü"
    assert (one.year, one.venue, one.subjects) == (2024, "Progress in Coatings", ["powder coatings", "curing"])
    patent = Work.objects.get(kind="patent")
    assert patent.url == "" and "javascript" in patent.sources.get().raw
    assert case.file.name == "课题组.bib"
    assert names_of("流平机理") == [("容止戈", "", None), ("张三", "", None)]


def test_three_sources_of_one_work_are_one_work_with_what_each_adds(officer, home):
    brought(officer, BIBTEX, "a.bib")
    brought(officer, ORCID, "record.json")
    brought(officer, OPENALEX, "works.json")
    one = Work.objects.get(doi="10.1000/abc.1")
    assert set(one.sources.values_list("source", flat=True)) == {"bibtex", "orcid", "openalex"}
    assert names_of("TGIC") == [("Rong, Zhige", "0000-0002-1825-0097", home.name), ("Zhang, San", "", None)]
    assert one.abstract == "Curing at once at" and "Powder coatings" in one.subjects
    assert Work.objects.count() == 4 and Expert.objects.count() == Authorship.objects.count()
    again = brought(officer, ORCID + " ", "record2.json")  # the same once more: nothing new, nothing changed
    assert (again.receipt["new"], Work.objects.count(), Source.objects.count()) == (0, 4, 6)


def test_what_bibtex_cannot_say_is_told_by_its_line_and_nothing_lands(officer):
    case = uploaded(
        officer, BIBTEX + "\n@article{broken, title={没有合上\n@article{x, title={题名甚好}, year={2020}}\n", "a.bib"
    )
    assert case.state == "wrong" and not Work.objects.exists()
    said = {(one["row"], one["column"]): one["message"] for one in case.errors}
    assert "花括号" in said[10, "题名"], said
    assert "必填" in said[11, "作者"]
    assert case.annotated is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"results": [{"id": "x"}]}', "不是 ORCID"),
        ('{"orcid-identifier": ', "不是完整的 JSON"),
        ("[" * 100_000, "JSON"),
        ("{}", "不是 ORCID"),
    ],
)
def test_other_json_is_refused_whole(officer, content, said):
    case = uploaded(officer, content, "a.json")
    assert case.state == "wrong" and said in case.errors[0]["message"]


def test_a_wrong_record_in_json_is_told_by_its_number(officer):
    record = json.loads(ORCID)
    summary = record["activities-summary"]["works"]["group"][1]["work-summary"][0]
    summary["publication-date"], summary["title"] = None, None
    record["orcid-identifier"]["path"] = "0000-0002-1825-0098"
    case = uploaded(officer, json.dumps(record), "a.json")
    assert {(one["row"], one["column"]) for one in case.errors} == {
        (1, "ORCID"), (2, "ORCID"), (2, "题名"), (2, "年份")
    }  # fmt: skip


def test_a_list_of_patents_is_one_work_for_application_and_grant(officer, home):
    head = ["公开号", "申请号", "专利名称", "发明人", "申请人", "申请日"]
    rows = [
        ["CN116123456A", "202310123456.7", "一种低温固化粉末涂料", "容止戈; 张三", home.name, "2023-05-08"],
        ["CN116123456B", "", "一种低温固化粉末涂料", "容止戈;张三", home.name, "2024"],
        ["", "ZL202310123456.7", "低温固化粉末涂料", "容止戈", home.name, "2023"],
    ]
    case = brought(officer, write_csv(head, rows), "专利.csv", uploads.PATENTS)
    assert case.receipt["new"] == 1
    assert {row.key for row in Identity.objects.filter(work=Work.objects.get())} >= {
        "app:202310123456",
        "pub:CN116123456",
    }
    assert [name for name, _orcid, _unit in names_of("低温固化")] == ["容止戈", "张三"]
    rows = [["", "", "一种涂料", "容止戈", home.name, "2023"], ["待定", "", "一种涂料", "", home.name, "去年"]]
    wrong = uploaded(officer, write_csv(head, rows), "专利2.csv", uploads.PATENTS)
    assert {(one["row"], one["column"]) for one in wrong.errors} == {
        (2, "公开号"), (3, "公开号"), (3, "发明人"), (3, "申请日")
    }  # fmt: skip


def test_what_is_no_text_and_no_sheet_is_not_kept(officer):
    with pytest.raises(Unacceptable):
        uploaded(officer, b"\x7fELF\x02\x01" + b"\0" * 100, "paper.bib")


def test_the_same_title_by_other_people_or_with_another_doi_is_another_work():
    landed(work("涂料工业的发展与展望", "张三", doi="10.1000/a"))
    landed(work("涂料工业的发展与展望", "张三", source_id="b", doi="10.1000/b"))
    landed(work("涂料工业的发展与展望", "李四", source_id="c"))
    landed(work("涂料工业的发展与展望", "San Zhang", "李四", source_id="d"))
    assert Work.objects.count() == 3
    assert Work.objects.get(doi="10.1000/a").sources.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_land_the_same_at_once_make_one_work():
    start = threading.Barrier(2)

    def go(n):
        try:
            start.wait(10)
            landed(*[work(f"第{k}篇不同的论文题目", "张三", source_id=f"{n}-{k}") for k in range(20)])
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(n,)) for n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert (Work.objects.count(), Source.objects.count(), Authorship.objects.count()) == (20, 40, 20)
