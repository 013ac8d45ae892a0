"""The columns of lists of papers and of patents. Files of other shapes become tables with these columns first, so that
what is wrong in them is said by row and column like everywhere."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from triplehelix.foundation.sheet import Cell, Column, Schema, Table
from triplehelix.market.experts import names
from triplehelix.market.experts.reading.found import (
    ABSTRACT,
    RAW,
    TITLE,
    VENUE,
    FoundAuthor,
    FoundWork,
    clean,
    doi_of,
    orcid_of,
    patent_of,
    plain,
    subjects_of,
    year_of,
)

Parse = Callable[[str], Any]
#: Sources a file may come from, as the readers of files name them. The platform's own records (achievements, what it
#: has harvested) are told by the platform alone: a sheet that could name them could write over them.
OUTSIDE = ("bibtex", "orcid", "openalex")
#: Fewer than a record's number may have: who brought it may have to stand before it.
SOURCE_NUMBER = 180


def line(most: int) -> Parse:
    """Text of at most so many characters, blanks evened out."""
    return lambda cell: clean(cell, most)


def year(on: date) -> Parse:
    """The year of a date or a year, no later than the next."""

    def parse(cell: str) -> int:
        found = year_of(cell)
        if found is None:
            raise ValueError(f"没有看到年份：“{cell[:20]}”，应如 2024 或 2024-06-01")
        if found > on.year + 1:
            raise ValueError(f"{found} 年还没有到")
        return found

    return parse


def authors(cell: str) -> list[str]:
    """Names in the order they stand in, 300 at most."""
    found = names.split(plain(cell))
    if not found:
        raise ValueError("没有看到姓名；多人用分号隔开")
    if len(found) > 300:
        raise ValueError(f"一项成果有 {len(found)} 位作者，最多 300 位；请核对分隔符")
    if long := next((one for one in found if len(one) > 80), ""):
        raise ValueError(f"“{long[:20]}…”不像一个人的姓名；多人用分号隔开")
    return found


def several(cell: str) -> list[str]:
    """Parts in the order of the authors, empty ones kept: what stands third belongs to the third. A dash is empty."""
    parts = cell.split("\n") if "\n" in cell else cell.replace("；", ";").split(";")
    return ["" if part.strip() == names.NOBODY else part.strip() for part in parts]


def orcids(cell: str) -> list[str]:
    """An ORCID for each author, "" where there is none."""
    return [orcid_of(part) for part in several(cell)]


def doi(cell: str) -> str:
    """A DOI, without the address before it."""
    found = doi_of(cell)
    if not found:
        raise ValueError(f"“{cell[:30]}”不是 DOI，应如 10.1000/xyz")
    return found


def source_number(cell: str) -> str:
    """A record's number in its source, as it is."""
    if len(cell) > SOURCE_NUMBER:
        raise ValueError(f"来源编号有 {len(cell)} 个字，最多 {SOURCE_NUMBER} 个")
    return cell


def paper_columns(on: date) -> list[Column]:
    """What people fill in."""
    return [
        Column("title", "题名", ("标题", "论文题目", "论文名称", "篇名", "题目", "Title", "Article Title"),
               required=True, parse=line(TITLE), example="含铝高熵合金涂层的摩擦学性能"),
        Column("authors", "作者", ("作者姓名", "全部作者", "Author", "Authors", "Author Full Names"), required=True,
               parse=authors, help="按署名顺序，多人用分号隔开", example="张三; 李四"),
        Column("affiliations", "作者单位", ("单位", "机构", "Affiliations", "Organ", "Organ-单位"), parse=several,
               help="按作者顺序用分号隔开；只写一个时视为共同单位，个数和作者不一样时只记第一作者的"),
        Column("orcids", "ORCID", parse=orcids, help="按作者顺序用分号隔开，没有的留空位"),
        Column("year", "年份", ("发表年份", "出版年", "发表时间", "出版日期", "Year", "Publication Year",
               "PubTime-发表时间"), required=True, parse=year(on), example="2024", dated=True),
        Column("venue", "刊名", ("期刊", "期刊名称", "来源", "文献来源", "会议名称", "Journal", "Source",
               "Source Title"), parse=line(VENUE)),
        Column("doi", "DOI", parse=doi),
        Column("subjects", "关键词", ("关键字", "学科", "Keywords", "Author Keywords", "Keyword-关键词"),
               parse=lambda cell: subjects_of([cell])),
        Column("abstract", "摘要", ("Abstract", "Summary-摘要"), parse=line(ABSTRACT)),
        Column("url", "网址", ("链接", "URL", "Link"), parse=line(500)),
    ]  # fmt: skip


