"""Needs in parts: the composed text, how complete they are, what is confidential, what says the same."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.market.conftest import NOW, account, member, organisation
from tests.market.sheets import HEADINGS, Sheet, good
from tests.market.test_flow import VALUES, draft, published, stepped
from tests.market.test_imports import checked, confirmed
from triplehelix.foundation.sheet import read_table
from triplehelix.market.imports import actions as imports
from triplehelix.market.listings import actions, finds
from triplehelix.market.needs import completeness, twins
from triplehelix.market.needs.models import Confidential, Need
from triplehelix.market.needs.words import Words
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.usefixtures("as_the_trail_says")

PARTS = {
    "what": "开关柜里用的镀锡铜排",
    "present": "放三个月表面发黑，接触电阻由 8 微欧升到 21 微欧",
    "target": "中性盐雾 240 小时不变色",
    "tried": "含铬钝化，出口客户不收。",
}
COMPOSED = (
    "开关柜里用的镀锡铜排。\n目前：放三个月表面发黑，接触电阻由 8 微欧升到 21 微欧。\n"
    "要求：中性盐雾 240 小时不变色。\n试过：含铬钝化，出口客户不收。\n成本每米不超过 2 元。"
)
TEASER = "一家电工企业想解决导电件表面防变色的问题，要求环保，需要有批量经验的团队来谈。"
SECRET = {**PARTS, "secrecy": "confidential", "teaser": TEASER, "text": ""}


def edited(need, values, clerk):
    return actions.edit(listing=need, values=values, actor=clerk, now=NOW, seen_version=need.version)


def stored(need):
    return Need.objects.get(pk=need.pk)


def test_parts_are_composed_in_their_order_and_one_piece_stays_as_it_is(clerk, firm):
    made = draft(clerk, firm, text="", rest="成本每米不超过 2 元", **PARTS)
    assert stored(made).text == COMPOSED
    assert stored(draft(clerk, firm)).text == VALUES["text"]
    assert stored(draft(clerk, firm)).words() == Words(rest=VALUES["text"])


def test_one_part_changes_and_the_text_follows(clerk, firm):
    made = published(clerk, firm, text="", **PARTS)
    changed = edited(made, {"target": "中性盐雾 480 小时不变色"}, clerk)
    assert "480 小时" in stored(changed).text
    entry = Entry.objects.filter(subject_kind=Need.kind, verb="edit").get()
    assert entry.data["changed"]["target"] == PARTS["target"]
    with pytest.raises(Invalid, match="分项填写"):
        edited(changed, {"text": "换成整段"}, clerk)
    assert edited(changed, {"text": stored(changed).text, "title": "新"}, clerk).title == "新"


def test_an_old_need_gets_parts_when_its_firm_fills_them_in(clerk, firm):
    made = edited(draft(clerk, firm), {**PARTS, "rest": ""}, clerk)
    assert stored(made).text == COMPOSED.rpartition("\n")[0]


class TestConfidential:
    def test_what_anybody_may_read_is_the_summary_wherever_it_is_read(self, clerk, firm):
        made = published(clerk, firm, **SECRET)
        row = stored(made)
        assert (row.text, row.what, row.present, row.target, row.tried, row.rest) == (TEASER, "", "", "", "", "")
        assert row.words() == Words(**PARTS)

    def test_the_words_are_encrypted_where_they_lie(self, clerk, firm):
        published(clerk, firm, **SECRET)
        with connection.cursor() as cursor:
            cursor.execute("SELECT n::text || c::text FROM needs_need n JOIN needs_confidential c ON c.need_id = n.id")
            row = cursor.fetchone()[0]
            cursor.execute("SELECT string_agg(data::text || why, ' ') FROM trail_entry")
            row += cursor.fetchone()[0]
        assert TEASER in row
        assert not any(said in row for said in PARTS.values())

    def test_becoming_confidential_takes_the_words_away_and_becoming_open_shows_them(self, clerk, firm):
        made = draft(clerk, firm, text="", **PARTS)
        closed = edited(made, {"secrecy": "confidential", "teaser": TEASER}, clerk)
        assert stored(closed).text == TEASER
        assert Entry.objects.get(subject_kind=Need.kind, verb="edit").data["changed"]["secrecy"] == "open"
        again = edited(stored(closed), {"target": "盐雾 480 小时"}, clerk)
        assert stored(again).words().target == "盐雾 480 小时"
        opened = edited(stored(again), {"secrecy": "open"}, clerk)
        assert stored(opened).target == "盐雾 480 小时"
        assert "盐雾 480 小时" in stored(opened).text
        assert not Confidential.objects.exists()

    @pytest.mark.parametrize(("teaser", "says"), [("", "公开摘要"), ("太短", "至少 30 个字")])
    def test_without_a_summary_it_is_not_published(self, clerk, firm, teaser, says):
        with pytest.raises(Refused, match=says):
            published(clerk, firm, **SECRET | {"teaser": teaser})

    def test_a_summary_that_copies_the_text_is_refused_at_its_field(self, clerk, firm):
        copy = "摘要：" + PARTS["present"]
        with pytest.raises(Invalid) as why:
            draft(clerk, firm, **SECRET | {"teaser": copy})
        assert "照抄" in why.value.errors["teaser"]

    @pytest.mark.parametrize("before", [[], ["publish", "withdraw", "reopen"]])
    def test_what_was_said_before_it_became_confidential_and_never_shown_is_not_in_the_trail(self, clerk, firm, before):
        made = draft(clerk, firm, text="", **PARTS)
        for step in before:
            made = stepped(made, step, clerk)
        made = edited(made, {"what": "代号青鸾的叶片", "title": "青鸾叶片开裂"}, clerk)
        made = edited(made, {"what": "某型叶片", "title": "叶片开裂"}, clerk)
        edited(made, {"secrecy": "confidential", "teaser": TEASER}, clerk)
        rows = Entry.objects.filter(subject_kind=Need.kind, subject_id=str(made.pk))
        assert "青鸾" not in str(list(rows.values("data", "why")))
        assert rows.filter(verb="edit")[1].data["changed"].keys() == {"title", "what", "text"}

    def test_what_was_public_is_in_the_trail_with_what_it_said(self, clerk, firm):
        made = edited(published(clerk, firm, text="", **PARTS), {"what": "换了说法的镀锡铜排"}, clerk)
        row = Entry.objects.get(subject_kind=Need.kind, subject_id=str(made.pk), verb="edit")
        assert row.data["changed"]["what"] == PARTS["what"]

    def test_a_title_that_copies_the_text_is_refused_at_its_field(self, clerk, firm):
        """Everybody reads the title. Also when it is changed alone, and when an open need becomes confidential."""
        copy = "难题：" + PARTS["present"]
        for values in (SECRET | {"title": copy}, SECRET | {"title": "铜排 " + PARTS["present"].upper()}):
            with pytest.raises(Invalid) as why:
                draft(clerk, firm, **values)
            assert list(why.value.errors) == ["title"] and "照抄" in why.value.errors["title"]
        made = published(clerk, firm, **SECRET)
        with pytest.raises(Invalid) as why:
            edited(made, {"title": copy}, clerk)
        assert list(why.value.errors) == ["title"]
        opened = draft(clerk, firm, text="", title=copy, **PARTS)
        with pytest.raises(Invalid):
            edited(opened, {"secrecy": "confidential", "teaser": TEASER}, clerk)
        assert stored(opened).secrecy == "open"

    @pytest.mark.usefixtures("forged")
    def test_one_whose_title_copied_the_text_before_that_was_asked_is_not_published(self, clerk, firm):
        made = draft(clerk, firm, **SECRET)
        Need.objects.filter(pk=made.pk).update(title=PARTS["present"])
        with pytest.raises(Refused, match="标题人人可见"):
            stepped(stored(made), "publish", clerk)

    def test_the_database_refuses_confidential_words_in_the_open_columns(self, clerk, firm):
        made = published(clerk, firm, **SECRET)
        with pytest.raises(IntegrityError), transaction.atomic():
            Need.objects.filter(pk=made.pk).update(target="漏出来")

    @pytest.mark.parametrize("given", [{"secrecy": "secret"}, {"secrecy": "涉密"}, {"tried": "机密★5年"},
                                       {"title": "秘密 ★ 某装置"}])  # fmt: skip
    def test_state_secrets_are_refused_and_nothing_is_kept(self, clerk, firm, given):
        with pytest.raises(Invalid) as why:
            draft(clerk, firm, **given)
        assert "国家秘密" in next(iter(why.value.errors.values()))
        assert not Need.objects.exists()


class TestCompleteness:
    def test_by_hand(self):
        assert completeness.of({}).score == 0
        assert completeness.FULL == 100
        told = completeness.of(PARTS)
        assert told.score == 15 + 15 + 10 + 15 + 15 + 10
        assert [one.key for one in told.missing] == ["budget", "needed_by", "field", "contact"]
        vague = completeness.of(PARTS | {"target": "表面一直保持光亮"})
        assert vague.score == told.score - 15
        assert str(vague.missing[0].says) == "指标里没有数字，例如“盐雾 240 小时”“不良率低于 0.5%”"
        assert str(completeness.of(PARTS | {"target": ""}).missing[0].says).startswith(
            "没有写清要达到的指标，例如“盐雾"
        )

    def test_one_piece_counts_by_what_it_says(self, clerk, firm):
        told = completeness.of_need(draft(clerk, firm))
        assert [one.key for one in told.missing] == ["tried", "budget", "needed_by"]
        assert told.score == 100 - 10 - 7 - 5
        assert completeness.of({"rest": "想做得更好"}).score == 0

    def test_a_confidential_need_counts_all_its_words(self, clerk, firm):
        assert completeness.of_need(stored(draft(clerk, firm, **SECRET))).score == 88


class TestTwins:
    def test_typed_twice_by_the_same_firm(self, clerk, firm):
        first, again = published(clerk, firm), draft(clerk, firm, title="镀锡铜排又发黑")
        found = twins.of(again, finds.shown_to(Need, clerk, NOW))
        assert [(one.need.pk, one.percent, one.is_own) for one in found] == [(first.pk, 100, True)]

    def test_copied_from_another_firms(self, clerk, firm, stranger):
        own = draft(clerk, firm, text=VALUES["text"].replace("三个月", "三到四个月"), title="别的题目")
        published(stranger, stranger.memberships.get().organisation)
        found = twins.of(own, finds.shown_to(Need, clerk, NOW))
        assert [one.is_own for one in found] == [False]
        assert 60 <= found[0].percent < 100

    def test_a_draft_of_others_is_nobodys_business(self, clerk, firm, stranger):
        draft(stranger, stranger.memberships.get().organisation)
        assert twins.of(draft(clerk, firm), Need.objects.all()) == []

    def test_other_matters_are_left_alone(self, clerk, firm):
        published(
            clerk, firm, title="轴承套圈", text="轴承套圈磨削后残余应力不稳，成品存放半年椭圆度超差，要求一年不变。"
        )
        assert twins.of(draft(clerk, firm), Need.objects.all()) == []


class TestImport:
    LABELS = ["对象", "现状", "要达到的指标", "试过的办法", "最晚什么时候要", "能否公开", "公开摘要"]

    def landed(self, clerk, firm, *rows):
        blank = dict.fromkeys(self.LABELS, "")
        own = {"统一社会信用代码": firm.uscc, "单位名称": firm.name}
        made = Sheet([good(n) | own | blank | row for n, row in enumerate(rows)])
        return checked(clerk, made.xlsx([*HEADINGS, *self.LABELS]), organisation=firm)

    def test_parts_land_and_wrong_ones_are_named(self, clerk, firm):
        parts = dict(zip(self.LABELS, PARTS.values(), strict=False)) | {"内容": ""}
        case = self.landed(
            clerk, firm, parts | {"最晚什么时候要": "2027-03-31"},
            parts | {"能否公开": "保密", "公开摘要": TEASER},
            {"内容": ""}, {"能否公开": "涉密"}, {"最晚什么时候要": "2026-01-01"}, {"最晚什么时候要": "明年"},
            parts | {"能否公开": "保密", "公开摘要": "即" + PARTS["present"]},
            parts | {"能否公开": "保密", "公开摘要": TEASER, "标题": PARTS["present"]}, {"标题": "秘密 ★ 某装置"},
        )  # fmt: skip
        wrong = {(error["row"], error["column"]) for error in case.errors}
        assert wrong == {(4, "内容"), (5, "能否公开"), (6, "最晚什么时候要"), (7, "最晚什么时候要"), (8, "公开摘要"),
                         (9, "标题"), (10, "标题")}  # fmt: skip
        assert not any(PARTS["present"][:8] in error["message"] for error in case.errors), "errors are kept in the open"

    def test_a_confidential_row_lands_beside(self, clerk, firm):
        parts = dict(zip(self.LABELS, PARTS.values(), strict=False)) | {"内容": "补一句"}
        case = self.landed(clerk, firm, parts, parts | {"能否公开": "保密", "公开摘要": TEASER})
        assert case.errors == []
        imports.land(pk=confirmed(case).pk, now=NOW)
        shown, hidden = Need.objects.order_by("pk")
        assert shown.rest == "补一句" and shown.text.endswith("补一句。")
        assert (hidden.text, hidden.words().what) == (TEASER, PARTS["what"])
        assert shown.sketch and hidden.sketch

    def test_no_sheet_of_needs_lies_in_plain_text(self, clerk, firm, settings, tmp_path):
        """Nor its copy with the wrong cells marked; those from before are sealed when the worker comes to them."""
        settings.MEDIA_ROOT = tmp_path
        parts = dict(zip(self.LABELS, PARTS.values(), strict=False))
        case = self.landed(clerk, firm, parts | {"能否公开": "保密", "公开摘要": TEASER, "技术领域": "炼金"})
        assert case.state == "wrong" and case.annotated.sealed and case.file.sealed
        lying = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(lying) == 2 and all(path.suffix == ".sealed" for path in lying)
        with case.annotated.open() as stream:
            assert PARTS["what"] in str(read_table(stream).lines)
        File.objects.update(sealed=False)
        for one in (case.file, case.annotated):
            content = one.open().read()
            one.refresh_from_db()
            one.path.write_bytes(content)
        assert (imports.seal_sheets(now=NOW), imports.seal_sheets(now=NOW)) == (2, 0)
        case.file.refresh_from_db()
        assert case.file.sealed and case.file.open().read()


def test_a_submitted_confidential_need_is_approved_by_an_officer(county, db):
    firm = organisation(9110, confirmed=False)
    clerk = member(account("quiet"), firm)
    waiting = stepped(draft(clerk, firm, **SECRET), "submit", clerk)
    assert stepped(waiting, "approve", county).state == "published"
