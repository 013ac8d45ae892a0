"""Published lists as files to take away: Excel, Word, JSON, Atom. The same rows in each."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from triplehelix.foundation.sheet import Sheet, width_of, write_xlsx
from triplehelix.market.lists import table
from triplehelix.market.lists.models import ListEntry, PublishedList
from triplehelix.market.lists.rules import city_name, kind_of
from triplehelix.procedure.letters.letter import Annex, Block, Letter
from triplehelix.procedure.letters.word import docx
from triplehelix.procedure.letters.words import day, sentence

ATOM = "application/atom+xml"
FED = 50
GONE_HEAD = ("序号", "名称", "单位", "原因")


def about(found: PublishedList, entries: Sequence[ListEntry]) -> list[tuple[str, str]]:
    """What a reader of the file must know of it, as label and words."""
    count = table.counts(entries)
    said = [
        ("标题", found.title),
        ("编号", found.number),
        ("发布单位", found.issuer),
        ("发布日期", day(timezone.localdate(found.published_at))),
        ("范围", found.place_name),
        ("期别", f"{day(found.first)}至{day(found.last)}"),
        ("条数", f"{found.size}"),
        ("确认", f"所列内容由各单位提供，发布时均在 {found.confirmed_within} 天内确认过"),
    ]
    if found.compared_with:
        words = f"新增 {count['new']} 条，变动 {count['changed']} 条，退出 {len(found.gone)} 条"
        said.append((f"与{found.compared_with.number}相比", words))
    if found.replaces:
        said.append(("更正", f"本清单替代{found.replaces.number}：{found.why}"))
    if found.newer:
        said.append(("注意", f"本清单已由{found.newer.number}替代"))
    return [*said, ("校验码（SHA-256）", found.digest)]


def gone_rows(found: PublishedList) -> list[tuple[str, str, str, str]]:
    return [
        (str(n), one["title"], one["organisation"], table.gone_words(one)) for n, one in enumerate(found.gone, start=1)
    ]


def xlsx(found: PublishedList, entries: Sequence[ListEntry]) -> bytes:
    """The rows, what the list is, and what left it since the one before."""
    columns = table.COLUMNS[found.kind]
    wide = {"title": 20, "text": 58, "organisation": 16, "modes": 11, "ip": 20}
    widths = [6, *(wide.get(column.key, width_of(column.heading) + 2) for column in columns), 14]
    rows = [table.cells(found.kind, one) for one in entries]
    heads = table.headings(found.kind)
    sheets = [
        Sheet(kind_of(found.kind).name, heads, rows, widths, wrap=heads),
        Sheet("说明", ("项目", "内容"), about(found, entries), (22, 80), wrap=("内容",)),
    ]
    if found.gone:
        sheets.append(Sheet("退出的条目", GONE_HEAD, gone_rows(found), (7, 50, 36, 16), wrap=GONE_HEAD))
    return write_xlsx(sheets)


def word(found: PublishedList, entries: Sequence[ListEntry]) -> bytes:
    """The list as an official document: a letter that publishes it, the table behind it."""
    return docx(letter(found, entries))


def letter(found: PublishedList, entries: Sequence[ListEntry]) -> Letter:
    name = kind_of(found.kind).name
    firms = len({one.values["organisation"] for one in entries})
    blocks = [
        Block(
            "text",
            f"现发布《{found.title}》，共{found.size}项，来自{firms}家单位。所列内容由各单位提供，截至"
            f"{day(timezone.localdate(found.published_at))}，均在{found.confirmed_within}日内确认有效。",
        )
    ]
    if found.replaces:
        blocks.append(Block("text", sentence(f"本清单更正并替代{found.replaces.number}。更正说明：{found.why}")))
    if found.compared_with:
        count = table.counts(entries)
        words = f"新增{count['new']}项，变动{count['changed']}项，退出{len(found.gone)}项"
        blocks.append(Block("text", f"与{found.compared_with.number}相比，{words}，变化在附件中逐条注明。"))
    blocks.append(
        Block("text", "有意对接的单位和个人，请登录平台，在相应条目下联系发布单位；联系方式仅向经核实的单位提供。")
    )
    if found.newer:
        blocks.append(Block("text", f"（本清单已由{found.newer.number}替代。）"))
    columns = table.COLUMNS[found.kind]
    shares = (3, *(column.share for column in columns), 8)
    heads = tuple(table.headings(found.kind))
    annexes = [Annex(name, heads, tuple(tuple(table.cells(found.kind, one)) for one in entries), shares)]
    if found.gone:
        annexes.append(Annex("退出的条目", GONE_HEAD, tuple(gone_rows(found)), (3, 45, 30, 12)))
    day_of = timezone.localdate(found.published_at)
    return Letter(
        "list", f"关于发布{found.title}的通知", found.number, "", tuple(blocks), found.issuer, day_of,
        tuple(one.title for one in annexes), annexes=tuple(annexes),
    )  # fmt: skip


def json(found: PublishedList, entries: Sequence[ListEntry]) -> JsonResponse:
    return JsonResponse(table.data(found, entries), json_dumps_params={"ensure_ascii": False, "indent": 1})


def feed(request: HttpRequest, lists: Sequence[PublishedList], kind: str) -> str:
    """The newest lists as an Atom feed; each entry points to the page, the files beside it. What it is called by (`id`)
    stays, by whichever name of the site it is asked for (RFC 4287 §4.2.6)."""

    def name(address: str) -> str:
        return f"{settings.SITE_URL}{urlsplit(address).path}" if settings.SITE_URL else address

    def link(view: str, *args: Any) -> str:
        return request.build_absolute_uri(reverse(view, args=args))

    title = f"{city_name()}{kind_of(kind).name if kind else '供需清单'}"
    own = link("web:list-feed", kind) if kind else link("web:lists-feed")
    made = Atom1Feed(
        title=title, link=link("web:lists"), feed_url=own, feed_guid=name(own), language="zh-hans",
        description="", author_name=f"{city_name()}科学技术局",
    )  # fmt: skip
    for one in lists:
        page = link("web:list", one.pk)
        words = f"{one.number}，共 {one.size} 条。"
        if one.replaces:
            words += f"更正并替代{one.replaces.number}：{one.why}。"
        if one.newer:
            words += f"已由{one.newer.number}替代。"
        changed = one.newer.published_at if one.newer else one.published_at
        made.add_item(
            title=one.title, link=page, unique_id=name(page), description=escape(words), pubdate=one.published_at,
            updateddate=changed, categories=(kind_of(one.kind).name, one.place_name), author_name=one.issuer,
        )  # fmt: skip
    return str(made.writeString("utf-8"))
