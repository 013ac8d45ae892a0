"""A wrong setting is named, with what to write instead."""

import pytest

from triplehelix.config import database
from triplehelix.config.env import BadSetting, Env


@pytest.mark.parametrize(
    ("read", "value", "says"),
    [
        (lambda env: env.flag("X"), "maybe", "设置 X='maybe' 不能用：请写 1 或 0"),
        (lambda env: env.number("X", 1, least=1, most=9), "10", "设置 X='10' 不能用：请写 1 到 9 之间的整数"),
        (lambda env: env.number("X", 1), "ten", "设置 X='ten' 不能用：请写 0 到"),
        (lambda env: env.choice("X", "a", ("a", "b")), "c", "设置 X='c' 不能用：请写其中之一：a、b"),
        (
            lambda env: env.url("X", schemes=("https",)),
            "ftp://x",
            "设置 X='ftp://x' 不能用：请写以 https:// 开头的地址",
        ),
        (lambda env: env.sender("X", ""), "三螺旋", "设置 X='三螺旋' 不能用：请写邮箱地址"),
        (lambda env: env.sender("X", ""), "三螺旋 <no-reply@>", "不能用：请写邮箱地址"),
        (lambda env: env.folder("X", None), __file__, "不能用：请写一个文件夹的路径"),
    ],
)
def test_a_wrong_value_is_named(read, value, says):
    with pytest.raises(BadSetting) as why:
        read(Env({"X": value}))
    assert says in why.value.message
    assert why.value.code == 2


def test_an_empty_value_is_the_default():
    env = Env({"X": "  "})
    assert (env.flag("X", True), env.number("X", 7), env.choice("X", "a", ("a",))) == (True, 7, "a")
    assert env.listed("X", ("one",)) == ["one"]


def test_lists_are_split_at_commas():
    assert Env({"X": "a, b,,c "}).listed("X") == ["a", "b", "c"]


def test_a_wrong_key_is_refused_at_the_start_and_not_shown():
    good = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    assert Env({"K": f"{good}, {good}"}).keys("K") == [good, good] and Env({}).keys("K") == []
    with pytest.raises(BadSetting, match="第 2 把") as why:
        Env({"K": f"{good},short-secret"}).keys("K")
    assert "short-secret" not in str(why.value)


def test_a_zone_is_one_that_is_known():
    assert Env({"Z": "Europe/Vienna"}).zone("Z", "Asia/Shanghai") == "Europe/Vienna"
    assert Env({}).zone("Z", "Asia/Shanghai") == "Asia/Shanghai"
    for wrong in ("Foo/Bar", "../etc/passwd"):
        with pytest.raises(BadSetting, match="Asia/Shanghai"):
            Env({"Z": wrong}).zone("Z", "Asia/Shanghai")


def test_a_database_address_becomes_settings():
    found = database.from_url("postgresql://zhang:p%40ss@db.example.org:5433/city?sslmode=require")
    assert {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "city",
        "USER": "zhang",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_is_the_host():
    found = database.from_url("postgresql://postgres:@/city?host=/var/run/pg")
    assert (found["HOST"], found["OPTIONS"]) == ("/var/run/pg", {})


def test_an_address_without_a_database_is_refused():
    with pytest.raises(BadSetting, match="缺少数据库名"):
        database.from_url("postgresql://db.example.org")


def test_a_server_that_does_not_answer_is_named_without_its_password():
    env = Env({"DATABASE_URL": "postgresql://zhang:secret@127.0.0.1:1/city"})
    with pytest.raises(BadSetting) as why, database.held(env, None):
        pass
    assert "数据库连不上" in why.value.message
    assert "secret" not in why.value.message
