"""Numbers of cases: one row of numbers a year and award, without gaps for whoever looks."""

from django.db.models.functions import Length

from triplehelix.procedure.cases.models import Case
from triplehelix.records.alone import alone


def next_number(award_code: str, year: int) -> str:
    """M5.4-2026-0001. Two who take a number at once wait for each other until the first has committed."""
    return next_numbers(award_code, year, 1)[0]


def next_numbers(award_code: str, year: int, count: int) -> list[str]:
    """The next `count` numbers, in one locking."""
    prefix = f"{award_code}-{year}-"
    alone(f"numbers {prefix}")
    # Longer numbers are later ones: 10000 follows 9999.
    held = Case.objects.filter(number__startswith=prefix).order_by(Length("number").desc(), "-number")
    last = held.values_list("number", flat=True).first()
    begin = int(last.removeprefix(prefix)) if last else 0
    return [f"{prefix}{begin + n:04d}" for n in range(1, count + 1)]
