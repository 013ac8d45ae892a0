"""Words that stand in addresses."""


class Kind:
    """The two kinds of listing, as they stand in an address."""

    regex = "needs|achievements"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Sheet(Kind):
    """What lists can be uploaded of."""

    regex = "needs|achievements|papers|patents"
