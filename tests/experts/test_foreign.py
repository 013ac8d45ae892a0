"""Files and answers of other programs as they really are: each author keeps what is theirs, and nobody gets lost."""

import gzip
import json

import pytest

from tests.experts.conftest import NOW, landed, work
from tests.experts.files import ORCID
from triplehelix.foundation import outward
from triplehelix.market.experts import actions
from triplehelix.market.experts.actions import harvests
from triplehelix.market.experts.models import Authorship, Harvest, Work
from triplehelix.market.experts.names import agree, parse, split
from triplehelix.market.experts.oai import answers, asking
from triplehelix.market.experts.reading import bibtex, columns, records
from triplehelix.market.experts.reading.found import clean, doi_of

ORCID_ID = "0000-0002-1825-0097"


def works_of(rows):
    """The works of rows, as an upload reads them; no row may be wrong."""
    checked = columns.papers(NOW.date()).check(columns.table(rows, "json"))
    assert checked.errors == []
    return [columns.work_of(record.values, "papers") for record in checked.records]


def openalex(*authors, title="Low-temperature curing of coatings"):
    """The authors of one OpenAlex work: (name, ORCID, affiliation, number), None as it is null."""
    said = [
        {
            "author": {"display_name": name, "orcid": mark and f"https://orcid.org/{mark}", "id": number},
            "raw_affiliation_strings": [where] if where else [],
        }
        for name, mark, where, number in authors
    ]
    work = {"id": "https://openalex.org/W1", "title": title, "publication_year": 2024, "authorships": said}
    [found] = works_of(records.rows(json.dumps([work])))
    return [(one.name, one.orcid, one.affiliation, one.source_id) for one in found.authors]


def test_what_the_first_author_lacks_is_not_taken_from_the_second():
    """Blanks at the ends of a cell are cut off: an empty first part must not let the second one move up."""
    found = openalex(("Si Li", None, None, None), ("San Zhang", ORCID_ID, "Lakeside University", "A9"))
    assert found == [("Si Li", "", "", ""), ("San Zhang", ORCID_ID, "Lakeside University", "A9")]


def test_the_only_affiliation_of_several_authors_is_not_everybodys():
    found = openalex(("Si Li", None, "Lakeside University; Hill Institute", None), ("San Zhang", None, None, None))
    assert [where for _name, _mark, where, _id in found] == ["Lakeside University; Hill Institute", ""]
    [alone] = openalex(("Li, Si, Jr", ORCID_ID, "Lakeside University; Hill Institute", None))
    assert alone == ("Li, Si, Jr", ORCID_ID, "Lakeside University; Hill Institute", "")


@pytest.mark.parametrize("name", [None, "", "*", "et al."])
def test_an_author_without_a_name_leaves_nothing_to_the_next(name):
    found = openalex((name, ORCID_ID, "Lakeside University", "A1"), ("Si Li", None, None, "A2"))
    assert found == [("Si Li", "", "", "A2")]


def test_the_owner_of_an_orcid_record_keeps_mark_and_place_wherever_they_stand():
    record = json.loads(ORCID)
    summary = record["activities-summary"]["works"]["group"][0]["work-summary"][0]
    summary["contributors"] = {
        "contributor": [
            {"credit-name": {"value": "Si Li"}, "contributor-orcid": None},
            {"credit-name": {"value": "Zhige Rong"}, "contributor-orcid": {"path": ORCID_ID}},
        ]
    }
    found = works_of(records.rows(json.dumps(record)))[0].authors
    assert [(one.name, one.orcid, one.affiliation) for one in found] == [
        ("Si Li", "", ""), ("Zhige Rong", ORCID_ID, "示例9301厂")
    ]  # fmt: skip


