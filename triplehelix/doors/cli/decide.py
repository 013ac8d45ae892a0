"""`./run decide`: one award, one case, one answer with its reasons."""

import argparse
import json
import os
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from triplehelix.foundation.dated import NotInForce
from triplehelix.policy.answer import as_json, as_text, template, wanted
from triplehelix.policy.decision import BadFacts, decide
from triplehelix.policy.registry import Pack, UnknownAward, load

MOST_BYTES = 2**20


class Refusal(Exception):
    """A call that cannot be carried out; the message says what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("measure", metavar="MEASURE", nargs="?", help="奖补事项，如 M3.2-national；不写则列出全部")
    parser.add_argument("--facts", metavar="F.json", help="事实（JSON；金额以元为单位，键以 _yuan 结尾；- 为标准输入）")
    parser.add_argument("--on", metavar="DATE", help="按哪一天的标准，如 2026-06-30（默认今天）")
    parser.add_argument("--template", action="store_true", help="打印所需事实的样例")
    parser.add_argument("--explain", action="store_true", help="打印所需事实的说明")
    parser.add_argument("--text", action="store_true", help="打印成一页文字，而不是 JSON")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 for an answer (granted, refused or open), 2 for a call or facts that cannot be used."""
    try:
        print(_answer(args))
    except BadFacts as why:
        print(
            "事实不能用：", *(f"  {key}：{message}" for key, message in why.errors.items()), sep="\n", file=sys.stderr
        )
        return 2
    except (Refusal, UnknownAward, NotInForce) as why:
        print(str(why), file=sys.stderr)
        return 2
    return 0


def _answer(args: argparse.Namespace) -> str:
    pack = load(os.environ.get("TRIPLEHELIX_MEASURES") or "triplehelix.measures.liaocheng")
    if not args.measure:
        return _list(pack)
    award = pack.award(args.measure)
    if args.template:
        return _json(template(award))
    if args.explain:
        return _json(wanted(award))
    if not args.facts:
        raise Refusal(f"请用 --facts 给出事实；样例：./run decide {award.code} --template")
    decision = decide(award, _facts(args.facts), _day(args.on))
    return as_text(decision) if args.text else _json(as_json(decision))


def _list(pack: Pack) -> str:
    return "\n".join(f"{award.code:<20} {award.name}" for award in pack.awards)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _day(text: str | None) -> date:
    if not text:
        return date.today()  # noqa: DTZ011 - the day where the command is run
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--on {text[:30]}：日期要写成 2026-06-30 这样") from None


def _facts(name: str) -> dict[str, Any]:
    data = _bytes(name)
    try:
        found = json.loads(
            data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once
        )
    except UnicodeDecodeError:
        raise Refusal(f"{name}：不是 UTF-8 编码的文字") from None
    except json.JSONDecodeError as why:
        raise Refusal(f"{name}：第 {why.lineno} 行第 {why.colno} 列不是正确的 JSON") from None
    except (ValueError, RecursionError):
        # More digits than Python turns into a number, or brackets nested without end.
        raise Refusal(f"{name}：数字太长或嵌套太深") from None
    if not isinstance(found, dict):
        raise Refusal(f"{name}：应是一组键和值（{{…}}）")
    return found


def _bytes(name: str) -> bytes:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as why:
        raise Refusal(f"{name}：读不了（{why.strerror}）") from None
    if len(data) > MOST_BYTES:
        raise Refusal(f"{name}：超过 1 MB，不会是一件事的事实")
    return data


def _no_number(text: str) -> NoReturn:
    raise Refusal(f"JSON 里有 {text}，不是数")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refusal(f"键“{twice[:40]}”写了两次")
    return found
