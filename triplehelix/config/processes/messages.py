"""`./run messages`: bring locale/en up to the code and list what is not translated yet."""

import argparse

from django.conf import settings

from triplehelix.config import translations


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    settings.configure(USE_I18N=True)
    catalog = translations.merged()
    translations.write(catalog)
    missing = translations.untranslated(catalog)
    print(*missing, f"{len(missing)} 条未译 untranslated", sep="\n")
    return int(bool(missing))