def kept_columns() -> list[Column]:
    """What files of programs say beside it, and no person fills in."""
    return [
        Column("kind", "类型", choices=("paper", "patent", "project")),
        Column("source", "来源库", choices=OUTSIDE),
        Column("source_id", "来源编号", parse=source_number),
        Column("author_ids", "作者编号", parse=several),
        Column("raw", "原始记录"),
    ]


def patent_columns(on: date) -> list[Column]:
    """What people fill in of a patent."""
    return [
        Column("title", "发明名称", ("专利名称", "名称", "标题", "题名"), required=True, parse=line(TITLE),
               example="一种低温固化粉末涂料"),
        Column("authors", "发明人", ("发明(设计)人", "发明人/设计人", "设计人", "Inventor", "Inventors"), required=True,
               parse=authors, help="多人用分号隔开", example="张三; 李四"),
        Column("applicant", "申请人", ("申请(专利权)人", "专利权人", "权利人", "Applicant", "Assignee"), required=True,
               parse=line(300), help="多个用分号隔开", example="澄湖大学"),
        Column("number", "公开号", ("公开(公告)号", "公告号", "授权公告号", "Publication Number"), parse=patent_of,
               help="如 CN116123456A；公开号和申请号至少写一个"),
        Column("application", "申请号", ("专利号", "Application Number"), parse=patent_of, help="如 202310123456.7"),
        Column("year", "申请日", ("申请日期", "公开日", "公开(公告)日", "授权公告日", "年份"), required=True,
               parse=year(on), example="2023-05-08", dated=True),
        Column("subjects", "技术领域", ("关键词", "学科"), parse=lambda cell: subjects_of([cell])),
        Column("abstract", "摘要", parse=line(ABSTRACT)),
    ]  # fmt: skip


def papers(on: date) -> Schema:
    """The sheet of papers."""
    return Schema([*paper_columns(on), *kept_columns()])


def patents(on: date) -> Schema:
    """The sheet of patents."""
    return Schema(patent_columns(on))


def table(rows: Iterable[tuple[int, Mapping[str, Any]]], kind: str) -> Table:
    """Rows by column key as a table that the schema of papers reads; a value may be a Cell with its problem."""
    columns = [*paper_columns(date.max), *kept_columns()]
    head = tuple(Cell(column.heading, column.heading) for column in columns)
    lines = [(number, tuple(_cell(values.get(column.key, "")) for column in columns)) for number, values in rows]
    return Table([(0, head), *lines], 0, kind)


def _cell(value: Any) -> Cell:
    if isinstance(value, Cell):
        return value
    # JSON may escape half a sign (\ud800), which no database keeps: it is shown as lost.
    text = str(value or "").replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Cell(text, text or None)


def work_of(values: Mapping[str, Any], source: str) -> FoundWork:
    """The work of a checked row, of papers or of patents."""
    patent = "applicant" in values
    written = values["authors"]
    where = [values["applicant"]] if patent else _places(values.get("affiliations") or [], len(written))
    marks, ids = values.get("orcids") or [], values.get("author_ids") or []
    found = FoundWork(
        source=values.get("source") or source,
        source_id=values.get("source_id") or "",
        title=values["title"],
        authors=tuple(
            FoundAuthor(name, clean(_at(where, n, shared=True), 300), _at(marks, n), clean(_at(ids, n), 60))
            for n, name in enumerate(written)
        ),
        kind="patent" if patent else values.get("kind") or "paper",
        abstract=values.get("abstract") or "",
        year=values.get("year"),
        venue=values["applicant"][:VENUE] if patent else values.get("venue") or "",
        number=values.get("number") or values.get("application") or "",
        other_number=(values.get("application") or "") if values.get("number") else "",
        doi=values.get("doi") or "",
        url=_link(values.get("url") or ""),
        subjects=values.get("subjects") or (),
        raw=values.get("raw") or json.dumps(values, ensure_ascii=False, default=str)[:RAW],
    )  # fmt: skip
    # A list that is uploaded again, longer, tells of the same works again.
    key = next(iter([*found.strong_keys, found.title_key]), "") or clean(found.title, 180)
    return found if found.source_id else _named(found, key)


def _places(where: list[str], authors: int) -> list[str]:
    """One for all, or one for each. A list of another length names each unit once (CNKI): only that the first is the
    first author's is known."""
    return where if len(where) in (0, 1, authors) else [where[0], ""]


def _named(found: FoundWork, key: str) -> FoundWork:
    return replace(found, source_id=key[:200])


def _at(parts: list[str], n: int, *, shared: bool = False) -> str:
    """The n-th part; one alone belongs to all where it may be shared."""
    if shared and len(parts) == 1:
        return parts[0]
    return parts[n] if n < len(parts) else ""


def _link(text: str) -> str:
    """A web address, or nothing: other schemes do not become links."""
    return text if text.startswith(("https://", "http://")) else ""
