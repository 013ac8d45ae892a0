"""完成人: who may be named on an achievement, and how they are written.

A name alone is somebody of the achievement's own organisation; the title, discipline or number behind it tells two
of one name apart: 张三（教授）. Somebody of another organisation is written with it: 李四（示例大学）. Nobody is
registered by being named: a name nobody has registered is refused.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from triplehelix.records.parties.models import Organisation, Person
from triplehelix.records.parties.rules import Invalid

SEPARATORS = frozenset("、，,；;/\n")
OPENED, CLOSED = "（(", "）)"
#: A person, by number or as written.
Asked = int | str


def split(text: str) -> list[str]:
    """The names of a cell or a form's line; what stands in brackets is not cut."""
    found, depth = [""], 0
    for one in text:
        depth += (one in OPENED) - (one in CLOSED)
        if one in SEPARATORS and depth <= 0:
            found.append("")
            depth = 0
        else:
            found[-1] += one
    return [" ".join(name.split()) for name in found if name.strip()]


class Register:
    """The people who are asked for, read in one query for any number of achievements."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        wanted = list(asked)
        numbers = [one for one in wanted if isinstance(one, int)]
        names = [name for one in wanted if isinstance(one, str) for name in (one, _parts(one)[0])]
        found = Q(pk__in=numbers) | Q(name__in=names)
        self.people = list(Person.objects.filter(found).select_related("home").order_by("pk")) if wanted else []

    def named(self, asked: Sequence[Asked], *, uscc: str, kept: Collection[Person] = ()) -> list[Person]:
        """The people asked for of an achievement of the organisation with this code: its own, those of other confirmed
        organisations, and who is named on it already. Raises Invalid at `people`, about everyone who is not found."""
        held = {person.pk for person in kept}
        may = [one for one in self.people if one.home.uscc == uscc or one.home.confirmed_at or one.pk in held]
        found, wrong = {}, []
        for one in asked:
            people = _numbered(one, may) if isinstance(one, int) else _written_as(one, may, uscc)
            if len(people) == 1:
                found[people[0].pk] = people[0]
            else:
                wrong.append(_unclear(one, people) if people else _unknown(one))
        if wrong:
            raise Invalid({"people": " ".join(wrong)})
        return list(found.values())


def written(people: Sequence[Person], *, organisation: Organisation) -> list[str]:
    """Each as `Register.named` reads it."""
    names = {person.name for person in people}
    alike: dict[tuple[str, int], list[Person]] = {}
    for one in Person.objects.filter(name__in=names, home__in={p.home_id for p in people}):
        alike.setdefault((one.name, one.home_id), []).append(one)
    return [_written(one, alike[one.name, one.home_id], organisation) for one in people]


def _written(person: Person, alike: Sequence[Person], organisation: Organisation) -> str:
    if len(alike) == 1:
        return person.name if person.home_id == organisation.pk else f"{person.name}（{person.home.name}）"
    titles = [one.title for one in alike]
    if person.home_id == organisation.pk and person.title and titles.count(person.title) == 1:
        return f"{person.name}（{person.title}）"
    return f"{person.name}（{person.pk}）"


def _parts(text: str) -> tuple[str, str]:
    """张三（教授） → 张三 and 教授."""
    start = min((n for n in map(text.find, OPENED) if n > 0), default=-1)
    if start < 0 or text[-1] not in CLOSED:
        return text, ""
    return text[:start].strip(), text[start + 1 : -1].strip()


def _numbered(number: int, people: Iterable[Person]) -> list[Person]:
    return [one for one in people if one.pk == number]


def _written_as(text: str, people: Sequence[Person], uscc: str) -> list[Person]:
    if whole := [one for one in people if one.name == text and one.home.uscc == uscc]:
        return whole
    name, told = _parts(text)
    alike = [one for one in people if one.name == name and told]
    own = [one for one in alike if one.home.uscc == uscc and told in (one.title, one.discipline)]
    return own or [one for one in alike if told in (str(one.pk), one.home.name)]


def _unknown(asked: Asked) -> str:
    said = _("没有登记过“%(name)s”：本单位的请先在“本单位的人员”里登记，外单位的请写成“姓名（单位全称）”。")
    return said % {"name": asked}


def _unclear(asked: Asked, people: Sequence[Person]) -> str:
    titles = [one.title for one in people]
    ways = [f"{p.name}（{p.title if p.title and titles.count(p.title) == 1 else p.pk}）" for p in people]
    return _("有 %(n)d 位“%(name)s”，请写明是哪一位：%(ways)s。") % {
        "n": len(people), "name": asked, "ways": "、".join(ways),
    }  # fmt: skip
