"""Verification finds every change, names the row or the gap, and nothing where nothing is wrong."""

import argparse
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.records.conftest import NOW
from triplehelix.doors.cli import verify as command
from triplehelix.records.trail import digest
from triplehelix.records.trail.actions import record
from triplehelix.records.trail.models import Entry, Head, Seal
from triplehelix.records.trail.seals import seal
from triplehelix.records.trail.verify import verify

pytestmark = pytest.mark.django_db
REWRITE = "UPDATE trail_entry SET why = %s, parts = %s, digest = %s WHERE seq = %s"


@contextmanager
def superuser():
    """Somebody with the database in hand: the guards are switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def write(id="1", **more):
    return record(kind="test", id=id, verb="edit", actor=None, now=NOW, data={"amount": 100}, why="核对无误", **more)


@pytest.fixture
def rows(db):
    """Three subjects; the first seven rows sealed in two seals, two rows not yet sealed."""
    made = [write("a"), write("b"), write("a"), write("a")]
    seal(day=NOW.date(), now=NOW)
    made += [write("b"), write("c"), write("a")]
    seal(day=NOW.date() + timedelta(days=1), now=NOW + timedelta(days=1))
    made += [write("a"), write("b")]
    return made


def codes():
    return [(problem.code, problem.seq) for problem in verify()]


def test_nothing_is_wrong_where_nothing_was_changed(rows):
    seen = []
    assert verify(progress=lambda done, total: seen.append((done, total))) == []
    assert seen[-1] == (16, 16)  # nine rows, seven of them again in their seals


def test_an_empty_trail_is_whole():
    assert verify() == []


@pytest.mark.parametrize(
    ("column", "value", "group"),
    [
        ("why", "'核对有误'", "理由"),
        ("data", """'{"amount": 101}'""", "内容"),
        ("data", """'{"amount": "100"}'""", "内容"),
        ("actor", "'某人'", "经办"),
        ("actor_account", "5", "经办"),
        ("verb", "'edit '", "事项"),
        ("at", "at + interval '1 microsecond'", "时间"),
        ("n", "n", None),
    ],
)
def test_one_changed_byte_names_the_row_and_what_was_changed(rows, column, value, group):
    victim = rows[2]
    with superuser() as sql:
        sql.execute(f"UPDATE trail_entry SET {column} = {value} WHERE seq = %s", [victim.seq])
    problems = verify()
    if group is None:  # nothing was really changed
        assert problems == []
        return
    assert [(p.code, p.seq, p.subject) for p in problems] == [("changed", victim.seq, ("test", "a"))]
    assert problems[0].message == f"第 {victim.seq} 行（test a 第 2 条）被改过：{group} 与写成时不同"


@pytest.mark.parametrize("column", ["digest", "parts", "prev"])
def test_a_changed_digest_is_a_changed_row(rows, column):
    victim = rows[2]
    with superuser() as sql:
        sql.execute(
            f"UPDATE trail_entry SET {column} = set_byte({column}, 0, get_byte({column}, 0) # 1) WHERE seq = %s",
            [victim.seq],
        )
    assert ("changed", victim.seq) in codes()


def test_a_row_rewritten_with_a_fitting_digest_breaks_the_next_rows_chain(rows):
    victim = Entry.objects.get(pk=rows[2].pk)
    victim.why = "另有理由"
    parts, whole = digest.of_entry(victim)
    with superuser() as sql:
        sql.execute(
            "UPDATE trail_entry SET why = %s, parts = %s, digest = %s WHERE seq = %s",
            [victim.why, parts, whole, victim.seq],
        )
    found = verify()
    assert [(p.code, p.seq) for p in found if p.code == "relinked"] == [("relinked", rows[3].seq)]
    assert any(p.code == "seal" and "树根不符" in p.message for p in found)


def test_the_newest_row_and_its_head_rewritten_are_caught_by_the_seal(rows):
    victim = Entry.objects.get(pk=rows[5].pk)  # the only row of subject c
    victim.why = "另有理由"
    parts, whole = digest.of_entry(victim)
    with superuser() as sql:
        sql.execute(
            "UPDATE trail_entry SET why = %s, parts = %s, digest = %s WHERE seq = %s",
            [victim.why, parts, whole, victim.seq],
        )
        sql.execute("UPDATE trail_head SET digest = %s WHERE subject_id = 'c'", [whole])
    found = verify()
    assert [p.code for p in found] == ["seal"]
    assert f"封存 #2 的树根不符：第 {rows[4].seq} 至 {rows[6].seq} 行" in found[0].message


def test_a_deleted_row_is_a_gap(rows):
    with superuser() as sql:
        sql.execute("DELETE FROM trail_entry WHERE seq = %s", [rows[2].seq])
    found = verify()
    assert [(p.code, p.seq) for p in found] == [("unsealed", rows[2].seq), ("gap", rows[3].seq)]
    assert found[0].message == f"封存 #1 里的第 {rows[2].seq} 行不见了"
    assert found[1].message == f"第 {rows[3].seq} 行之前有缺口：test a 的第 2 条不见了"


def test_several_deleted_rows_are_one_gap(rows):
    with superuser() as sql:
        sql.execute("DELETE FROM trail_entry WHERE seq IN (%s, %s)", [rows[2].seq, rows[3].seq])
    assert "test a 的第 2–3 条不见了" in next(p.message for p in verify() if p.code == "gap")


def test_a_deleted_first_row_is_a_gap(rows):
    with superuser() as sql:
        sql.execute("DELETE FROM trail_entry WHERE seq = %s", [rows[0].seq])
    assert ("gap", rows[2].seq) in codes()


def test_a_deleted_newest_row_is_a_gap_after_the_last(rows):
    with superuser() as sql:
        sql.execute("DELETE FROM trail_entry WHERE seq = %s", [rows[7].seq])
    found = verify()
    assert [(p.code, p.seq) for p in found] == [("gap", rows[6].seq)]
    assert "之后有缺口：test a 最新的第 5 条不见了" in found[0].message


def test_a_subject_that_is_gone_is_named_by_its_head(rows):
    with superuser() as sql:
        sql.execute("DELETE FROM trail_entry WHERE subject_id = 'c'")
    messages = [p.message for p in verify()]
    assert "test c 的全部 1 条都不见了" in messages


def test_a_subject_that_is_gone_with_its_head_is_named_by_the_seal(rows):
    with superuser() as sql:
        sql.execute("DELETE FROM trail_entry WHERE subject_id = 'c'")
        sql.execute("DELETE FROM trail_head WHERE subject_id = 'c'")
    found = verify()
    assert [(p.code, p.seq) for p in found] == [("unsealed", rows[5].seq)]


@pytest.mark.parametrize(("column", "value"), [("n", "n + 1"), ("n", "n - 1"), ("digest", "'\\x00'")])
def test_a_changed_head_is_named(rows, column, value):
    with superuser() as sql:
        sql.execute(f"UPDATE trail_head SET {column} = {value} WHERE subject_id = 'c'")
    assert [p.code for p in verify()] in (["head"], ["gap"])


def test_a_deleted_head_is_named(rows):
    Head.objects.filter(subject_id="c").delete()
    assert codes() == [("head", rows[5].seq)]


@pytest.mark.parametrize(
    "change", ["day = '2020-01-01'", "count = 2", "ranges = '[[1, 2]]'", "root = '\\x00'", "merkle = '\\x00'", "n = 9"]
)
def test_a_changed_seal_is_named(rows, change):
    with superuser() as sql:
        sql.execute(f"UPDATE trail_seal SET {change} WHERE n = 1")
    assert any(p.code == "seal" and "封存" in p.message for p in verify())


def test_a_deleted_seal_is_named(rows):
    with superuser() as sql:
        sql.execute("DELETE FROM trail_seal WHERE n = 1")
    messages = [p.message for p in verify()]
    assert "封存 #2 之前缺少封存" in messages
    assert f"第 {rows[0].seq} 行起的封存不见了" in messages
    with superuser() as sql:  # or Django finds at the end of the test what we have just found
        sql.execute("UPDATE trail_entry SET seal_id = NULL WHERE seq < %s", [rows[4].seq])


def test_a_row_taken_out_of_its_seal_is_named(rows):
    with superuser() as sql:
        sql.execute("UPDATE trail_entry SET seal_id = NULL WHERE seq = %s", [rows[2].seq])
    assert [p.message for p in verify()] == [f"第 {rows[2].seq} 行脱离了封存 #1"]


def test_a_row_smuggled_into_a_seal_is_named(rows):
    with superuser() as sql:
        sql.execute("UPDATE trail_entry SET seal_id = %s WHERE seq = %s", [Seal.objects.get(n=1).pk, rows[8].seq])
    assert [p.message for p in verify()] == [f"封存 #1 里多出第 {rows[8].seq} 行"]


def test_a_root_noted_elsewhere_shows_a_seal_replaced_with_all_its_rows(rows):
    noted = {s.n: bytes(s.root).hex() for s in Seal.objects.all()}
    assert verify(expected=noted) == []
    with superuser() as sql:  # the last seal and everything it held, cleanly taken away
        sql.execute("DELETE FROM trail_entry WHERE seq >= %s", [rows[4].seq])
        sql.execute("DELETE FROM trail_seal WHERE n = 2")
        sql.execute("DELETE FROM trail_head WHERE subject_id = 'c'")
        sql.execute(
            "UPDATE trail_head h SET n = e.n, digest = e.digest FROM trail_entry e WHERE e.subject_id = h.subject_id"
            " AND NOT EXISTS (SELECT 1 FROM trail_entry x WHERE x.subject_id = e.subject_id AND x.n > e.n)"
        )
    assert verify() == []
    assert [p.message for p in verify(expected=noted)] == ["封存 #2 不见了"]
    assert [p.message for p in verify(expected={1: "00" * 32})] == ["封存 #1 的根与另处所记的不同"]


def test_an_unknown_algorithm_is_a_problem_of_its_row(rows):
    with superuser() as sql:
        sql.execute("UPDATE trail_entry SET algorithm = 'md0' WHERE seq = %s", [rows[8].seq])
    assert codes() == [("algorithm", rows[8].seq)]


def test_the_command_prints_and_answers_a_status(rows, capsys):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([])) == 0
    said = capsys.readouterr().out
    assert "留痕完整：9 行，2 次封存" in said
    root = bytes(Seal.objects.get(n=2).root).hex()
    assert f"2:{root}" in said
    assert command.run(parser.parse_args(["--seal", f"2:{root}"])) == 0
    with superuser() as sql:
        sql.execute("UPDATE trail_entry SET why = 'x' WHERE seq = %s", [rows[2].seq])
    assert command.run(parser.parse_args([])) == 1
    assert f"留痕有 1 处不符；第一处：第 {rows[2].seq} 行" in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        command.run(parser.parse_args(["--seal", "2"]))
    assert end.value.code == 2


def test_ten_thousand_problems_are_not_ten_thousand_lines(rows, monkeypatch):
    with transaction.atomic(), superuser() as sql:
        sql.execute("UPDATE trail_entry SET why = 'x'")
    monkeypatch.setattr("triplehelix.records.trail.verify.MOST_PROBLEMS", 3)
    found = verify()
    assert [p.code for p in found].count("changed") == 3
    assert found[-1].message == "还有更多问题，未一一列出"
