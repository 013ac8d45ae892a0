"""Lists and files of works: read, refused by row, landed once, whoever tells of them."""

import json
import threading

import pytest
from django.db import connection

from tests.experts.conftest import NOW, landed, work
from tests.experts.files import BIBTEX, OPENALEX, ORCID
from tests.market.test_flow import published
from triplehelix.foundation.sheet import write_csv
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions, authors, candidates, register, uploads
from triplehelix.market.experts.models import Authorship, Expert, Identity, Merge, Proposal, Source, Work
from triplehelix.market.imports import actions as imports
from triplehelix.records.evidence.actions import Unacceptable
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.django_db
ORCID_ID, OTHER_ID = "0000-0002-1825-0097", "0000-0000-2026-3300"


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


HEAD = ["题名", "作者", "年份", "摘要", "DOI", "来源库", "来源编号"]


def listed(who, *rows, check=False, head=HEAD):
    """A list of papers handed in by a member for the organisation; landed, or only `check`ed."""
    where = organisations_of(who, NOW.date()).first()
    content = write_csv(head, [[*row, *[""] * (len(head) - len(row))] for row in rows])
    given = {"what": uploads.PAPERS, "publish": False, "account": who, "organisation": where, "now": NOW}
    case = imports.check(pk=imports.upload(content=content, name="论文.csv", **given).pk, now=NOW)
    if check:
        return case
    assert case.state == "checked", case.errors
    take(case=case, step="land", actor=who, now=NOW, seen_version=case.version)
    return imports.land(pk=case.pk, now=NOW)


WITH_ORCID = ["题名", "作者", "年份", "DOI", "ORCID", "作者单位"]


def with_orcids(who, *rows):
    return listed(who, *rows, head=WITH_ORCID)


def orcids_of(title):
    return list(Authorship.objects.filter(work__title=title).order_by("order").values_list("orcid", "orcid_by"))


def test_a_sheet_moves_nobody_elses_papers_by_an_orcid(clerk, stranger, officer):
    """A firm writes its own 张三's ORCID beside the university's papers of another 张三."""
    papers = [["铜排防变色的论文", "张三", "2024", "10.1000/x.1"], ["铜排钝化膜的论文", "张三", "2023", "10.1000/x.2"]]
    with_orcids(clerk, *papers)
    twin = parties.register_person(
        name="张三", home=organisations_of(stranger, NOW.date()).first(), actor=None, now=NOW
    )
    register.take_people([twin], now=NOW)
    own = ["本厂的一篇小论文题目", "张三", "2024", "10.1000/y.1", ORCID_ID]
    with_orcids(stranger, own, *([*row, ORCID_ID] for row in papers))
    assert orcids_of("铜排防变色的论文") == [("", "")], "who has not brought it does not say whose it is"
    ours = Authorship.objects.get(work__doi="10.1000/y.1")
    actions.link(expert=ours.expert, person=twin, actor=officer, now=NOW)
    candidates.look(keys=authors.keys_of("张三"), now=NOW)
    assert not Merge.objects.filter(how="rule").exists()
    held = Authorship.objects.filter(expert__root__person=twin).values_list("work__title", flat=True)
    assert list(held) == ["本厂的一篇小论文题目"]


def test_the_same_orcid_is_certain_by_one_word_and_else_a_proposal(clerk, stranger, officer):
    with_orcids(clerk, ["铜排防变色的论文", "张三", "2024", "10.1000/x.1", ORCID_ID])
    with_orcids(clerk, ["铜排钝化膜的论文", "张三", "2023", "10.1000/x.2", ORCID_ID])
    with_orcids(stranger, ["玉米播种机的漏播", "张三", "2022", "10.1000/y.1", ORCID_ID])
    assert candidates.look(keys=authors.keys_of("张三"), now=NOW) == (1, 1)
    assert {"code": "orcid_told"} in Proposal.objects.get().reasons
    hands = {orcids_of(title)[0][1][0] for title in ("铜排防变色的论文", "玉米播种机的漏播")}
    assert hands == {"o"}
    for doi in ("x.1", "y.1"):  # the desk looks both up and says it too: now it is certain
        row = [["标题随意的一篇论文", "张三", "2024", f"10.1000/{doi}", ORCID_ID]]
        brought(officer, write_csv(WITH_ORCID, [[*one, ""] for one in row]), "a.csv")
    assert {row.orcid_by for row in Authorship.objects.exclude(work__doi="10.1000/x.2")} == {"desk"}
    assert candidates.look(keys=authors.keys_of("张三"), now=NOW) == (1, 0)


