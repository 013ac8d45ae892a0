"""Short words for the people of the procedure's journeys."""

from datetime import date, timedelta

from django.utils import timezone

from tests.cases import city as words
from tests.journeys.market import PASSWORD, sign_in
from triplehelix.fund import actions as fund
from triplehelix.procedure.notices.models import Notice
from triplehelix.records.parties import actions as parties

SINCE = date(2025, 1, 1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def account(email, name, role="", unit=""):
    now = timezone.now()
    made = parties.create_account(email=email, name=name, password=PASSWORD, actor=None, now=now)
    if role:
        parties.appoint(account=made, role=role, unit=unit, since=SINCE, actor=None, now=now)
    return made


def firm(n, name, email):
    """A confirmed firm of 阳谷县 and its administrator."""
    now = timezone.now()
    made = parties.register_organisation(
        uscc=words.uscc(n), name=name, region="371521", unit="371521", actor=None, now=now
    )
    parties.confirm_organisation(organisation=made, actor=None, now=now)
    member = account(email, "经办人")
    parties.add_member(account=member, organisation=made, role="admin", since=SINCE, actor=None, now=now)
    return made, member


def money(yuan=30_000_000, use="separate"):
    """This year's document and one purse with all of it."""
    now, year = timezone.now(), timezone.localdate().year
    fund.appropriate(year=year, document="澄财教指〔2026〕7号", amount_fen=yuan * 100, actor=None, now=now)
    return fund.open_purse(year=year, use=use, amount_fen=yuan * 100, actor=None, now=now)


def leave(page):
    """Nobody sits here. The page goes first: a picture it still asks for, now as a stranger, would be answered with a
    cookie of its own after the next page has been given its token."""
    page.goto("about:blank")
    page.context.clear_cookies()


def change_to(page, email):
    """Somebody else sits down at this machine."""
    leave(page)
    sign_in(page, email)


def press(page, label, note=""):
    """Take a step by its button, with a note where one is asked for."""
    if note:
        page.fill("textarea[name=note]", note)
    folded = page.locator(f"aside details.sure:has(summary:has-text('{label}'))")
    if folded.count():
        folded.first.locator("summary").click()
    page.click(f"aside button:has-text('{label}')")
    page.locator(f"text=已办理：{label}").wait_for(timeout=60_000)


def open_part(page, title):
    """Unfold an act of the side."""
    part = page.locator(f"aside details:has(h2:has-text('{title}'))")
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    return part


def days_pass():
    """The working days of every running notice have gone by."""
    today = timezone.localdate()
    Notice.objects.update(first=today - timedelta(days=20), last=today - timedelta(days=1))


def hands_in_papers(page, missing=None):
    """The first paper that is missing as a file, and what experts read; of the others where the original is. `missing`:
    how many there are."""
    waiting = page.locator(".case-papers li:has(.chip:has-text('还没有交'))")
    count = waiting.count()
    assert missing is None or count == missing
    for n in range(count, 0, -1):
        line = waiting.first
        name = line.locator("b").inner_text()
        line.locator("summary").click()
        if n == count:
            pdf = {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n" + name.encode()}
            line.locator("[name=file]").set_input_files(pdf)
        elif not line.locator("[name=said]").count():
            text = {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": "一、研究内容和技术路线".encode()}
            line.locator("[name=file]").set_input_files(text)
        else:
            line.locator("[name=said]").fill("原件已交科技窗口")
        line.locator("button:has-text('交上')").click()
        page.wait_for_function(
            "n => [...document.querySelectorAll('.case-papers .chip')]"
            ".filter(c => c.innerText == '还没有交').length < n",
            arg=n,
        )


def does_at_once(page, label):
    """Press a button that says first what it will do, then the one that does it."""
    page.click(f"summary:has-text('{label}')")
    page.click(f"button:has-text('确认{label}')")