def test_the_doi_of_the_book_is_not_that_of_its_chapter():
    record = json.loads(ORCID)
    summary = record["activities-summary"]["works"]["group"][0]["work-summary"][0]
    whole = {"external-id-type": "doi", "external-id-value": "10.1000/book", "external-id-relationship": "part-of"}
    own = {"external-id-type": "DOI", "external-id-value": "10.1000/book.ch3", "external-id-relationship": "self"}
    summary["external-ids"]["external-id"] = [whole, own]
    assert works_of(records.rows(json.dumps(record)))[0].doi == "10.1000/book.ch3"
    summary["external-ids"]["external-id"] = [whole]
    assert works_of(records.rows(json.dumps(record)))[0].doi == ""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张, 三 and 李, 四", ["张三", "李四"]),  # Zotero: a Chinese name in two fields
        ("张, 三", ["张三"]),
        ("欧阳，修", ["欧阳修"]),
        ("张, 三; 李, 四光", ["张三", "李四光"]),
        ("张三, 李四 and 王五", ["张三", "李四", "王五"]),
        ("San Zhang and 李四, 王五", ["San Zhang", "李四", "王五"]),
        ("San\u00a0Zhang, Si\u00a0Li", ["San Zhang", "Si Li"]),
        ("张三 and others", ["张三"]),
    ],
)
def test_chinese_names_with_commas(text, names):
    assert [parse(one).written for one in split(text)] == names


def test_a_name_in_two_parts_is_the_name():
    assert agree(parse("张, 三"), parse("张三")) == "han"
    assert parse("张三, 李四").han == ""


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("澄湖大学; 湖滨研究院", ["澄湖大学", "", ""]),  # CNKI: the units, each once
        ("澄湖大学; 湖滨研究院; ", ["澄湖大学", "湖滨研究院", ""]),
        ("澄湖大学", ["澄湖大学"] * 3),
        ("甲; 乙; 丙; 丁", ["甲", "", ""]),
    ],
)
def test_units_that_are_not_one_for_each_author_are_given_to_nobody_by_guess(where, said):
    row = {"title": "低温固化粉末涂料的研究", "authors": "张三; 李四; 王五", "year": "2024", "affiliations": where}
    [found] = works_of([(1, row)])
    assert [one.affiliation for one in found.authors] == said


def test_where_the_publisher_sits_is_nobodys_affiliation():
    text = "@book{a, title={Powder coatings today}, author={Zhang, San}, year={2020}, address={New York}}"
    [found] = works_of(bibtex.rows(text))
    assert found.authors[0].affiliation == ""


TWICE = r"""@string{coat = {Coatings}}
@article{key, title={Curing of powder}, author={Zhang, San}, year={2024}, journal=coat}
@article{key, title={Flow of {\"u}ber-powder}, author={Li, Si}, year={n.d.}, date={2023-05}, journal=coat}
@article{other, title={Edges}, author={Li, Si}, author={Wang, Wu}, year={2022}, keywords={a}, keywords={b}}
"""


def test_a_second_entry_under_one_key_is_read_like_the_first():
    first, second, third = works_of(bibtex.rows(TWICE))
    assert (first.title, first.venue) == ("Curing of powder", "Coatings")
    assert (second.title, second.venue, second.year) == ("Flow of über-powder", "Coatings", 2023)
    assert [one.name for one in second.authors] == ["Li, Si"]
    assert [one.name for one in third.authors] == ["Li, Si", "Wang, Wu"] and third.subjects == ("a", "b")


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("DOI：10.3969/j.issn.1001-4322.2024.01.001。", "10.3969/j.issn.1001-4322.2024.01.001"),
        ("10.1234/abc，收稿日期：2024-01-01", "10.1234/abc"),
        ("10.1000/\u200bxyz”", "10.1000/xyz"),
        ("https://doi.org/10.1000/xyz?from=cnki", "10.1000/xyz"),
        ("10.1016/S0140-6736(05)12345-6", "10.1016/s0140-6736(05)12345-6"),
        ("10.1002/(SICI)49:8<693::AID-ASI4>3.0.CO;2-O", "10.1002/(sici)49:8<693::aid-asi4>3.0.co;2-o"),
    ],
)  # fmt: skip
def test_a_doi_ends_where_it_ends(text, doi):
    assert doi_of(text) == doi


def test_markup_of_publishers_is_no_part_of_a_title():
    assert clean("Fe<sub>2</sub>O<sub>3</sub> &amp;amp; <jats:italic>x</jats:italic>&nbsp;1 < 2 > 1", 99) == (
        "Fe2O3 & x 1 < 2 > 1"
    )


