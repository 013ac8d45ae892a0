"""Cases that say the same are found whatever else there is: as when every text is compared with every other."""

import importlib
import random

import pytest
from django.apps import apps
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cases.words import SOUND, SUMMARY, applied
from triplehelix.foundation.text import bigrams
from triplehelix.procedure.cases import actions, alike, runs
from triplehelix.procedure.cases.models import Case, Compared

#: Few signs, so that texts share runs; among them what is no Chinese sign, and the first and last that are one.
SIGNS = "风电主轴承渗碳工艺㐀䶿一鿿 ,a１Ⅳ㍿\n豈𬱖"
TEXTS = st.text(alphabet=SIGNS, max_size=60) | st.text(max_size=30)


def likeness(one, other):
    """Shared runs by the smaller set, as it is defined."""
    one, other = frozenset(bigrams(one)), frozenset(bigrams(other))
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
@example("", [("", ""), ("风电", "")])
@example("风电主轴", [("", ""), ("风电", "主轴"), ("", ""), ("无关的", "")])
def test_packed_texts_share_exactly_what_the_texts_share(own, others):
    found = runs.shares(runs.packed("", own), [runs.packed(*one) for one in others])
    assert found.tolist() == [likeness(f" {own}", f"{title} {text}") for title, text in others]


def made(case, texts, **more):
    """Cases with these texts, as they came before runs were kept."""
    start = Case.objects.count()
    rows = [
        Case(
            number=f"X-{start + n}", round=case.round, award_code=case.award_code, lane=case.lane, year=2026,
            organisation=case.organisation, title=f"题目{n}", summary=text, created_at=case.created_at,
            changed_at=case.changed_at, **({"state": "submitted"} | more),
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip
    return Case.objects.bulk_create(rows)


def said(case):
    return [(one.cases[0], one.message.partition("题目和内容有 ")[2].partition("%")[0]) for one in alike.alike(case)]


def by_hand(case):
    """The same from every text there is, compared one by one."""
    found = []
    others = Case.objects.exclude(pk=case.pk).exclude(state__in=("draft", "withdrawn")).exclude(summary="")
    for other in others.order_by("-pk"):
        share = likeness(f"{case.title} {case.summary}", f"{other.title} {other.summary}")
        if share >= alike.ALIKE:
            found.append((other.number, f"{100 * share:.0f}"))
    return found


@pytest.mark.django_db
def test_the_cases_found_are_those_of_comparing_every_text(city, round, settings, monkeypatch):
    settings.ENCODER = "none"
    monkeypatch.setattr(alike, "AT_ONCE", 7)
    case, _member = applied(city, round)
    rng = random.Random(5)
    texts = ["".join(rng.sample(SUMMARY, len(SUMMARY)))[: rng.randint(5, 60)] for _n in range(10)]
    texts += [SUMMARY[n : n + rng.randint(6, 50)] + text for n, text in enumerate(texts)]
    made(case, [*texts, "", "English only, with no run at all"])
    made(case, [SUMMARY], state="draft")
    made(case, [SUMMARY], state="withdrawn")
    expected = by_hand(case)
    assert 3 < len(expected) < 20
    assert said(case) == expected  # nothing is kept of them yet
    fill()
    assert Compared.objects.count() == Case.objects.exclude(summary="").count()
    Compared.objects.filter(case__number__endswith="1").delete()
    assert said(case) == expected


def fill():
    importlib.import_module("triplehelix.procedure.cases.migrations.0007_compared").draw(apps, None)


@pytest.mark.django_db
def test_what_is_kept_follows_the_title_and_the_text(city, round, settings):
    settings.ENCODER = "none"
    case, member = applied(city, round)
    (other,) = made(case, [SUMMARY])
    fill()
    Case.objects.filter(pk=case.pk).update(state="submitted")
    assert said(other) == [(case.number, "98")]

    def written(**told):
        held = Case.objects.get(pk=case.pk)
        return actions.write(
            case=held, facts=SOUND, actor=member, now=city.now, seen_version=held.version, **told
        )  # fmt: skip

    Case.objects.filter(pk=case.pk).update(state="draft")
    written(summary="大蒜切片低温联合干燥设备的研制，把含水率从六成五降到百分之六以下，能耗降低三成，色泽和辣素不变。")
    written(title="大蒜切片干燥")
    held = written()
    assert bytes(held.compared.runs) == runs.packed("大蒜切片干燥", held.summary)
    Case.objects.filter(pk=case.pk).update(state="submitted")
    assert said(other) == []


@pytest.mark.django_db
def test_meaning_and_words_are_told_by_the_greater(city, round, settings):
    case, _member = applied(city, round)
    case.title, case.summary = (
        "轴承",
        "风电主轴轴承滚道深层渗碳工艺研究，目标是硬化层更深、变形更小、寿命更长一倍以上。",
    )
    (again, other) = made(case, [case.summary[:20], "大蒜切片低温联合干燥设备的研制和它的推广应用，能耗降低三成。"])
    found = dict(said(case))
    assert int(found[again.number]) >= 95 and other.number not in found


@pytest.mark.django_db
def test_the_clerks_page_asks_no_more_for_three_cases_alike_than_for_one(
    city, round, settings, django_assert_num_queries
):
    settings.ENCODER = "none"
    case, _member = applied(city, round)
    made(case, [SUMMARY])
    fill()
    for _more in range(2):
        with django_assert_num_queries(3):
            assert list(alike.alike(case))
        made(case, [SUMMARY] * 2)
        fill()
