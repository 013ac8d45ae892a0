"""`./run manage …`: Django's own commands, with the database running."""

import argparse

from django.core.management import execute_from_command_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own: everything goes on to Django."""


def run(args: argparse.Namespace) -> int:
    execute_from_command_line(["./run manage", *args.rest])
    return 0
