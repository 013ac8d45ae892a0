"""A real browser on a real server, with the trail's followers at work as they are in `./run worker`."""

import asyncio
import os
import threading

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import sync_playwright
from procrastinate import App
from procrastinate.contrib.django import app

from tests.journeys.market import OTHERS, organisation, person
from triplehelix.config.processes.worker import follow, serve
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions
from triplehelix.records.steps.actions import take

# Playwright's loop runs in this thread; the tests themselves are plain synchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--no-sandbox",  # Chromium refuses its sandbox as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium (CHROMIUM is set by `./run test`). Fails, never skips, when it cannot start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        yield browser
        browser.close()


def opened(chromium, live_server, **more):
    """A fresh visitor's page. `page.expected` are the refusals a journey means to meet (404, 409 …)."""
    wanted = {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}} | more
    context = chromium.new_context(base_url=live_server.url, **wanted)
    context.set_default_timeout(30_000)  # two at once on two cores may be slow; a test that passes does not wait
    page = context.new_page()
    page.errors, page.expected = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
    return page


def closed(page):
    """Any error on the page's console, and any refusal the journey did not mean to meet, fails the test."""
    page.context.close()
    meant = [f"status of {status}" for status in page.expected]
    assert [error for error in page.errors if not any(one in error for one in meant)] == []


@pytest.fixture(autouse=True)
def unlocked(transactional_db):
    """Wrong passwords are counted in the cache, which outlives the tables of a test."""
    cache.clear()


@pytest.fixture
def page(chromium, live_server):
    """A fresh visitor."""
    made = opened(chromium, live_server)
    yield made
    closed(made)


@pytest.fixture
def second(chromium, live_server):
    """Somebody else, on a machine of their own."""
    made = opened(chromium, live_server)
    yield made
    closed(made)


@pytest.fixture
def follower(transactional_db):
    """The worker's follower thread, for as long as the test runs."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(60)


@pytest.fixture
def worker(transactional_db):
    """The worker's queue, for as long as the test runs.

    An app of its own with the same tasks, as if it were another process: the site's keeps the connection by which its
    pages, and the test, ask for work. What is due every minute is left out.
    """
    apart = App(connector=app.connector.get_worker_connector(), worker_defaults=app.worker_defaults)
    apart.tasks = app.tasks
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    def run():
        asyncio.set_event_loop(loop)
        loop.task = loop.create_task(serve(apart, 1))
        ready.set()
        loop.run_until_complete(asyncio.gather(loop.task, return_exceptions=True))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    yield
    loop.call_soon_threadsafe(loop.task.cancel)
    thread.join(60)
    loop.close()


@pytest.fixture
def people(transactional_db):
    """A firm that asks, and a university with achievements that do not answer it."""
    person("firm@example.com", organisation(8001, "示例铜业", "企业"))
    school = organisation(8002, "示例理工大学", "高等学校")
    clerk = person("school@example.com", school)
    now = timezone.now()
    for title, text in OTHERS.items():
        values = {"title": title, "text": text, "field": "先进制造", "region": "371502"}
        one = actions.create(model=Achievement, organisation=school, values=values, actor=clerk, now=now)
        take(case=one, step="publish", actor=clerk, now=now, seen_version=one.version)
