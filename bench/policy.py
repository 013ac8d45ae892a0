"""`./run bench policy`: one rule for a million firms, ours beside OpenFisca-Core, each in a process of its own.

Both get the same made-up firms as columns and decide the same three awards of 三（二） and 五（四）; the answers are
compared. The whole is from columns to amounts, as a clerk's list is decided; beside it the formula alone, once
OpenFisca has taken the columns in.
OpenFisca keeps amounts as 32-bit floats, as its users do; how many of its answers are not the exact ones is in the
table.
"""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from triplehelix.policy.award import Award
from triplehelix.policy.batch import decide_columns
from triplehelix.policy.columns import Numbers, Rows
from triplehelix.policy.registry import load

DAY = date(2026, 6, 30)
RUNS = 5
MEGABYTE = 1024
AWARDS = ("M5.4", "M3.2-national", "M3.2-provincial")
INPUTS = {
    "rd_award": ("above_scale", "accurate", "rd_expense", "rd_expense_last_year", "reported_before"),
    "national": ("in_city", "document", "arrived"),
    "provincial": ("in_city", "rd_expense", "awarded_before"),
}
Answer = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Line:
    """One row of the table: median seconds for all firms, of the whole and of the formula alone."""

    award: str
    system: str
    seconds: float
    formula: float
    memory: int
    wrong: int


