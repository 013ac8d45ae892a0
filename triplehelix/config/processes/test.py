"""`./run test`: the checks of the house and every test. `./run test -k word` runs only what matches."""

import argparse
import os
import shutil
import subprocess
import sys

from triplehelix.config.paths import ROOT

#: The headless shell is Chromium without its windows: the same pages for about half of the processor's time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHECKS = {
    "ruff": ["-m", "ruff", "check", "."],
    "格式 ruff format": ["-m", "ruff", "format", "--check", "."],
    "楼层 import-linter": ["-c", "from importlinter.cli import lint_imports_command as c; c()"],
    "类型 mypy": ["-m", "mypy"],
    "迁移 makemigrations": ["-m", "triplehelix", "manage", "makemigrations", "--check", "--dry-run"],
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-browser", action="store_true", help="没有 Chromium 也运行（浏览器测试会被跳过）")


def browser() -> str | None:
    """The system's Chromium, or the one named by CHROMIUM."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def begun() -> dict[str, subprocess.Popen[bytes]]:
    """Every check of the house, all at once, at work beside the tests: these begin with half a minute on one core."""
    return {
        name: subprocess.Popen(  # noqa: S603
            [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for name, command in CHECKS.items()
    }


def failed(running: dict[str, subprocess.Popen[bytes]]) -> list[str]:
    """Show what each check said; the names of those that failed."""
    wrong = []
    for name, check in running.items():
        said, _ = check.communicate()
        print(f"── {name}\n{said.decode(errors='replace')}", end="", flush=True)
        if check.returncode:
            wrong.append(name)
    return wrong


def run(args: argparse.Namespace) -> int:
    chromium = browser()
    if not chromium and not args.no_browser:
        print(
            "没有找到 Chromium，浏览器测试不能运行。\n"
            "  Debian: apt-get install chromium-headless-shell fonts-noto-cjk（也可以装 chromium）\n"
            "  或用 CHROMIUM=/路径/chromium 指定；只想先跑其余测试：./run test --no-browser\n"
            "Chromium was not found: install it, name it with CHROMIUM=/path, or pass --no-browser.",
            file=sys.stderr,
        )
        return 2
    env = os.environ | ({"CHROMIUM": chromium} if chromium else {}) | ({"NO_BROWSER": "1"} if args.no_browser else {})
    env.pop("DJANGO_SETTINGS_MODULE", None)  # the tests have settings of their own (pyproject.toml)
    if not args.rest:
        env.setdefault("OMP_NUM_THREADS", "1")  # every core has its tests: threads beside them would only wait
    # The everyday loop (-k, a path) runs just what was asked for; the whole run checks the house as well, on all cores.
    running = {} if args.rest else begun()
    asked = args.rest or ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    tests = subprocess.run([sys.executable, "-m", "pytest", *asked], cwd=ROOT, env=env, check=False)  # noqa: S603
    if wrong := failed(running):
        print("未通过的检查 failed checks: " + "、".join(wrong), file=sys.stderr)
    return tests.returncode or int(bool(wrong))
