"""完成人 of an achievement: who may be named, how they are written, and what a sheet may not make up."""

import io

import pytest
import xlsxwriter

from tests.market.conftest import NOW, organisation
from tests.market.sheets import code
from tests.market.test_flow import published
from triplehelix.market.achievements import people
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions as experts
from triplehelix.market.experts import finds
from triplehelix.market.experts.models import Expert
from triplehelix.market.imports import actions as imports
from triplehelix.market.listings import actions
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import take
from triplehelix.records.trail import followers
from triplehelix.records.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_the_trail_says")]


def person(name, home, **more):
    return parties.register_person(name=name, home=home, actor=None, now=NOW, **more)


def named(asked, home, kept=()):
    return people.Register(asked).named(asked, uscc=home.uscc, kept=kept)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三、李四", ["张三", "李四"]),
        (" 张三 ， 李四；王五;赵六,", ["张三", "李四", "王五", "赵六"]),
        ("张三（教授、博导）、李四(示例大学(威海))\n王五", ["张三（教授、博导）", "李四(示例大学(威海))", "王五"]),
        ("John  Smith、张三）、李四", ["John Smith", "张三）", "李四"]),
        ("", []),
    ],
)
def test_names_are_cut_outside_brackets(text, names):
    assert people.split(text) == names


def test_a_name_alone_is_somebody_of_the_own_organisation(firm):
    elsewhere = organisation(9003)
    own, _other = person("容止戈", firm), person("容止戈", elsewhere)
    assert named(["容止戈"], firm) == named([own.pk], firm) == [own]
    assert named(["容止戈", own.pk, f"容止戈（{firm.name}）"], firm) == [own]
    with pytest.raises(Invalid, match=r"没有登记过“白若铜”.*没有登记过“999”"):
        named(["白若铜", 999], firm)


def test_two_of_one_name_are_told_apart(firm):
    old, young = person("容止戈", firm, title="教授"), person("容止戈", firm, discipline="材料")
    with pytest.raises(Invalid, match=rf"有 2 位“容止戈”.*容止戈（教授）、容止戈（{young.pk}）"):
        named(["容止戈"], firm)
    assert named(["容止戈（教授）"], firm) == [old]
    assert named(["容止戈(材料)"], firm) == named([f"容止戈（{young.pk}）"], firm) == [young]
    third = person("容止戈", firm, title="教授")
    for one, said in zip([old, young, third], people.written([old, young, third], organisation=firm), strict=True):
        assert said == f"容止戈（{one.pk}）" and named([said], firm) == [one]


def test_somebody_of_another_organisation_is_written_with_it_and_only_a_confirmed_one(firm):
    guest = person("白若铜", organisation(9003))
    unchecked = person("车铝生", organisation(9004, confirmed=False))
    assert named([f"白若铜（{guest.home.name}）"], firm) == named([guest.pk], firm) == [guest]
    assert people.written([guest], organisation=firm) == [f"白若铜（{guest.home.name}）"]
    for asked in ("白若铜", unchecked.pk, f"车铝生（{unchecked.home.name}）"):
        with pytest.raises(Invalid):
            named([asked], firm)
    assert named([unchecked.pk], firm, kept=[unchecked]) == [unchecked]


def test_people_are_named_and_changed_with_the_achievement(clerk, firm):
    first, second = person("容止戈", firm), person("白若铜", firm)
    made = actions.create(
        model=Achievement, organisation=firm, values={"title": "钝化", "people": ["容止戈"]}, actor=clerk, now=NOW
    )
    assert list(made.people.all()) == [first]
    edit = {"listing": made, "actor": clerk, "now": NOW}
    changed = actions.edit(**edit, values={"people": [second.pk, "容止戈"]}, seen_version=1)
    assert changed.version == 2 and set(made.people.all()) == {first, second}
    row = Entry.objects.filter(subject_kind=Achievement.kind, verb="edit").get()
    assert row.data["changed"] == {"people": [first.pk]}
    same = actions.edit(**edit, values={"people": ["白若铜", "容止戈"]}, seen_version=2)
    assert same.version == 2  # the same people in another order are no change
    with pytest.raises(Invalid, match="没有登记过"):
        actions.edit(**edit, values={"title": "改", "people": ["车铝生"]}, seen_version=2)
    actions.edit(**edit, values={"people": []}, seen_version=2)
    assert not made.people.exists()
    with pytest.raises(Invalid, match="最多 50 位"):
        actions.edit(**edit, values={"people": list(range(1, 60))}, seen_version=3)


def drained():
    while followers.drain("experts.register", now=NOW):
        pass


