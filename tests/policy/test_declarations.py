"""A declaration that cannot be right does not construct, and says where."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from triplehelix.foundation.dated import since, undecided
from triplehelix.foundation.money import Fen
from triplehelix.policy.article import Article, DeclarationError, numeral, read_numeral
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.batch import decide_columns
from triplehelix.policy.columns import TooLarge
from triplehelix.policy.decision import BadFacts, decide
from triplehelix.policy.declared import as_data
from triplehelix.policy.expression import const, floor_yuan
from triplehelix.policy.facts import Choice, Choices, Count, Listed, Money, Ratio, Text, YesNo
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.once import Earlier, Excludes
from triplehelix.policy.registry import Pack
from triplehelix.policy.terms import money_term, rate_term

DAY = date(2026, 1, 1)
WORDS = Article("三（二）", "给予配套奖励。")
spent = Money("spent", "支出")
here = YesNo("here", "在本市")
half = rate_term("half", "比例", since((DAY, Fraction(1, 2))), mark="policy", source="三（二）")


def award(**changed):
    parts = {
        "code": "M3.2-try", "name": "试", "articles": (WORDS,), "facts": (spent, here), "lanes": ("quick",),
        "amount": floor_yuan(spent * half), "conditions": (Condition("here", "在本市", here, "不在本市", WORDS),),
        "instrument": "match", "use": "separate", "payee": "单位", "in_force": (DAY, None),
        "once": ("spent",), "parts": ("accept", "decide"),
        "examples": (Example("一半", {"spent_yuan": 3, "here": True}, 100),),
    }  # fmt: skip
    return Award(**parts | changed)


def test_a_sound_one_computes():
    made = award()
    found = decide(made, made.examples[0].facts, DAY)
    assert found.granted == 100
    assert [str(line) for line in found.lines] == ["金额 = 3.00 元 × 1/2，舍去不足一元 = 1.00 元"] or "50%" in str(
        found.lines[0]
    )


@pytest.mark.parametrize("part", ["articles", "facts", "conditions", "examples", "lanes"])
def test_without_a_part(part):
    with pytest.raises(DeclarationError):
        award(**{part: ()})


def test_other_faults():
    other = Money("other", "别的")
    for changed in (
        {"code": "M3.1-try"},
        {"code": "三（二）"},
        {"amount": floor_yuan(other * half)},
        {"facts": (spent, here, Money("spent", "又一个"))},
        {"once": ("nothing",)},
        {"lanes": ("fast",)},
        {"use": "科研"},  # a code no fund lists is refused at the start (tests/records/test_pack.py)
        {"instrument": "money"},
        {"once_per": "day"},
        {"earlier": (Earlier(("nothing",), "own"),)},
        {"earlier": (Earlier(("here",), "own"),)},  # without the fact it is taken off by
        {"earlier": (Earlier((), "own", tells="spent", what="nothing"),)},
        {"excludes": (Excludes(("M3.2-try",), ("nothing",), "只给一次"),)},
    ):
        with pytest.raises(DeclarationError):
            award(**changed)
    for wrong in ("3.2", "三（〇）", "第十二", "十二条", "第十二条第二", "一百（一）"):
        with pytest.raises(DeclarationError, match="is cited like"):
            Article(wrong, "words", chapter=3)
    with pytest.raises(DeclarationError):
        Article("三（二）", " ")
    with pytest.raises(DeclarationError):
        const(0.5)
    with pytest.raises(DeclarationError):
        money_term("cap", "上限", Fen(100), mark="policy", source="三（二）")
    with pytest.raises(DeclarationError):
        money_term("cap", "上限", since((DAY, Fen(100))), mark="policy", source=" ")
    with pytest.raises(DeclarationError):
        Condition("here", "在本市", here, "", WORDS)
    with pytest.raises(DeclarationError):
        Measure("M3.1", "试", WORDS, "单位", (Stage("一"),), awards=(award(),))
    with pytest.raises(DeclarationError):
        Measure("M3.2", "试", WORDS, "单位", (Stage("一"),))


@pytest.mark.parametrize(
    ("ref", "chapter", "number"),
    [
        ("三（二）", 0, "3.2"), ("十一（十二）", 0, "11.12"), ("第十二条", 3, "3.12"), ("第二十条第二款", 7, "7.20"),
        ("第三十二条第一款第三项", 8, "8.32"), ("第九条（三）", 2, "2.9"), ("第九十九条", 10, "10.99"),
    ],
)  # fmt: skip
def test_clauses_are_numbered_by_chapter_whichever_way_they_are_cited(ref, chapter, number):
    assert Article(ref, "words", chapter=chapter).number == number


def test_the_chapter_of_a_clause_is_said_once():
    with pytest.raises(DeclarationError, match="chapter=3"):
        Article("第十二条", "words")
    with pytest.raises(DeclarationError, match="says its chapter itself"):
        Article("三（二）", "words", chapter=3)


def test_numerals_read_as_they_are_written():
    for number in range(1, 100):
        assert read_numeral(numeral(number)) == number
    assert [numeral(n) for n in (1, 10, 12, 20, 32)] == ["一", "十", "十二", "二十", "三十二"]


def test_an_award_stands_on_its_own_article_not_on_one_that_begins_alike():
    """M3.12 is no award of 三（一）."""
    with pytest.raises(DeclarationError, match=r"which is M3\.1"):
        award(code="M3.12", articles=(Article("三（一）", "words"),))
    with pytest.raises(DeclarationError, match="at most 30 characters"):
        award(code="M3.2-an-award-with-a-name-far-too-long")


@pytest.mark.parametrize("lane", ["quick", "ordinary"])
def test_what_is_applied_for_says_what_is_one_matter(lane):
    """Without it the same matter could be applied for, and paid, again next year."""
    with pytest.raises(DeclarationError, match="let once name its contract, audit or project number"):
        award(once=(), lanes=("entitled", lane))
    assert award(once=(), lanes=("entitled",)).once == ()
    assert award(once=(), lanes=(lane,), once_per="payee").once_per == "payee"


def test_two_awards_exclude_each_other_or_neither():
    def pack(*back, awards=("M3.2-b",)):
        one = award(code="M3.2-a", excludes=(Excludes(awards, ("spent",), "就高不重复"),))
        two = award(code="M3.2-b", excludes=back)
        return Pack("试", (Measure("M3.2", "试", WORDS, "单位", (Stage("一"),), awards=(one, two)),))

    pack(Excludes(("M3.2-a",), ("spent",), "就高不重复")).check_excludes()
    for wrong in (pack(), pack(Excludes(("M3.2-a",), ("here",), "不同的事实")), pack(awards=("M9.9",))):
        with pytest.raises(DeclarationError, match=r"M3\.2-a excludes M"):
            wrong.check_excludes()
    with pytest.raises(DeclarationError):
        Excludes(("M3.2-a",), (), "没有事实")


def test_what_the_office_decides_counts_from_its_day():
    cap = money_term("cap", "上限", undecided("上限多少"), mark="assumed", source="政策没有写明")
    made = award(amount=floor_yuan(cap))
    facts = made.examples[0].facts
    assert decide(made, facts, DAY).granted is None
    decided = {"cap": since((date(2026, 7, 1), Fen(500)))}
    assert decide(made, facts, date(2026, 6, 30), decided).granted is None
    assert decide(made, facts, date(2026, 7, 1), decided).granted == 500


def test_what_the_policy_fixes_the_office_cannot_change():
    made = award()
    decided = {"half": since((DAY, Fraction(1)))}
    assert decide(made, made.examples[0].facts, DAY, decided).granted == 100


def test_a_column_that_would_wrap_around_raises():
    made = award()
    columns = {"spent": np.array([2**61, 1], np.int64), "here": np.array([True, True])}
    with pytest.raises(TooLarge):
        decide_columns(award(amount=floor_yuan(spent * spent)), columns, DAY)
    assert decide_columns(
        made, {"spent": np.array([301, 100]), "here": np.array([True, False])}, DAY
    ).granted.tolist() == [100, 0]


def test_errors_are_told_for_every_key_at_once():
    with pytest.raises(BadFacts) as why:
        decide(award(), {"spent_yuan": -1, "x": 1}, DAY)
    assert set(why.value.errors) == {"spent_yuan", "x", "here"}


def counted(tells, what=None, **rule):
    facts = (spent, here, tells, *([what] if what is not None else []))
    return award(facts=facts, earlier=(Earlier((), "own", tells=tells.code, what=what.code if what else "", **rule),))


MONTHS, LEVELS = Count("months", "月数", unit="月"), {"a": "甲", "b": "乙"}


@pytest.mark.parametrize(
    ("tells", "what", "said"),
    [
        (Count("had", "已给", unit="元"), None, "make it Money"),
        (Choices("had", "已给", LEVELS), MONTHS, "make it Count, in 月"),
        (Count("had", "已给", unit="天"), MONTHS, "make it Count, in 月"),
        (Count("had", "已给", unit="月"), Money("cost", "费用"), "make it Money, in 元"),
        (Money("had", "已给"), Choice("level", "级别", LEVELS), "Choices with the same names"),
        (Choices("had", "已给", {"a": "甲"}), Choice("level", "级别", LEVELS), "Choices with the same names"),
        (Money("had", "已给"), Text("note", "说明"), "only a Money, a Count or a Choice"),
    ],
)
def test_what_earlier_grants_tell_fits_the_fact_it_is_told_in(tells, what, said):
    """Otherwise every worked case comes out, and no application could ever be decided."""
    with pytest.raises(DeclarationError, match=said):
        counted(tells, what)


def test_what_earlier_grants_tell_that_fits():
    counted(Money("had", "已给"))
    counted(Count("had", "已给", unit="月"), MONTHS)
    counted(Money("had", "已给"), Money("cost", "费用"))
    counted(Choices("had", "已给", LEVELS), Choice("level", "级别", LEVELS))


def test_a_row_of_rules_each_with_a_fact_of_its_own():
    had, other = Money("had", "已给"), Money("other", "已给")
    rule = Earlier((), "own", tells="had")
    award(facts=(spent, here, had, other), earlier=(rule, Earlier((), "own", tells="other", this_year=True)))
    with pytest.raises(DeclarationError, match="two rules of earlier tell one fact"):
        award(facts=(spent, here, had), earlier=(rule, rule))
    with pytest.raises(DeclarationError, match=r"earlier=\(Earlier\(…\),\)"):
        award(facts=(spent, here, had), earlier=rule)


def test_awards_that_count_each_other_all_say_so_alike():
    had = Money("had", "已给")

    def pack(*rules):
        made = [
            award(code=f"M3.2-{n}", facts=(spent, here, had), earlier=rule)
            for n, rule in zip("abc", rules, strict=True)
        ]
        return Pack("try", (Measure("M3.2", "试", WORDS, "单位", (Stage("一"),), awards=tuple(made)),))

    def rule(*others, **more):
        return (Earlier((), "own", tells="had", awards=tuple(f"M3.2-{n}" for n in others), **more),)

    pack(rule("b", "c"), rule("c", "a"), rule("a", "b")).check_earlier()
    pack(rule("b"), rule("a"), rule()).check_earlier()
    for wrong in (
        (rule("b"), rule(), rule()),
        (rule("b", "c"), rule("a"), rule("a", "b")),  # b does not know of c
        (rule("b"), rule("a", this_year=True), rule()),
        (rule("b"), (), rule()),
    ):
        with pytest.raises(DeclarationError, match=r"not the reverse: every one of M3\.2-a, M3\.2-b"):
            pack(*wrong).check_earlier()
    with pytest.raises(DeclarationError, match=r"counts M3\.2-z, which is no award"):
        pack(rule("z"), rule(), rule()).check_earlier()


@pytest.mark.parametrize(
    "fact",
    [
        Money("registered_in_city", "在本市"), Count("passed_review", "评审", unit="分"),
        Count("paid_before", "已付", unit="元"), Listed("milestones", "里程碑", (Money("amount", "金额"),)),
        Ratio("pool_factor", "系数", source="derived"),
    ],
    ids=lambda fact: fact.code,
)  # fmt: skip
def test_what_the_program_tells_is_declared_as_it_tells_it(fact):
    with pytest.raises(DeclarationError, match=f"the program itself tells {fact.code}: write it [A-Z]"):
        award(facts=(spent, here, fact))


def test_rules_that_count_more_are_another_law_and_those_before_are_the_same():
    had = Money("had", "已给")
    one = (Earlier(("here",), "own", tells="had"),)
    data = [as_data(award(facts=(spent, here, had), earlier=rules)) for rules in ((), one)]
    assert [(found["earlier"], "counted" in found) for found in data] == [([], False), (["here", "own"], False)]
    several = award(facts=(spent, here, had), earlier=(Earlier(("here",), "own", tells="had", awards=("M3.2-b",)),))
    assert as_data(several)["counted"][0]["awards"] == ["M3.2-b"]


def test_a_fact_declared_twice_is_told_as_such():
    with pytest.raises(DeclarationError, match="uses the fact spent, which is another than the one of that code"):
        award(amount=floor_yuan(Money("spent", "支出") * half))