def test_an_entity_in_a_list_is_one_sign_and_no_end():
    row = {
        "title": "Flow of R&amp;D",
        "authors": "M&uuml;ller, J.; Li, Si",
        "year": "2024",
        "subjects": "R&amp;D; 涂料",
    }
    [found] = works_of([(1, row)])
    assert ([one.name for one in found.authors], found.subjects) == (["Müller, J.", "Li, Si"], ("R&D", "涂料"))
    said = GOOD + "<dc:creator>M&amp;uuml;ller, J.</dc:creator><dc:subject>R&amp;amp;D; 涂料</dc:subject>"
    [found] = answers.page(answer(said)).works
    assert ([one.name for one in found.authors], found.subjects) == (["张三", "Müller, J."], ("R&D", "涂料"))


@pytest.mark.django_db
@pytest.mark.parametrize("people", [("Wang Wei", "Wang Wei"), ("Wang L", "Wang Lei"), ("Li Wei", "Wei Li")])
def test_two_authors_of_one_record_are_two(people):
    landed(work("A paper of two namesakes", *people))
    landed(work("A paper of two namesakes", *people))
    landed(work("A paper of two namesakes", *people, venue="Coatings"))
    assert tuple(Authorship.objects.order_by("order").values_list("name", flat=True)) == people


# --- repositories --------------------------------------------------------------------------------------------------

DC = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
RECORD = (
    "<record><header><identifier>oai:x:{n}</identifier><datestamp>2026-01-01</datestamp></header><metadata>"
    f"<oai_dc:dc xmlns:oai_dc='http://www.openarchives.org/OAI/2.0/oai_dc/' {DC}>{{said}}</oai_dc:dc>"
    "</metadata></record>"
)


def answer(*said, head="<?xml version='1.0' encoding='UTF-8'?>"):
    listed = "".join(RECORD.format(n=n, said=one) for n, one in enumerate(said, start=1))
    body = f"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><ListRecords>{listed}</ListRecords></OAI-PMH>"
    return (head + body).encode()


GOOD = "<dc:title>低温固化粉末涂料的研究</dc:title><dc:creator>张三</dc:creator>"


@pytest.mark.parametrize(
    "content",
    [
        answer(GOOD, head="\ufeff\r\n <?xml version='1.0' encoding='UTF-8'?>"),
        answer(GOOD + "<dc:description>一&#11;二&#x1F;三</dc:description>"),
        answer(GOOD + "<dc:description>一&nbsp;二 &alpha; &copy</dc:description>".replace("&copy", "&copy;")),
        answer(GOOD + "<dc:description>一二三</dc:description>").replace("二三".encode(), "二三".encode()[:-1]),
        answer(GOOD + "<dc:description>R&D, a & b</dc:description>"),
    ],
    ids=["blank before the declaration", "forbidden references", "entities of html", "half a sign", "bare ampersand"],
)
def test_one_bad_sign_does_not_bar_a_repository(content):
    [found] = answers.page(content).works
    assert (found.title, [one.name for one in found.authors]) == ("低温固化粉末涂料的研究", ["张三"])


def test_an_answer_in_another_charset_is_not_kept_as_rubbish():
    """Declared as UTF-8 and written in GBK: the title would be a row of question marks."""
    page = answers.page(answer(GOOD).decode().encode("gbk"))
    assert page.works == [] and "编码" in page.left_out[0][1]
    [found] = answers.page(answer(GOOD, head="<?xml version='1.0' encoding='GBK'?>").decode().encode("gbk")).works
    assert found.title == "低温固化粉末涂料的研究"


def test_what_a_record_is_related_to_is_not_the_record():
    """Two chapters of one book name its DOI: they are two works."""
    book = "<dc:relation>https://doi.org/10.1000/book</dc:relation>"
    one, two = answers.page(answer(GOOD + book, GOOD.replace("研究", "应用") + book)).works
    assert (one.doi, two.doi, one.url) == ("", "", "")
    alt = "<dc:relation>info:eu-repo/semantics/altIdentifier/doi/10.1000/own</dc:relation>"
    assert answers.page(answer(GOOD + book + alt)).works[0].doi == "10.1000/own"


