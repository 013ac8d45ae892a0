"""Of all who give documents their vectors one does it at a time, and nobody's document is left without."""

import threading

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.matching_index.conftest import NOW, Counting, somebody_encodes
from triplehelix.matching import current
from triplehelix.matching.index import rebuild, vectors
from triplehelix.matching.models import Document
from triplehelix.matching.wake import CATCH_UP


def queued():
    return ProcrastinateJob.objects.filter(task_name=CATCH_UP, status="todo").count()


def test_the_follower_leaves_it_to_the_task_while_somebody_is_at_it(committed):
    with current.using(Counting()):
        with somebody_encodes():
            committed.write("铜排钝化")
            committed.work()
            assert list(Document.objects.values_list("encoder", flat=True)) == [""]
            assert queued() == 1
        rebuild.catch_up(now=NOW)
    assert list(Document.objects.values_list("encoder", flat=True)) == ["counting"]


def test_two_tasks_at_once_encode_no_text_twice(committed):
    for word in ("铜排", "钝化", "地膜", "焊缝"):
        committed.write(f"{word}技术")
    encoder = Counting()

    def work():
        rebuild.everything(now=NOW)
        connection.close()

    with current.using(encoder):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(encoder.asked) == len(set(encoder.asked)) == 4
    assert set(Document.objects.values_list("encoder", flat=True)) == {"counting"}


def test_whose_work_breaks_gives_the_turn_back(committed):
    try:
        with vectors.turn(waits=True):
            raise ValueError("the encoder went away")
    except ValueError:
        pass
    with somebody_encodes(), vectors.turn(waits=False) as has_it:
        assert not has_it
    with vectors.turn(waits=False) as has_it:
        assert has_it
