"""Before a program works: the tables are those of its code, and its keys open what the database holds."""

import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from triplehelix.config.env import BadSetting

LOOK_AGAIN_SECONDS = 3.0
#: Of the lock under which tables are made: any number nobody else takes.
LOCK = 7_390_412_558


def migrate() -> None:
    """Bring the tables up to the code. Sites that start at once on several machines wait for each other.

    Raises SystemExit (2): the database is newer than the code.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            refuse_newer()
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def refuse_newer() -> None:
    """An older program would read and write tables it does not know: a backup of a newer version was restored, or the
    code was set back. Raises SystemExit (2)."""
    loader = MigrationExecutor(connection).loader
    known = {*loader.disk_migrations, *(old for one in loader.disk_migrations.values() for old in one.replaces)}
    new = sorted({one for one in loader.applied_migrations if one[0] in loader.migrated_apps} - known)
    if new:
        named = f"{'.'.join(new[0])}，共 {len(new)} 项"
        print(
            f"数据库比程序新：这个版本不认识数据库里已经做过的升级（{named}）。"
            "请用升级过它的那个版本的程序，或者恢复升级之前的备份（docs/howto/run-for-a-city.md）。",
            file=sys.stderr,
        )
        raise SystemExit(2)


def pending() -> int:
    """How many migrations of this code the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_others_tables() -> None:
    """For what only reads. Raises SystemExit (2): the database is newer or older than the code."""
    refuse_newer()
    if many := pending():
        print(
            f"数据库还没有升级到这个版本（差 {many} 项）：请先启动网站，或运行 ./run manage migrate。", file=sys.stderr
        )
        raise SystemExit(2)


def wait_for_tables() -> None:
    """A worker that is started together with a new version waits until the site has made its tables, however long that
    takes. Raises SystemExit (2): the database is newer than the code."""
    refuse_newer()
    said = False
    while pending():
        if not said:
            print("数据库还没有升级到这个版本；后台等网站（./run serve）升级完再开始。", file=sys.stderr, flush=True)
            said = True
        connection.close()
        time.sleep(LOOK_AGAIN_SECONDS)


def refuse_others_keys() -> None:
    """Raises BadSetting: nothing that is encrypted in the database opens with FIELD_KEYS."""
    # Imported here, after django.setup(): it reads the tables.
    from triplehelix.records.parties import locked

    if found := locked.shut():
        kept = settings.VAR / "field_key.txt"
        wanted = (
            f"它解不开数据库里已经加密的内容（{found[0]}等 {len(found)} 类）。请把原来的 FIELD_KEYS 或 {kept} 放回去；"
            "换密钥时新的写在最前面，旧的留在后面（docs/howto/run-for-a-city.md）"
        )
        raise BadSetting("FIELD_KEYS", "…", wanted)
