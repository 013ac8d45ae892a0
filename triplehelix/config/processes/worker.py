"""`./run worker`: everything that happens behind a page.

One process: procrastinate runs queued and timed tasks; a thread per follower of the trail keeps what is derived from
it (the matching index) up to date, woken by NOTIFY. Any number of workers may run, on any number of machines.
"""

import argparse
import asyncio
import logging
import signal
import sys
import threading

import django
from django.conf import settings
from django.db import close_old_connections, connection
from procrastinate import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from triplehelix.config import translations
from triplehelix.config.processes import ready

log = logging.getLogger(__name__)
GRACE_SECONDS = 5.0  # a job in hand may take so long to end when the worker is told to stop
ABANDONED_EVERY_SECONDS = 20.0
IDLE_SECONDS = 2.0  # a follower looks by itself this often, should a NOTIFY be lost with its connection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=2, help="同时办理的任务数（默认 2）")


def follow(stop: threading.Event) -> None:
    """Drain every follower's inbox whenever the trail grows, until told to stop."""
    # Imported after django.setup(): these are tables.
    from triplehelix.records.trail import followers

    while not stop.is_set():
        try:
            with followers.listening() as wait:
                while not stop.is_set():
                    close_old_connections()
                    if not followers.drain_all():
                        wait(IDLE_SECONDS)
        except Exception:
            # The database went away: say so, wait, connect again. Nothing is lost, the inbox is in the database.
            log.exception("留痕跟随中断，稍后重连")
            stop.wait(2)
    connection.close()


async def work(concurrency: int) -> None:
    # Imported after django.setup(): its queue is a table.
    from procrastinate.contrib.django import app

    # The connector of Django's app offers it; procrastinate's base type does not say so.
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:
        await serve(working, concurrency)


async def serve(working: App, concurrency: int) -> None:
    """Run this app's tasks until cancelled; its connector must be one that can listen."""
    async with working.open_async():
        taking_up = asyncio.create_task(take_up_abandoned(working))
        try:
            await working.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
            )
        finally:
            taking_up.cancel()


async def take_up_abandoned(working: App) -> None:
    """Jobs whose worker was killed in the middle (it gave no sign of life for half a minute) are queued again."""
    while True:
        try:
            for job in await working.job_manager.get_stalled_jobs():
                await _take_up(working, job)
        except ConnectorException:
            log.exception("查不到中断的任务，稍后再查")  # the database went away
        await asyncio.sleep(ABANDONED_EVERY_SECONDS)


async def _take_up(working: App, job: Job) -> None:
    log.warning("接手中断的任务 %s", job.task_name)
    try:
        await working.job_manager.retry_job(job)
    except UniqueViolation:
        # Its work has been queued anew meanwhile. This one ends: its lock would keep the other waiting for ever.
        await working.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
    except ConnectorException:
        log.warning("任务 %s 已由别的后台接手", job.task_name)


async def until_signal(concurrency: int) -> bool:
    """Work until told to stop. Answers whether it was told: a worker that ends by itself has lost its database."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, ended.set)
    working = asyncio.create_task(work(concurrency))
    waiting = asyncio.create_task(ended.wait())
    done, _ = await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if working in done:
        working.result()
        waiting.cancel()
        return False
    working.cancel()  # jobs in hand are finished, then it ends
    await asyncio.gather(working, return_exceptions=True)
    return True


def run(args: argparse.Namespace) -> int:
    django.setup()
    ready.wait_for_tables()
    ready.refuse_others_keys()
    translations.compiled(settings.VAR)  # on a machine without a site nobody else does: letters are in English too
    # Imported after django.setup(): its queue is a table.
    from triplehelix.matching.wake import catch_up_later

    catch_up_later()
    stop = threading.Event()
    follower = threading.Thread(target=follow, args=(stop,), name="trail-followers", daemon=True)
    follower.start()
    try:
        was_told = asyncio.run(until_signal(args.concurrency))
    finally:
        stop.set()
        follower.join(timeout=10)
    if not was_told:
        sys.stderr.write("后台自己停了，多半是数据库断开过：请由 systemd 之类重新启动（Restart=always）\n")
    return 0 if was_told else 1
