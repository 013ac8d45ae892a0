"""Take the README's pictures of a running demo: `.venv/bin/python docs/screens/take.py http://127.0.0.1:8000/ PASSWORD`
with the password the demo printed."""

import os
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
QUESTION = "铜排放了三个月表面发黑，接触电阻升高，有没有不含铬的办法"
SHOTS = {
    "home": ("/", 1440, "light"),
    "search": (f"/search/?q={quote(QUESTION)}", 1440, "light"),
    "matches-dark": ("/needs/1/matches/", 1440, "dark"),
    "search-phone": (f"/search/?q={quote(QUESTION)}", 390, "light"),
    "funnel": ("/funnel/", 1440, "light"),
    "case": ("/cases/?state=objected", 1440, "light"),
}
#: Whose page it is, where not everybody's; and what is opened from it.
OF = {"funnel": "city@example.com", "case": "city@example.com"}
OPENS = {"case": "main table a"}


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/todo/")


def main(base: str, password: str) -> None:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name, (where, width, scheme) in SHOTS.items():
            size = {"width": width, "height": 1000 if width > 500 else 844}
            context = browser.new_context(base_url=base, viewport=size, color_scheme=scheme, locale="zh-CN")
            page = context.new_page()
            if name in OF:
                sign_in(page, OF[name], password)
            page.goto(where)
            if name in OPENS:
                page.locator(OPENS[name]).first.click()
                page.wait_for_load_state()
            page.screenshot(path=HERE / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