def test_who_is_named_is_asked_and_of_another_organisation_shown_only_after_the_answer(clerk, firm, stranger):
    guest, own = person("白若铜", stranger.memberships.get().organisation), person("容止戈", firm)
    made = published(clerk, firm, Achievement, people=[guest.pk, own.pk])
    drained()
    home, away = (Expert.objects.get(person=one) for one in (own, guest))
    assert finds.works_of(home, confirmed_only=True).get().work.achievement == made
    assert list(finds.achievements_of(own, confirmed_only=True)) == [made]
    row = finds.works_of(away, confirmed_only=False).get()
    assert not finds.works_of(away, confirmed_only=True).exists()
    assert list(finds.achievements_of(guest, confirmed_only=False)) == [made]
    assert not finds.achievements_of(guest, confirmed_only=True).exists()
    said = {"authorships": [row.pk], "actor": None, "via": "account", "now": NOW}
    experts.confirm(person=guest, **said)
    assert finds.works_of(away, confirmed_only=True).exists()
    assert list(finds.achievements_of(guest, confirmed_only=True)) == [made]
    experts.refuse(person=guest, **said)
    assert not finds.achievements_of(guest, confirmed_only=False).exists()
    # Taken off the achievement, the work stands with nobody.
    actions.edit(
        listing=made, values={"people": [guest.pk]}, actor=clerk, now=NOW, seen_version=made.version
    )  # fmt: skip
    drained()
    assert not finds.works_of(home, confirmed_only=False).exists()


HEADINGS = ("编号", "标题", "内容", "统一社会信用代码", "单位名称", "技术领域", "完成人")


def workbook(*rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("成果")
    page.write_row(0, 0, HEADINGS)
    for n, (number, home, cell) in enumerate(rows, start=1):
        text = "在镀锡铜排表面形成自组装膜，含硫气氛中九十天不变色，接触电阻不升高。"
        page.write_row(n, 0, [number, f"第{n}项", text, home.uscc, home.name, "新材料", cell])
    book.close()
    return out.getvalue()


def brought(account, content, organisation=None, publish=True):
    case = imports.upload(
        content=content, name="成果.xlsx", what=Achievement.kind, publish=publish, account=account,
        organisation=organisation, now=NOW,
    )  # fmt: skip
    return imports.check(pk=case.pk, now=NOW)


def landed(case):
    take(case=case, step="land", actor=case.account, now=NOW, seen_version=case.version)
    return imports.land(pk=case.pk, now=NOW)


def test_a_sheet_names_who_is_registered_and_makes_nobody_up(clerk, firm):
    person("容止戈", firm, title="教授"), person("容止戈", firm, title="讲师"), person("白若铜", firm)
    wrong = brought(clerk, workbook(("1", firm, "白若铜"), ("2", firm, "容止戈、无名氏"), ("3", firm, "")), firm)
    assert wrong.state == "wrong"
    (error,) = wrong.errors
    assert (error["row"], error["column"]) == (3, "完成人")
    assert "容止戈（教授）、容止戈（讲师）" in error["message"]
    assert "没有登记过“无名氏”" in error["message"] and "先在“本单位的人员”里登记" in error["message"]
    rows = (("1", firm, "白若铜,容止戈（讲师）"), ("2", firm, ""), ("3", firm, "白若铜"))
    right = landed(brought(clerk, workbook(*rows), firm))
    assert right.state == "landed", right.errors
    found = {one.number: sorted(p.title for p in one.people.all()) for one in Achievement.objects.all()}
    assert found == {"1": ["", "讲师"], "2": [], "3": [""]}
    drained()
    expert = Expert.objects.get(person__name="白若铜")
    assert finds.works_of(expert, confirmed_only=True).count() == 2


def test_an_officers_sheet_names_people_of_each_organisation(officer, firm):
    other = organisation(9003)
    own, guest = person("容止戈", firm), person("容止戈", other)
    unknown = type("Home", (), {"uscc": code(9777), "name": "没有登记过的厂"})()
    assert brought(officer, workbook(("1", unknown, "容止戈"))).state == "wrong"
    rows = (("1", firm, "容止戈"), ("2", other, "容止戈"), ("3", unknown, f"容止戈（{other.name}）"))
    assert landed(brought(officer, workbook(*rows), publish=False)).state == "landed"
    assert [one.people.get() for one in Achievement.objects.order_by("number")] == [own, guest, guest]


def test_who_was_renamed_between_check_and_landing_stops_the_sheet(clerk, firm):
    who = person("容止戈", firm)
    case = brought(clerk, workbook(("1", firm, "容止戈")), firm)
    parties.amend_person(person=who, values={"name": "容止"}, actor=None, now=NOW, seen_version=1)
    case = landed(case)
    assert case.state == "wrong" and not Achievement.objects.exists()
    assert "没有登记过“容止戈”" in case.errors[0]["message"]
