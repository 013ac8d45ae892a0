"""The measures of a policy pack: one file a measure, found by name: m<chapter>_<number>.py, m3_2.py or m7_29.py."""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from triplehelix.policy.article import DeclarationError, numeral
from triplehelix.policy.award import Award
from triplehelix.policy.measure import Measure
from triplehelix.policy.once import Earlier
from triplehelix.policy.terms import Spec

FILE = re.compile(r"^m[1-9][0-9]?_[1-9][0-9]?$")
#: What was meant as a measure's file and would be left out in silence: m03_2, m3-2, M3_2.
MEANT = re.compile(r"^m_?\d", re.IGNORECASE)


class UnknownAward(LookupError):
    """There is no award of this code; the message lists those there are."""


@dataclass(frozen=True)
class Pack:
    """A city's measures in their order. `edition` is what the city calls the text they follow, `policy` the text's own
    name, `titles` what it prints over its chapters, by number."""

    name: str
    measures: tuple[Measure, ...]
    edition: str = ""
    policy: str = ""
    titles: Mapping[int, str] = field(default_factory=dict)

    @property
    def chapters(self) -> list[tuple[str, str, list[Measure]]]:
        """Numeral, title ("" where the pack names none) and measures of each chapter that has any, in order."""
        found = groupby(self.measures, key=lambda measure: measure.place[0])
        return [(numeral(number), self.titles.get(number, ""), list(measures)) for number, measures in found]

    @cached_property
    def awards(self) -> tuple[Award, ...]:
        """Every award, in the order of the measures."""
        return tuple(award for measure in self.measures for award in measure.awards)

    @cached_property
    def terms(self) -> dict[str, Spec]:
        """Every term of every award, by code. Raises DeclarationError when one code means two things."""
        found: dict[str, tuple[Spec, str]] = {}
        for award in self.awards:
            for code, term in award.terms.items():
                spec, first = found.setdefault(code, (term.spec, award.code))
                if spec is not term.spec:
                    said = f"the term {code} of {award.code} is another than that of {first}: rename one"
                    raise DeclarationError(said)
        return {code: spec for code, (spec, _award) in found.items()}

    def check_excludes(self) -> None:
        """What excludes another award is excluded by it: which is applied for first makes no difference. Raises
        DeclarationError."""
        by_code = {award.code: award for award in self.awards}
        for award in self.awards:
            for rule in award.excludes:
                if unknown := set(rule.awards) - by_code.keys():
                    raise DeclarationError(f"{award.code} excludes {', '.join(sorted(unknown))}, which is no award")
                for code in rule.awards:
                    back = by_code[code].excludes
                    if not any(award.code in r.awards and (r.by, r.whose) == (rule.by, rule.whose) for r in back):
                        raise DeclarationError(f"{award.code} excludes {code} by {', '.join(rule.by)}, not the reverse")

    def check_earlier(self) -> None:
        """Awards that count each other's grants do so alike, all of them: otherwise the sum would depend on which is
        applied for first, and two decided at once would not wait for each other. Raises DeclarationError."""
        by_code = {award.code: award for award in self.awards}
        for award in self.awards:
            for rule in award.earlier:
                group = {award.code, *rule.awards}
                if unknown := group - by_code.keys():
                    raise DeclarationError(f"{award.code} counts {', '.join(sorted(unknown))}, which is no award")
                for code in rule.awards:
                    back = by_code[code].earlier
                    if rule.among and not any(one.alike == rule.alike for one in back):
                        raise DeclarationError(
                            f'{code} does not know of the cap that {award.code} has among="{rule.among}": every award '
                            f"under it says the same rule of earlier, with the same facts, whose, this_year and what"
                        )
                    if not any({code, *one.awards} == group and one.alike == rule.alike for one in back):
                        raise DeclarationError(
                            f"{award.code} counts what {code} has given, not the reverse: every one of "
                            f"{', '.join(sorted(group))} names all the others in its earlier, with the same facts, "
                            f"whose, this_year and what"
                        )

    def measure(self, code: str) -> Measure:
        """The measure of this code. Raises UnknownAward."""
        for one in self.measures:
            if one.code == code:
                return one
        raise UnknownAward(f"没有措施“{code[:40]}”；有：{'、'.join(m.code for m in self.measures)}")

    def award(self, code: str) -> Award:
        """The award of this code. Raises UnknownAward."""
        for one in self.awards:
            if one.code == code:
                return one
        raise UnknownAward(f"没有奖补事项“{code[:40]}”；有：{'、'.join(award.code for award in self.awards)}")


