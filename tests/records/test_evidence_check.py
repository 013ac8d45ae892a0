"""Files against the trail: their rows, and their bytes."""

import pytest

from tests.records.conftest import NOW
from triplehelix.records.evidence import actions
from triplehelix.records.evidence.check import problems
from triplehelix.records.evidence.models import File

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return actions.store(content="原件".encode(), name="a.txt", actor=None, now=NOW)


def test_what_was_stored_is_whole(file):
    seen = []
    assert list(problems(progress=seen.append)) == [] and seen == [file.size]


def test_other_bytes_are_named_unless_bytes_are_not_read(file):
    file.path.write_bytes("换过的".encode())
    (problem,) = problems()
    assert "丢失或被换过" in problem and "a.txt" in problem
    assert list(problems(bytes_too=False)) == []


def test_lost_bytes_are_named_for_each_who_handed_them_in(file):
    actions.store(content="原件".encode(), name="b.txt", actor=None, now=NOW)
    file.path.unlink()
    assert len(list(problems())) == 2


def test_a_changed_row_is_named(file):
    File.objects.update(name="b.txt")
    (problem,) = problems(bytes_too=False)
    assert "名称" in problem
    File.objects.all().delete()
    (problem,) = problems()
    assert "不见了" in problem