def firms(n: int) -> dict[str, Answer]:
    """Made-up firms, amounts in whole fen; the same seed gives the same ones."""
    random = np.random.default_rng(7)
    spent = random.integers(0, 8_000_000, n) * 100
    return {
        "above_scale": random.random(n) < 0.7,
        "accurate": random.random(n) < 0.95,
        "rd_expense": spent,
        "rd_expense_last_year": np.maximum(spent + random.integers(-300_000_000, 300_000_000, n) // 100 * 100, 0),
        "reported_before": random.random(n) < 0.8,
        "in_city": random.random(n) < 0.97,
        "document": random.integers(0, 60_000_000, n) // 100 * 100,
        "arrived": random.integers(0, 60_000_000, n) // 100 * 100,
        "awarded_before": random.integers(0, 2, n) * 30_000_000,
    }


def decide_granted(award: Award, columns: Mapping[str, Any]) -> Answer:
    return decide_columns(award, columns, DAY).granted


def ours(data: Mapping[str, Answer]) -> dict[str, Callable[[], Callable[[], Answer]]]:
    """Our declarations over the columns."""
    pack = load("triplehelix.measures.liaocheng")
    n = len(data["rd_expense"])
    nothing = np.zeros(n, np.int64)
    rows = Rows(
        {
            "funds_arrived_last_year": Numbers(data["rd_expense"]),
            "passed_outside_city": Numbers(nothing),
            "refunded": Numbers(nothing),
        },
        np.arange(n),
        nothing,
        n,
    )
    columns = {
        "M5.4": {
            name: data[name]
            for name in ("above_scale", "accurate", "rd_expense", "rd_expense_last_year", "reported_before")
        },
        "M3.2-national": {
            "provincial_award_document": data["document"],
            "provincial_award_arrived": data["arrived"],
            "project_list": np.full(n, "sti2030"),
            "registered_in_city": data["in_city"],
            "kind": np.full(n, "award"),
            "award_for_project": np.full(n, True),
            "given_before": nothing,
        },
        "M3.2-provincial": {
            "units": rows,
            "awarded_before": data["awarded_before"],
            "given_before": nothing,
            "registered_in_city": data["in_city"],
        },
    }
    return {
        code: lambda code=code: partial(decide_granted, pack.award(code), columns[code])  # type: ignore[misc]
        for code in AWARDS
    }


def _openfisca_rules() -> Any:
    """The three awards as OpenFisca variables, in yuan."""
    from openfisca_core import entities, periods, taxbenefitsystems, variables

    firm = entities.Entity("firm", "firms", "", "")
    system = taxbenefitsystems.TaxBenefitSystem([firm])

    def variable(name: str, type: type, formula: Callable[..., Any] | None = None) -> None:
        parts: dict[str, Any] = {
            "value_type": type, "entity": firm, "definition_period": periods.DateUnit.YEAR, "label": name,
        }  # fmt: skip
        if formula is not None:
            parts["formula"] = formula
        system.add_variable(type_of(name, parts))

    def type_of(name: str, parts: dict[str, Any]) -> Any:
        return type(name, (variables.Variable,), parts)

    for name in ("above_scale", "accurate", "reported_before", "in_city"):
        variable(name, bool)
    for name in ("rd_expense", "rd_expense_last_year", "document", "arrived", "awarded_before"):
        variable(name, float)

    def rd_award(firm: Any, period: Any) -> Any:
        spent, before = firm("rd_expense", period), firm("rd_expense_last_year", period)
        reported = firm("reported_before", period)
        first = ~reported & (spent >= 1_000_000)
        grown = reported & (spent - before >= 1_000_000)
        return (firm("above_scale", period) & firm("accurate", period) & (first | grown)) * 50_000.0

    def national(firm: Any, period: Any) -> Any:
        document, arrived = firm("document", period), firm("arrived", period)
        sound = firm("in_city", period) & (np.maximum(document, arrived) <= 600_000)
        return sound * np.floor(np.minimum(document, arrived))

    def provincial(firm: Any, period: Any) -> Any:
        room = np.maximum(1_000_000 - firm("awarded_before", period), 0)
        return firm("in_city", period) * np.floor(np.minimum(firm("rd_expense", period) * 0.3, room))

    for name, formula in (("rd_award", rd_award), ("national", national), ("provincial", provincial)):
        variable(name, float, formula)
    return system


def openfisca(data: Mapping[str, Answer]) -> dict[str, Callable[[], Callable[[], Answer]]]:
    """The same rules in OpenFisca; a simulation made ready for each run, or it would answer from its memory."""
    from openfisca_core.simulations import SimulationBuilder

    system = _openfisca_rules()
    n = len(data["rd_expense"])
    yuan = {name: (values if values.dtype == bool else values / 100) for name, values in data.items()}

    def ready(variable: str) -> Callable[[], Answer]:
        simulation = SimulationBuilder().build_default_simulation(system, n)
        for name in INPUTS[variable]:
            simulation.set_input(name, "2026", yuan[name])
        return lambda: np.asarray(simulation.calculate(variable, "2026"))

    names = {"M5.4": "rd_award", "M3.2-national": "national", "M3.2-provincial": "provincial"}
    return {code: lambda name=name: ready(name) for code, name in names.items()}  # type: ignore[misc]


def _measured(which: str, n: int, pipe: Any) -> None:
    """In a process of its own: seconds, peak memory in MB, answers in fen."""
    data = firms(n)
    asks = {"ours": ours, "openfisca": openfisca}[which](data)
    asks["M5.4"]()()
    found = {}
    for code, ready in asks.items():
        whole, formula = [], []
        for _run in range(RUNS):
            start = time.perf_counter()
            ask = ready()
            taken_in = time.perf_counter()
            answer = ask()
            whole.append(time.perf_counter() - start)
            formula.append(time.perf_counter() - taken_in)
        granted = answer if which == "ours" else np.rint(answer.astype(np.float64) * 100).astype(np.int64)
        found[code] = (statistics.median(whole), statistics.median(formula), granted)
    pipe.send((found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE))
    pipe.close()


def measure(n: int) -> list[Line]:
    """Both systems, one after the other, over `n` firms."""
    context = multiprocessing.get_context("spawn")
    results = {}
    for which in ("ours", "openfisca"):
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=_measured, args=(which, n, send))
        process.start()
        results[which] = receive.recv()
        process.join()
    exact = {code: granted for code, (_whole, _formula, granted) in results["ours"][0].items()}
    names = {"ours": "三螺旋 Triple Helix", "openfisca": "OpenFisca-Core"}
    return [
        Line(code, names[which], whole, formula, peak, int((granted != exact[code]).sum()))
        for code in AWARDS
        for which, (found, peak) in results.items()
        for whole, formula, granted in [found[code]]
    ]


def table(lines: list[Line], n: int) -> str:
    """Markdown: firms per second; the last column is how many times as fast as the other the whole is."""
    heads = ("事项", "系统", "家/秒，从数据到结果", "家/秒，只算公式", "进程内存峰值 MB", "与精确结果不同", "倍数")
    shown = [f"| {' | '.join(heads)} |", "| --- | --- " + "| ---: " * 5 + "|"]
    for line in lines:
        other = next(one for one in lines if one.award == line.award and one.system != line.system)
        speeds = f"{n / line.seconds:,.0f}", f"{n / line.formula:,.0f}"
        cells = (
            line.award,
            line.system,
            *speeds,
            f"{line.memory:,}",
            f"{line.wrong:,}",
            f"{other.seconds / line.seconds:.2f}",
        )
        shown.append(f"| {' | '.join(cells)} |")
    return "\n".join(shown)
