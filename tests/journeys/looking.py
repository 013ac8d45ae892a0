"""A page as everybody meets it: wide and narrow, by day and by night."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

WIDTHS = (1440, 390)
#: A tablet held either way, or a window beside another: nothing is loaded anew.
BETWEEN = (1024, 768)
EVERYTHING = {"resultTypes": ["violations"]}
#: What another scheme can break: everything else a page is, it is by day as by night.
COLOURS = EVERYTHING | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
#: How wide the words of the narrowest row of a list are, in pixels.
NARROWEST = """Math.min(...Array.from(document.querySelectorAll(".quiet-list > li > :first-child"),
                        words => words.getBoundingClientRect().width), innerWidth)"""


def look(page, *addresses):
    """No axe violations, no sideways scrolling, no squeezed rows, a head of one line; loaded anew at each width."""
    own = page.viewport_size
    for address in addresses:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            page.evaluate(AXE_SCRIPT)
            _sound(page, f"{address} {width} light", EVERYTHING)
            _fits(page, address, width)
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            _sound(page, f"{address} {width} dark", COLOURS)
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
        for width in BETWEEN:
            page.set_viewport_size({"width": width, "height": 900})
            _within(page, address, width)
    page.set_viewport_size(own)


def _sound(page, where, rules):
    """Only what is wrong comes back from the browser: all that axe looked at is a megabyte of some pages."""
    violations = page.evaluate("rules => axe.run(rules).then(found => found.violations)", rules)
    assert not violations, f"{where}\n{AxeResults({'violations': violations}).generate_report()}"


def _within(page, address, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} scrolls sideways at {width}"


def _fits(page, address, width):
    _within(page, address, width)
    assert page.evaluate(NARROWEST) >= 180, f"{address}: a row of a list is squeezed at {width}"
    head = page.locator("header.site").bounding_box()
    assert head is not None and head["height"] < 70, f"{address}: the head takes two lines at {width}"
