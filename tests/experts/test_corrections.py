"""A source corrects who wrote a work: its own word replaces its own word, and nobody's decision."""

import pytest

from tests.experts.conftest import NOW, landed, work
from tests.experts.test_uploads import listed
from triplehelix.market.experts import actions, authors, candidates, finds
from triplehelix.market.experts.models import Authorship, Proposal, Source

pytestmark = pytest.mark.django_db
TITLE = "低温固化粉末涂料的研究"


def written():
    return list(Authorship.objects.filter(work__title=TITLE).order_by("order").values_list("order", "name", "dropped"))


def test_a_corrected_author_takes_the_place_of_the_wrong_one():
    landed(work("低温固化粉末涂料的流平", "容止弋"))
    landed(work(TITLE, "容止弋", "张三", "李四", source_id="oai:1"))
    candidates.look(keys=authors.keys_of("容止弋"), now=NOW)
    wrong = Authorship.objects.get(name="容止弋", work__title=TITLE).expert
    landed(work(TITLE, "容止戈", "李四", "张三", source_id="oai:1"))
    assert written() == [(1, "容止戈", False), (2, "李四", False), (3, "张三", False)]
    assert not Proposal.objects.filter(one=wrong).exists() and not Proposal.objects.filter(other=wrong).exists()


@pytest.mark.parametrize("how", ["answer", "merge", "split", "judged"])
def test_what_somebody_decided_of_an_author_stays_and_is_marked(officer, person, how):
    found = landed(work(TITLE, "容止戈", "张三", source_id="oai:1"), work("粉末涂料的流平与消泡", "容止戈"))
    one, other = found[TITLE, "容止戈"], found["粉末涂料的流平与消泡", "容止戈"]
    row = Authorship.objects.get(expert=one)
    if how == "judged":
        first, second = sorted((one, other), key=lambda expert: expert.pk)
        proposal = Proposal.objects.create(one=first, other=second, score=50, made_at=NOW)
        actions.decide(proposal=proposal, same=False, actor=officer, now=NOW, why="两位")
    else:
        actions.link(expert=one, person=person, actor=officer, now=NOW)
    if how == "answer":
        actions.confirm(person=person, authorships=[row.pk], actor=None, via="mail", now=NOW)
    elif how == "split":
        actions.split(authorship=row, actor=officer, now=NOW, why="不是他的")
    landed(work(TITLE, "容止弋", "张三", source_id="oai:1"))
    assert written() == [(1, "容止弋", False), (2, "张三", False), (3, "容止戈", True)]
    assert finds.with_coauthors([row]) == {row.work_id: ["容止弋", "张三"]}
    landed(work(TITLE, "容止戈", "张三", source_id="oai:1"))
    assert written() == [(1, "容止戈", False), (2, "张三", False)], "named again"


def test_a_source_corrects_nothing_another_still_tells_nor_by_a_record_without_authors(clerk, stranger):
    landed(work(TITLE, "容止戈", "张三", source_id="oai:1", doi="10.1000/a"))
    landed(work(TITLE, source_id="oai:1", doi="10.1000/a"))
    listed(stranger, [TITLE, "李四", "2024", "", "10.1000/a"])
    assert Source.objects.count() == 2
    landed(work(TITLE, "容止戈", source_id="oai:1", doi="10.1000/a"))
    assert [name for _n, name, _d in written()] == ["容止戈", "张三", "李四"]


def test_only_who_brought_a_work_corrects_its_authors(clerk, stranger):
    row = [TITLE, "容止弋; 张三", "2024", "", "", "openalex", "W1"]
    listed(clerk, row)
    listed(stranger, [TITLE, "张三; 李四", *row[2:]])
    assert [name for _n, name, _d in written()] == ["容止弋", "张三", "李四"]
    listed(clerk, [TITLE, "容止戈; 张三", *row[2:]])
    assert [name for _n, name, _d in written()] == ["容止戈", "张三"]