def test_who_brought_a_work_corrects_the_orcid_another_wrote_beside_it(clerk, stranger):
    with_orcids(clerk, ["铜排防变色的论文", "张三", "2024", "10.1000/x.1"])
    with_orcids(stranger, ["铜排防变色的论文", "张三; 李四", "2024", "10.1000/x.1", f";{ORCID_ID}"])
    assert orcids_of("铜排防变色的论文") == [("", ""), (ORCID_ID, "")], "one more author, by nobody's word"
    with_orcids(clerk, ["铜排防变色的论文", "张三; 李四", "2024", "10.1000/x.1", f"{ORCID_ID};{OTHER_ID}"])
    mine = f"o{organisations_of(clerk, NOW.date()).get().pk}"
    assert orcids_of("铜排防变色的论文") == [(ORCID_ID, mine), (OTHER_ID, mine)]


@pytest.mark.parametrize(
    ("source", "number", "column"),
    [
        ("achievement", "1", "来源库"),
        ("oai", "oai:x:1", "来源库"),
        ("中国学术期刊网络出版总库（网络版）", "", "来源库"),
        ("openalex", "W" * 201, "来源编号"),
    ],
)
def test_a_list_names_no_source_but_those_files_come_from(clerk, source, number, column):
    case = listed(clerk, ["真实的论文题目", "张三", "2024", "", "", source, number], check=True)
    assert case.state == "wrong" and [one["column"] for one in case.errors] == [column]
    assert not Work.objects.exists()


def test_nobody_writes_over_a_published_achievement(clerk, firm, stranger):
    made = published(clerk, firm, Achievement, title="防止镀锡铜排发黑变色的钝化处理")
    register.take_achievements([made.pk], now=NOW)
    row = ["这项成果是假的", "李四", "2024", "撤稿", "10.1000/x", "achievement", str(made.pk)]
    assert listed(stranger, row, check=True).state == "wrong"
    one = Work.objects.get()
    assert (one.title, one.doi, one.authorships.count()) == (made.title, "", 0)


def test_only_who_brought_a_work_writes_over_it(clerk, stranger, officer):
    row = ["铜排防变色的论文", "张三", "2024", "", "10.1000/x.1"]
    listed(clerk, row)
    listed(stranger, ["这篇论文数据造假", "张三; 李四", "2024", "别处有的摘要", "10.1000/x.1"])
    one = Work.objects.get()
    assert (one.title, one.abstract) == (row[0], "别处有的摘要"), "what it lacks is filled in"
    assert [name for name, *_more in names_of("防变色")] == ["张三", "李四"], "as by any second source"
    assert "造假" not in one.sources.get().raw
    # A record of one's own beside it gives no right to the work either.
    for title in ("铜排防变色的论文", "这篇论文数据造假"):
        listed(stranger, [title, "张三", "2024", "", "10.1000/x.1", "openalex", "W1"])
    assert Work.objects.get().title == row[0] and Source.objects.count() == 2
    listed(clerk, ["铜排防变色的论文修订", *row[1:]])
    assert Work.objects.get().title == "铜排防变色的论文修订"
    brought(officer, write_csv(HEAD[:5], [["铜排防变色的论文定稿", *row[1:]]]), "a.csv")
    assert Work.objects.get().title == "铜排防变色的论文定稿"


def test_the_number_of_anothers_record_adds_nobody_to_its_work(clerk, stranger):
    listed(clerk, ["铜排防变色的论文", "张三", "2024", "", "", "openalex", "W1"])
    for title in ("这篇论文数据造假", "这篇论文数据造假了"):
        listed(stranger, [title, "李四", "2024", "", "", "openalex", "W1"])
    assert {one.title: names_of(one.title)[0][0] for one in Work.objects.all()} == {
        "铜排防变色的论文": "张三", "这篇论文数据造假了": "李四",
    }  # fmt: skip
    listed(stranger, ["铜排防变色的论文，新版", "张三; 王五", "2025", "", "", "openalex", "W1"])
    assert names_of("铜排防变色")[0][0] == "张三" and Work.objects.count() == 2


def test_a_county_corrects_what_its_units_have_brought(clerk, county, other_county):
    listed(clerk, ["铜排防变色的论文", "张三", "2024", "", "10.1000/x.1"])
    for who, title in ((other_county, "铜排防变色的论文"), (county, "改正的题目")):
        brought(who, write_csv(HEAD[:5], [["改正的题目", "张三", "2024", "", "10.1000/x.1"]]), "a.csv")
        assert Work.objects.get().title == title


def test_half_a_sign_in_json_does_not_break_the_file(officer):
    works = json.loads(OPENALEX)
    works["results"][0] |= {"title": "涂层\ud800的摩擦学性能研究", "publication_year": "20\ud800"}
    case = uploaded(officer, json.dumps(works), "works.json")
    assert [(one["row"], one["column"]) for one in case.errors] == [(1, "年份")]
    works["results"][0]["publication_year"] = 2024
    assert brought(officer, json.dumps(works), "works.json").state == "landed"
    assert Work.objects.filter(title="涂层\ufffd的摩擦学性能研究").exists()
