"""The measures of a policy pack: one file a measure, found by name, m1_1.py to m9_9.py."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Award
from triplehelix.policy.measure import Measure
from triplehelix.policy.terms import Spec

FILE = re.compile(r"^m[1-9]_[1-9]$")


class UnknownAward(LookupError):
    """There is no award of this code; the message lists those there are."""


@dataclass(frozen=True)
class Pack:
    """A city's measures in their order. `edition` is what the city calls the text they follow."""

    name: str
    measures: tuple[Measure, ...]
    edition: str = ""

    @property
    def awards(self) -> tuple[Award, ...]:
        """Every award, in the order of the measures."""
        return tuple(award for measure in self.measures for award in measure.awards)

    @property
    def terms(self) -> dict[str, Spec]:
        """Every term of every award, by code. Raises DeclarationError when one code means two things."""
        found: dict[str, Spec] = {}
        for award in self.awards:
            for code, term in award.terms.items():
                if found.setdefault(code, term.spec) is not term.spec:
                    raise DeclarationError(f"the term {code} is declared twice")
        return found

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
    """The pack of a package such as `triplehelix.measures.liaocheng`; each file's `MEASURE`, and its `EDITION`.

    Raises DeclarationError for a file without one, a measure given twice, a term that means two things, or awards of
    which only one excludes the other.
    """
    root = import_module(package)
    names = sorted(info.name for info in iter_modules(root.__path__) if FILE.match(info.name))
    measures = [_measure(package, name) for name in names]
    codes = [measure.code for measure in measures]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise DeclarationError(f"{package} declares {', '.join(sorted(twice))} twice")
    pack = Pack(package.rsplit(".", 1)[-1], tuple(sorted(measures, key=lambda m: m.code)), getattr(root, "EDITION", ""))
    assert pack.terms is not None
    pack.check_excludes()
    return pack


def _measure(package: str, name: str) -> Measure:
    found = getattr(import_module(f"{package}.{name}"), "MEASURE", None)
    if not isinstance(found, Measure):
        raise DeclarationError(f"{package}.{name} has no MEASURE")
    if found.code.lower().replace(".", "_") != name:
        raise DeclarationError(f"{package}.{name} declares {found.code}")
    return found
