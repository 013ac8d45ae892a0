"""A call of the wrong shape: named as its sender wrote it, in the sender's language, with what to do."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic
import pytest
from django.test import Client
from django.utils import translation
from ninja import Field, Schema
from ninja.errors import ValidationErrorContext
from pydantic import AwareDatetime, create_model

from triplehelix.doors.api import misshapen

DAY, MOMENT = "要写日期，如 2026-11-27", "要写带时区的时间，如 2026-11-27T09:00:00+08:00"
WRONG = [
    (int, "x", "要写整数"), (int, 1.5, "要写整数"), (int, None, "要写整数"), (int, "9" * 5000, "要写整数"),
    (float, "x", "要写数字"), (float, [], "要写数字"),
    (Annotated[float, Field(allow_inf_nan=False)], "nan", "要写数字"),
    (Decimal, "x", "要写数字"), (Decimal, [], "要写数字"),
    (bool, "x", "要写 true 或 false"), (bool, [], "要写 true 或 false"),
    (str, 5, "要写文字"), (Annotated[str, Field(max_length=3)], "长长长长", "最多 3 个字"),
    (Annotated[str, Field(min_length=2)], "短", "至少 2 个字"),
    (Annotated[str, Field(pattern="^a$")], "b", "要符合 ^a$"),
    (Literal["a", "b", "c"], "d", "只能是 'a'、'b'、'c'"),
    (Annotated[int, Field(ge=1)], 0, "不能小于 1"), (Annotated[int, Field(le=9)], 10, "不能大于 9"),
    (date, "2026年3月5日", DAY), (date, [], DAY),
    (date, "2026-11-27T09:00:00", DAY),
    (datetime, "明天", MOMENT), (datetime, [], MOMENT),
    (AwareDatetime, "2026-11-27T09:00:00", MOMENT),
    (list[int], 5, "要写列表 […]"), (dict[str, int], 5, "要写对象 {…}"),
    (Annotated[list[int], Field(max_length=1)], [1, 2], "最多 1 项"),
    (Annotated[list[int], Field(min_length=1)], [], "至少 1 项"),
]  # fmt: skip


def refusal(kind: Any, value: Any) -> dict[str, Any]:
    body = create_model("Body", __base__=Schema, part=(kind, ...))
    call = create_model("BodyParams", given=(body, ...))
    with pytest.raises(pydantic.ValidationError) as why:
        call.model_validate({"given": {"part": value}})
    (error,) = misshapen.found([ValidationErrorContext(why.value, call)]).errors
    return error


@pytest.mark.parametrize(("kind", "value", "said"), WRONG)
def test_every_wrong_value_is_told_what_to_write(kind, value, said):
    error = refusal(kind, value)
    assert (error["place"], error["said"]) == ("part", said)
    with translation.override("en"):
        english = refusal(kind, value)["said"]
    assert english.isascii() or "…" in english, english


def test_every_sentence_is_reached():
    reached = {refusal(kind, value)["type"] for kind, value, _said in WRONG} | {"missing", "extra_forbidden"}
    named_alike = {"model_type", "model_attributes_type", "date_parsing", "datetime_parsing", "datetime_object_invalid"}
    assert set(misshapen.SAID) - named_alike <= reached


def test_a_place_is_what_the_sender_wrote(client, db):
    def fields(method: str, address: str, body: Any = None) -> dict[str, str]:
        answer = getattr(client, method)(address, body, content_type="application/json")
        assert answer.status_code == 422, answer.content
        return answer.json()["fields"]

    assert fields("post", "/api/finance/check", {}) == {"facts": "必填"}
    listed = Client().get("/api/needs?limit=abc&offset=-1")
    assert listed.json()["fields"] == {"limit": "要写整数", "offset": "不能小于 0"}
    english = Client().get("/api/needs?limit=abc", headers={"accept-language": "en"}).json()
    assert english == {"message": "The request has the wrong shape", "fields": {"limit": "Write a whole number"}}
    assert client.post("/api/finance/check", "", content_type="application/json").json()["fields"] == {"body": "必填"}
