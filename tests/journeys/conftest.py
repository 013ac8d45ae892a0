"""A real browser on a real server, with the trail's followers at work as they are in `./run worker`."""

import os
import threading

import pytest
from playwright.sync_api import sync_playwright

from triplehelix.config.processes.worker import follow

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


@pytest.fixture
def page(chromium, live_server):
    """A fresh visitor. Any error on the page's console or a failed request of ours fails the test at its end."""
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    opened, errors = context.new_page(), []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    opened.errors = errors
    yield opened
    context.close()
    # A page that is not there, or not yours, is part of some journeys; its status line is no error of the page.
    assert [e for e in errors if "status of 4" not in e] == []


@pytest.fixture
def follower(transactional_db):
    """The worker's follower thread, for as long as the test runs."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(10)
