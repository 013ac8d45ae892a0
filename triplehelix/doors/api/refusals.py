"""What the API's document says of all calls: how each refuses, and everything in the language of who reads it.

A response named at each call is a class of its own to Ninja: nine refusals of three hundred calls were 2,600 classes,
more than a second of every start, and a document of a megabyte.

Chinese of the document is in the catalogue without a mark (config.translations); Accept-Language chooses.
"""

from threading import Lock
from typing import Any

from django.utils.translation import get_language, gettext
from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema

from triplehelix.doors.api import misshapen
from triplehelix.doors.api.shapes import Problem

WHY = {
    400: "the call cannot be read",
    401: "no valid key, or a key that only reads",
    403: "without the key: a missing token against forged calls",
    404: "not there, or not yours to see",
    405: "not by this method",
    409: "not now: by its state, or somebody was quicker",
    413: "too large",
    422: "`fields` says at each wrong field what to do",
    428: "name the version you have seen (If-Match)",
}
#: What people read of a document; the rest is for programs.
READ = frozenset({"summary", "description"})
#: A call that only reads sends nothing that could be too large or stale.
WRITES = frozenset({413, 428})


class Api(NinjaAPI):
    """Ninja's, which refuses in the sender's words, and whose document gives the refusals to every call, in the
    reader's language."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        return misshapen.found(error_contexts)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._documents: dict[tuple[str, str | None], OpenAPISchema] = {}
        self._making = Lock()

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The document in the language in force, made once in a process: it takes two seconds, and anybody may ask."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        asked = prefix, get_language()
        with self._making:
            if asked not in self._documents:
                self._documents[asked] = self._document(prefix)
        return self._documents[asked]

    def _document(self, prefix: str) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=prefix)
        parts = document["components"]
        parts["schemas"]["Problem"] = Problem.model_json_schema()
        parts["responses"] = {f"Refused{code}": _refused(why) for code, why in WHY.items()}
        for path in document["paths"].values():
            for method, call in path.items():
                call["responses"] |= _refusals(method, signed="security" in call)
        _translate(document)
        return document


def _translate(part: Any) -> None:
    """Says a document, made anew for each language, in the language in force. What is English already stays."""
    if isinstance(part, list):
        for one in part:
            _translate(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in READ and isinstance(value, str):
                # Of an empty text gettext would answer the head of its catalogue.
                part[name] = gettext(value) if value else value
            else:
                _translate(value)


def _refused(why: str) -> dict[str, Any]:
    shape = {"$ref": "#/components/schemas/Problem"}
    return {"description": why, "content": {"application/json": {"schema": shape}}}


def _refusals(method: str, *, signed: bool) -> dict[int, dict[str, str]]:
    """By status. What needs no key is never refused for want of one."""
    without = (frozenset() if signed else frozenset({401})) | (WRITES if method == "get" else frozenset())
    return {code: {"$ref": f"#/components/responses/Refused{code}"} for code in WHY if code not in without}