def test_an_author_named_in_two_languages_is_one():
    said = GOOD + "<dc:creator>李四</dc:creator><dc:creator>Zhang, San</dc:creator><dc:creator>Li, Si</dc:creator>"
    [found] = answers.page(answer(said)).works
    assert [one.name for one in found.authors] == ["张三", "李四"]


@pytest.mark.django_db
def test_a_record_given_and_taken_back_on_one_page_is_gone():
    [found] = answers.page(answer(GOOD)).works
    gone = answers.FoundWork(source="oai", source_id=found.source_id, title="", deleted=True)
    landed(found, gone)
    assert not Work.objects.get().live


@pytest.mark.django_db(transaction=True)
def test_tokens_that_go_round_end_the_harvest():
    """A repository that leads from the last page back to the second would be asked for ever."""
    made = actions.register_repository(name="库", base_url="https://x.example/oai", actor=None, now=NOW)
    harvest = actions.start_harvest(repository=made, actor=None, now=NOW)
    Harvest.objects.filter(pk=harvest.pk).update(state="running")
    for n in range(40):
        harvest = Harvest.objects.select_related("repository").get(pk=harvest.pk)
        page = answers.Page(answers.page(answer(GOOD)).works, [("oai:x:9", "没有题名")], token=f"page {n % 5}")
        if not harvests.land(harvest=harvest, page=page, now=NOW).on:
            break
    harvest.refresh_from_db()
    assert harvest.state == "failed" and "续传标记" in harvest.problem and n < 20


@pytest.mark.django_db(transaction=True)
def test_a_list_begun_again_counts_again():
    made = actions.register_repository(name="库", base_url="https://x.example/oai", actor=None, now=NOW)
    harvest = actions.start_harvest(repository=made, actor=None, now=NOW)
    Harvest.objects.filter(pk=harvest.pk).update(state="running")
    page = answers.Page(answers.page(answer(GOOD)).works, [("oai:x:9", "没有题名")], token="two")
    harvests.land(harvest=Harvest.objects.get(pk=harvest.pk), page=page, now=NOW)
    forgotten = Harvest.objects.get(pk=harvest.pk)
    assert harvests._condition(forgotten, answers.Condition("badResumptionToken", ""), NOW).on
    harvests.land(harvest=Harvest.objects.get(pk=harvest.pk), page=page, now=NOW)
    harvest.refresh_from_db()
    assert (harvest.state, harvest.records, harvest.left_out_count, len(harvest.left_out)) == ("running", 2, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [None, "doi:10.1000/one"], ids=["a source's numbers", "a list's"])
def test_a_doi_typed_wrong_makes_nobody_an_author_of_strangers(number):
    """Dragged down a column, one DOI stands beside every title."""
    landed(
        work("Curing of powder coatings", "容止戈", doi="10.1000/one", source_id=number),
        work("Edges of steel sheets", "王五", doi="10.1000/one", source_id=number),
        work("Curing of Powder Coatings: a study", "Zhige Rong", "张三", doi="10.1000/one"),
    )
    landed(work("Edges of steel sheets", "王五", doi="10.1000/one", source_id=number, venue="Coatings"))
    said = {one.title: [row.name for row in one.authorships.all()] for one in Work.objects.all()}
    assert said == {"Curing of powder coatings": ["容止戈", "张三"], "Edges of steel sheets": ["王五"]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (gzip.compress(answer(GOOD)), ""),
        (gzip.compress(b" " * 30_000), "超过"),
        (gzip.compress(answer(GOOD))[:-20], "压缩"),
        (b"no gzip", "压缩"),
    ],
    ids=["whole", "a bomb", "cut", "none"],
)
def test_an_answer_that_a_firewall_has_packed_is_unpacked(monkeypatch, settings, body, said):
    """We ask for none, and some pack whatever they pass on."""
    settings.HARVEST_MAX_BYTES = 20_000
    packed = outward.Answer(200, {"content-encoding": "GZIP"}, body)
    monkeypatch.setattr(outward, "call", lambda *_words, **_given: packed)
    if not said:
        assert asking.get("https://x.example/oai", {}, now=NOW) == answer(GOOD)
        return
    with pytest.raises((outward.TooLarge, answers.Malformed), match=said):
        asking.get("https://x.example/oai", {}, now=NOW)
