"""`python -m triplehelix COMMAND`: the program ./run hands over to."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from typing import NamedTuple

from triplehelix.config.database import held
from triplehelix.config.env import BadSetting, Env
from triplehelix.config.paths import var_folder


class Command(NamedTuple):
    """A command: the module with `add_arguments(parser)` and `run(args) -> exit status`, and whether it uses the
    database. Modules are imported when called, so that matching two files does not wait for the web."""

    module: str
    help: str
    database: bool
    passes_on: bool = False  # arguments it does not know go on, as `args.rest`
    tables: bool = False  # it reads them as they are, and cannot with those of another version


COMMANDS = {
    "demo": Command("triplehelix.config.processes.demo", "装好一切，载入演示城市并启动网站", True),
    "serve": Command("triplehelix.config.processes.serve", "启动网站", True),
    "worker": Command("triplehelix.config.processes.worker", "启动后台（索引、通知、定时任务）", True),
    "match": Command("triplehelix.doors.cli.match", "用两张表对接需求与成果", False),
    "learn": Command("triplehelix.doors.cli.learn", "由评判学习排序与等级，与零样本并排报告", False),
    "relate": Command("triplehelix.doors.cli.relate", "给需求与成果的对子判等级：1 无关 … 4 强", False),
    "decide": Command("triplehelix.doors.cli.decide", "按一项政策为一件事算出该给多少、为什么", False),
    "verify": Command(
        "triplehelix.doors.cli.verify", "核验留痕和账：逐行重算，与各类记录核对，逐处指出不符", True, tables=True
    ),
    "bench": Command("triplehelix.doors.cli.bench", "测量：与常见做法并排，一次跑完", True),
    "pack": Command("triplehelix.doors.cli.pack", "核对所配置的政策包：代码表、措施声明、每个算例", False),
    "manual": Command("triplehelix.doors.cli.manual", "写出措施手册：每项措施一页", False),
    "house": Command("triplehelix.doors.cli.house", "写出 docs/house.md", False),
    "messages": Command("triplehelix.config.processes.messages", "收集界面文字，列出未译的", False),
    "test": Command("triplehelix.config.processes.test", "运行全部测试", True, passes_on=True),
    "manage": Command("triplehelix.config.processes.manage", "Django 管理命令", True, passes_on=True),
}


def parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The command line without any command's own arguments, which are added when it is called."""
    top = argparse.ArgumentParser(prog="./run", description="三螺旋 Triple Helix")
    found = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    return top, {
        name: found.add_parser(name, help=command.help, add_help=not command.passes_on, allow_abbrev=False)
        for name, command in COMMANDS.items()
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit status: 0 done, 1 found something wrong, 2 cannot be called like this, 130 interrupted."""
    try:
        return _run(argv)
    except KeyboardInterrupt:
        # Pressed again while things are being put away, or before anything was begun.
        return 130


def _run(argv: Sequence[str] | None) -> int:
    argv = sys.argv[1:] if argv is None else list(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triplehelix.config.settings")
    top, parsers = parser()
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        top.parse_args(["--help"] if name in ("", "help") else argv)
        return 2
    command = COMMANDS[name]
    env = Env()
    with ExitStack() as stack:
        try:
            if command.database and not {"-h", "--help"} & set(argv[1:2]):
                os.environ["DATABASE_URL"] = stack.enter_context(held(env, var_folder(env)))
            module = import_module(command.module)
            module.add_arguments(parsers[name])
            args, rest = top.parse_known_args(argv)
            if rest and not command.passes_on:
                parsers[name].error("不认识的参数: " + " ".join(rest))
            args.rest = rest
            if command.tables:
                _its_tables()
            return int(module.run(args) or 0)
        except BadSetting as why:
            print(why.message, file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            return 130


def _its_tables() -> None:
    """Raises SystemExit (2): the database is of another version."""
    # Imported when tables are wanted: other commands start without Django.
    import django

    django.setup()
    # It reads the settings.
    from triplehelix.config.processes.ready import refuse_others_tables

    refuse_others_tables()


if __name__ == "__main__":
    raise SystemExit(main())
