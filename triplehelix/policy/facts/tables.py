"""Facts that are tables inside a case."""

from collections.abc import Mapping
from typing import Any

from triplehelix.policy.facts.one import BadFact, Fact, kind_of
from triplehelix.policy.facts.words import Text

MOST_ROWS = 200


class Listed(Fact):
    """A table inside a case: rows of further facts, each row with its own `id`; `named` is what people call that
    (证书编号), 编号 without it."""

    def __init__(
        self, code: str, label: str, columns: tuple[Fact, ...], *, at_least: int = 1, named: str = "", **about: Any
    ) -> None:
        super().__init__(code, label, **about)
        self.columns, self.at_least, self.named = columns, at_least, named

    @property
    def is_personal(self) -> bool:
        return super().is_personal or any(fact.is_personal for fact in self.columns)

    def read(self, given: Any) -> tuple[dict[str, Any], ...]:
        if not isinstance(given, list | tuple):
            raise BadFact(f"应是列表，收到的是{kind_of(given)}")
        if not self.at_least <= len(given) <= MOST_ROWS:
            raise BadFact(f"应有 {self.at_least} 到 {MOST_ROWS} 行，收到 {len(given)} 行")
        rows = tuple(self._row(number, row) for number, row in enumerate(given, start=1))
        ids = [row["id"] for row in rows]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise BadFact(f"编号“{twice[0]}”出现了两次")
        return rows

    def _row(self, number: int, row: Any) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise BadFact(f"第 {number} 行应是一组键和值，收到的是{kind_of(row)}")
        wanted = {"id": Text("id", self.named or "编号"), **{fact.key: fact for fact in self.columns}}
        if unknown := sorted(str(key) for key in row.keys() - wanted.keys()):
            raise BadFact(f"第 {number} 行有不认识的键“{unknown[0][:40]}”，可用：{'、'.join(wanted)}")
        found = {}
        for key, fact in wanted.items():
            if key not in row:
                raise BadFact(f"第 {number} 行缺少 {key}（{fact.label}）")
            try:
                found[fact.code] = fact.read(row[key])
            except BadFact as why:
                raise BadFact(f"第 {number} 行 {key}：{why}") from None
        return found

    def plain(self, value: Any) -> Any:
        return [{"id": row["id"], **{f.key: f.plain(row[f.code]) for f in self.columns}} for row in value or ()]

    def written(self, value: Any) -> str:
        def said(row: Mapping[str, Any]) -> str:
            return "，".join(f"{fact.label} {fact.written(row[fact.code])}" for fact in self.columns)

        return "；".join(f"{row['id']}：{said(row)}" for row in value or ()) or "未提供"

    def wants(self) -> str:
        return f"列表，每行有 id、{'、'.join(fact.key for fact in self.columns)}"
