"""Settings come from the environment; a wrong one stops the start with its name and what to write instead."""

import os
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from triplehelix.foundation.outward import Networks, networks

T = TypeVar("T")


class BadSetting(SystemExit):
    """A setting cannot be used. Exits with status 2 and a message that names the variable."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        self.name = name
        shown = value if len(value) <= 60 else value[:57] + "…"
        self.message = f"设置 {name}={shown!r} 不能用：{wanted}"
        super().__init__(2)

    def __str__(self) -> str:
        return self.message


class Env:
    """Typed readings of one mapping (`os.environ` by default)."""

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self.source = os.environ if source is None else source

    def _read(self, name: str, default: T, parse: Callable[[str], T], wanted: str) -> T:
        raw = self.source.get(name, "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError:
            raise BadSetting(name, raw, wanted) from None

    def text(self, name: str, default: str = "") -> str:
        return self.source.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }

        def parse(raw: str) -> bool:
            if raw.lower() not in words:
                raise ValueError
            return words[raw.lower()]

        return self._read(name, default, parse, "请写 1 或 0")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**53) -> int:
        def parse(raw: str) -> int:
            value = int(raw)
            if not least <= value <= most:
                raise ValueError
            return value

        return self._read(name, default, parse, f"请写 {least} 到 {most} 之间的整数")

    def listed(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        raw = self.text(name)
        return [part.strip() for part in raw.split(",") if part.strip()] if raw else list(default)

    def networks(self, name: str) -> Networks:
        """Networks in CIDR form, comma-separated."""
        return self._read(
            name,
            (),
            lambda raw: networks([part.strip() for part in raw.split(",")]),
            "请写网段，如 10.20.0.0/16,fd00::/8",
        )

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        def parse(raw: str) -> str:
            if raw not in allowed:
                raise ValueError
            return raw

        return self._read(name, default, parse, "请写其中之一：" + "、".join(allowed))

    def folder(self, name: str, default: Path) -> Path:
        def parse(raw: str) -> Path:
            path = Path(raw).expanduser().resolve()
            if path.exists() and not path.is_dir():
                raise ValueError
            return path

        return self._read(name, default, parse, "请写一个文件夹的路径")

    def keys(self, name: str) -> list[str]:
        """Fernet keys, comma-separated: the first encrypts, all decrypt. A wrong one is not shown."""
        found = self.listed(name)
        for n, key in enumerate(found, start=1):
            try:
                Fernet(key)
            except ValueError:
                wanted = "每把密钥应为 32 字节的 URL 安全 base64，造法见 docs/howto/settings.md"
                raise BadSetting(name, f"第 {n} 把", wanted) from None
        return found

    def sender(self, name: str, default: str) -> str:
        """An e-mail address, alone or as `name <address>`."""

        def parse(raw: str) -> str:
            try:
                validate_email(parseaddr(raw)[1])
            except ValidationError as why:
                raise ValueError from why
            return raw

        return self._read(
            name, default, parse, "请写邮箱地址，如 no-reply@example.gov.cn 或 科技大市场 <no-reply@example.gov.cn>"
        )

    def zone(self, name: str, default: str) -> str:
        def parse(raw: str) -> str:
            try:
                return ZoneInfo(raw).key
            except ZoneInfoNotFoundError as why:
                raise ValueError from why

        return self._read(name, default, parse, "请写时区的名称，如 Asia/Shanghai")

    def url(self, name: str, *, schemes: tuple[str, ...]) -> str:
        def parse(raw: str) -> str:
            if urlsplit(raw).scheme not in schemes:
                raise ValueError
            return raw

        return self._read(name, "", parse, "请写以 " + " 或 ".join(f"{s}://" for s in schemes) + " 开头的地址")
