"""What browsers of 2019 lack is made good before anything else is loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from commands.old_browsers import STATIC

AGED = """
for (const parent of [Element, Document, DocumentFragment]) delete parent.prototype.replaceChildren;
delete String.prototype.replaceAll;
window.SubmitEvent = undefined;
delete Event.prototype.submitter;
"""
PAGE = """<ul><li>old</li>text</ul>
<form onsubmit="said.push(event.submitter && event.submitter.value); return false">
<input name="a"><button name="wish" value="keep">keep</button>
<button name="wish" value="send"><b>send</b></button></form>
<form id="other" onsubmit="said.push(event.submitter); return false"><input name="b"></form>"""


@pytest.fixture
def aged(browser: Browser) -> Iterator[Page]:
    """A page without what is newer than 2019, and with our script."""
    page = browser.new_page()
    page.add_init_script(f"window.said = [];{AGED}")
    page.goto("about:blank")
    page.set_content(PAGE)
    page.add_script_tag(path=STATIC / "old.js")
    yield page
    page.close()


def test_children_are_replaced(aged: Page) -> None:
    made = aged.evaluate(
        """() => {
            const list = document.querySelector("ul");
            list.replaceChildren("a", document.createElement("li"));
            const whole = list.outerHTML;
            list.replaceChildren();
            return [whole, list.outerHTML];
        }"""
    )
    assert made == ["<ul>a<li></li></ul>", "<ul></ul>"]


def test_all_of_a_string_is_replaced(aged: Page) -> None:
    assert aged.evaluate("'hx-get hx-swap'.replaceAll('hx-', 'x.')") == "x.get x.swap"


def test_a_form_knows_the_button_that_was_pressed(aged: Page) -> None:
    aged.click("button >> text=send")
    aged.click("button >> text=keep")
    aged.press("#other input", "Enter")
    assert aged.evaluate("said") == ["send", "keep", None]
