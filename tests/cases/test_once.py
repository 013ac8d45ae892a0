"""The same matter is supported once: the second application is refused and names the first."""

from datetime import date

import pytest

from triplehelix.procedure.cases import actions, eligibility

TALENT = {"person": "李若溪", "programme": "provincial"}
PLATFORM = {
    "platform_type": "KEY_LAB", "accreditation_no": "聊科字〔2026〕8号", "platform_name": "聊城市精密轴承重点实验室",
}  # fmt: skip
STARTUP = {"person": "李若溪"}


@pytest.mark.parametrize(
    ("code", "lane", "facts", "other"),
    [
        ("M1.1", "ordinary", PLATFORM, {"accreditation_no": "聊科字〔2027〕3号"}),
        ("M1.1", "ordinary", PLATFORM, {"platform_type": "ETC"}),
        # One document recognises many.
        ("M1.1", "ordinary", PLATFORM, {"platform_name": "聊城市轴承润滑重点实验室"}),
        ("M2.3-match", "quick", TALENT, {"programme": "national"}),
        ("M2.3-startup", "ordinary", STARTUP, {"person": "王明远"}),
    ],
)
def test_the_next_year_does_not_make_it_another_matter(city, code, lane, facts, other):
    firm, member = city.firm()
    first, second = (
        actions.open_round(
            award_code=code, lane=lane, title=f"{year} 年", year=year, opens_on=date(2026, 6, 1),
            closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
        )
        for year in (2026, 2027)
    )  # fmt: skip

    def case(round, given):
        made = actions.start(round=round, organisation=firm, title="申请", actor=member, now=city.now)
        made.facts, made.state = given, "accepting"
        made.save()
        return made

    one, again = case(first, facts), case(second, facts)
    (found,) = eligibility.given_before(again)
    assert found.blocks and found.cases == (one.number,)
    assert one.number in found.message and "不论哪一年只给一次" in found.message
    assert list(eligibility.given_before(case(second, facts | other))) == []


@pytest.mark.parametrize("code", ["M2.1", "M2.4"])
def test_what_rests_on_a_years_work_is_given_each_year(code):
    from triplehelix.procedure.terms.finds import pack

    assert pack().award(code).once_per == "year"