@lru_cache(maxsize=8)
def load(package: str) -> Pack:
    """The pack of a package such as `triplehelix.measures.liaocheng`: each file's `MEASURE`, and of the package itself
    EDITION, and where it has them POLICY and CHAPTERS.

    Raises DeclarationError for a package or file without them, a term that means two things, or awards of which only
    one excludes the other.
    """
    root = import_module(package)
    names = _files(root)
    if not names:
        raise DeclarationError(f"{_where(root)}: no measure: write one as m<chapter>_<number>.py, m3_2.py")
    measures = sorted((_measure(package, name) for name in names), key=lambda measure: measure.place)
    codes = [award.code for measure in measures for award in measure.awards]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise DeclarationError(f"two awards are called {', '.join(twice)}")
    measures = [_joined(measure, measures) for measure in measures]
    pack = Pack(package.rsplit(".", 1)[-1], tuple(measures), **_head(root))
    assert pack.terms is not None
    pack.check_excludes()
    pack.check_earlier()
    return pack


def _joined(measure: Measure, measures: list[Measure]) -> Measure:
    """The measure with what its awards count over a whole chapter, or the whole policy, named award by award."""
    places = {award.code: one.place[0] for one in measures for award in one.awards}

    def others(award: Award, rule: Earlier) -> tuple[str, ...]:
        if rule.awards:
            raise DeclarationError(f'{award.code}: earlier names awards or says among="{rule.among}", not both')
        return tuple(
            code for code, chapter in places.items()
            if code != award.code and (rule.among == "policy" or chapter == places[award.code])
        )  # fmt: skip

    def named(award: Award) -> Award:
        rules = (replace(rule, awards=others(award, rule)) if rule.among else rule for rule in award.earlier)
        return replace(award, earlier=tuple(rules))

    open_ended = any(rule.among for award in measure.awards for rule in award.earlier)
    return replace(measure, awards=tuple(map(named, measure.awards))) if open_ended else measure


def faults(package: str) -> list[str]:
    """What is wrong with the declarations of a package, each with its file and line; none when it loads. Every file is
    read, so that all of them are told at once."""
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        return [f"{package} is no package that can be imported: write its parent folder into PYTHONPATH"]
    folder = spec.submodule_search_locations[0]
    if fault := _fault(package, folder):
        return [fault]
    try:
        found = [fault for name in _files(import_module(package)) if (fault := _fault(f"{package}.{name}", folder))]
        if not found:
            load(package)
    except DeclarationError as why:
        found = [f"{package}: {why}"]
    return found


def _fault(module: str, folder: str) -> str:
    """What keeps one file from being read, after the last line of the pack's folder that was at work."""
    try:
        import_module(module)
    except SyntaxError as why:
        return f"{why.filename}:{why.lineno}: {why.msg}"
    except Exception as why:  # whatever a file of somebody else's does is told to its author
        own = [one for one in traceback.extract_tb(why.__traceback__) if one.filename.startswith(folder)]
        said = str(why) if isinstance(why, ValueError) else f"{type(why).__name__}: {why}"
        return f"{own[-1].filename}:{own[-1].lineno}: {said}" if own else f"{module}: {said}"
    return ""


def _files(root: ModuleType) -> list[str]:
    """The names of the measures' files. Raises DeclarationError for one that was meant as such and is not named so."""
    names = sorted(info.name for info in iter_modules(root.__path__))
    if strays := [name for name in names if MEANT.match(name) and not FILE.match(name)]:
        raise DeclarationError(
            f"{_where(root)}: {', '.join(strays)}: a measure's file is m<chapter>_<number>.py, m3_2.py"
        )
    return [name for name in names if FILE.match(name)]


def _where(root: ModuleType) -> Path:
    return Path(next(iter(root.__path__)))


def _head(root: ModuleType) -> dict[str, Any]:
    """What the package says of the whole text. Raises DeclarationError."""
    if not getattr(root, "EDITION", "") or not isinstance(getattr(root, "FIRST_DAY", None), date):
        raise DeclarationError(f'{_where(root)}/__init__.py needs EDITION = "正式稿" and FIRST_DAY = date(2027, 1, 1)')
    titles = getattr(root, "CHAPTERS", {})
    named = isinstance(titles, Mapping) and all(
        isinstance(n, int) and isinstance(one, str) for n, one in titles.items()
    )
    if not named:
        raise DeclarationError(f'{_where(root)}/__init__.py: CHAPTERS is {{3: "第三章 成果转化"}}, number to title')
    return {"edition": root.EDITION, "policy": getattr(root, "POLICY", ""), "titles": titles}


def _measure(package: str, name: str) -> Measure:
    found = getattr(import_module(f"{package}.{name}"), "MEASURE", None)
    if not isinstance(found, Measure):
        raise DeclarationError(f"{package}.{name} has no MEASURE")
    if found.code.lower().replace(".", "_") != name:
        raise DeclarationError(f"{package}.{name} declares {found.code}")
    return found
