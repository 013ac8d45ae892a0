"""calamine in a process of its own: a script, run by `apart`, that reads one workbook from its standard input.

calamine believes the sizes a file names. A single wrong byte makes it ask for hundreds of gigabytes, and a failed
allocation ends the process without an exception. So it ends this one, which has nothing else to lose; its memory
and time are limited where the system can do that.

Imports only calamine and the standard library: it is started for every workbook.
"""

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine

MEMORY = 4 * 1024**3
SECONDS = 120
#: Rows × columns of the dense grid calamine builds, blank rows included.
MOST_CELLS = 10_000_000
MARK = "\0"
MADE: dict[str, Callable[[Any], object]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def apart(content: bytes, *, sheet: str, rows: int | None) -> dict[str, Any]:
    """Read in a child process: `sheet` by name, or the first visible one with content; at most so many rows.

    Answers {"sheet", "visible": names, "grid": rows from A1, "merged": [[[top, left], [bottom, right]]]}, all counted
    from 0; or {"error": password | damaged | too_many_rows | no_sheet}, with "height" and "visible" where they help.
    """
    request = json.dumps({"sheet": sheet, "rows": rows}).encode() + b"\n"
    try:
        done = subprocess.run(  # noqa: S603 our own file, no part of the command comes from a user
            [sys.executable, "-I", str(Path(__file__).resolve())],
            input=request + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout, object_hook=_value)
    except (subprocess.SubprocessError, ValueError):
        return {"error": "damaged"}
    return answer


def read(content: bytes, sheet: str, rows: int | None) -> dict[str, Any]:
    """What `apart` answers, read here."""
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
    if sheet and sheet not in visible:
        return {"error": "no_sheet", "visible": visible}
    for name in [sheet] if sheet else visible:
        page = book.get_sheet_by_name(name)
        if page.total_height * page.total_width > MOST_CELLS:
            return {"error": "too_many_rows", "height": page.total_height}
        grid = page.to_python(skip_empty_area=False, nrows=rows)
        if any(value != "" for row in grid for value in row):
            return {"sheet": name, "visible": visible, "grid": grid, "merged": page.merged_cell_ranges or []}
    return {"sheet": "", "visible": visible, "grid": [], "merged": []}


def _plain(value: object) -> dict[str, str | float]:
    """Days and times for JSON; {"\\0": kind, "v": text}."""
    if isinstance(value, timedelta):
        return {MARK: "timedelta", "v": value.total_seconds()}
    if isinstance(value, date | time):
        return {MARK: type(value).__name__, "v": value.isoformat()}
    raise TypeError(repr(value))


def _value(found: dict[str, Any]) -> Any:
    kind = found.get(MARK)
    if kind is None:
        return found
    return MADE[kind](found["v"])


def _limit() -> None:
    """Memory and time of this process; Windows has no such limits."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # only where there are such limits

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read one sheet from standard input and write its cells, or what is wrong, to standard output as JSON."""
    _limit()
    request = json.loads(sys.stdin.buffer.readline())
    try:
        answer = read(sys.stdin.buffer.read(), request["sheet"], request["rows"])
    except calamine.PasswordError:
        answer = {"error": "password"}
    except BaseException:  # a panic inside calamine derives from BaseException
        answer = {"error": "damaged"}
    sys.stdout.write(json.dumps(answer, default=_plain))


if __name__ == "__main__":
    main()
