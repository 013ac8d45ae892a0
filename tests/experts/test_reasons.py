"""Reasons are kept as codes and said in the reader's language; sentences written before are turned into codes."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import translation

from tests.experts.conftest import NOW, landed, work
from triplehelix.market.experts.actions.merges import pair_of
from triplehelix.market.experts.models import Merge, Proposal
from triplehelix.market.experts.reasons import reason, said

pytestmark = pytest.mark.django_db
KEPT = [
    {"code": "han"},
    {"code": "organisation", "name": "澄湖大学"},
    {"code": "coauthor", "names": ["赵钱", "孙李"]},
    {"code": "subject", "words": ["低温固化", "涂料"]},
]
CHINESE = ["姓名相同", "同在澄湖大学", "共同的合作者：赵钱、孙李", "研究方向相近：低温固化、涂料"]
ENGLISH = ["Same name", "Both at 澄湖大学", "Co-authors in common: 赵钱, 孙李", "Similar fields: 低温固化, 涂料"]


@pytest.fixture
def two():
    return list(landed(work("低温固化粉末涂料的研究", "张三"), work("粉末涂料的流平与消泡", "张三")).values())


def proposed(two, reasons):
    return Proposal.objects.create(**pair_of(*two), score=60, reasons=reasons, made_at=NOW)


def test_one_reason_in_both_languages():
    for language, sentences in (("zh-hans", CHINESE), ("en", ENGLISH)):
        with translation.override(language):
            assert said(KEPT) == sentences
    with pytest.raises(KeyError):
        reason("hunch")
    with pytest.raises(KeyError):
        reason("coauthor")


@pytest.mark.parametrize(("language", "sentences"), [("zh-hans", CHINESE), ("en", ENGLISH)])
def test_the_desk_and_the_api_say_them_in_the_readers_language(two, officer, client, language, sentences):
    proposed(two, KEPT)
    officer.language = language
    officer.save(update_fields=["language"])
    client.force_login(officer)
    asked = {"HTTP_ACCEPT_LANGUAGE": language}
    (row,) = client.get("/api/experts/proposals", **asked).json()
    assert row["reasons"] == sentences
    page = client.get(reverse("web:experts-desk"), **asked).content.decode()
    assert ("；" if language == "zh-hans" else "; ").join(sentences) in page


def migrated(to):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([("experts", to)])


def test_sentences_of_before_become_codes_and_nothing_is_lost(two):
    migrated("0001_tables")
    # An officer whose page was in English wrote English; the lists inside were joined by 、 all the same.
    half = ["Same name", "Both at 澄湖大学", "Co-authors in common: 赵钱、孙李", "Similar fields: 低温固化、涂料"]
    proposal = proposed(two, [*CHINESE, "同一间实验室 100%"])
    merge = Merge.objects.create(survivor=two[0], absorbed=two[1], how="officer", reasons=half, at=NOW)
    migrated("0002_reasons")
    proposal.refresh_from_db()
    merge.refresh_from_db()
    assert proposal.reasons == [*KEPT, {"code": "written", "text": "同一间实验室 100%"}]
    assert merge.reasons == KEPT
    with translation.override("zh-hans"):
        assert proposal.reasons_said == [*CHINESE, "同一间实验室 100%"]
    migrated("0001_tables")
    merge.refresh_from_db()
    proposal.refresh_from_db()
    assert merge.reasons == CHINESE and proposal.reasons == [*CHINESE, "同一间实验室 100%"]
