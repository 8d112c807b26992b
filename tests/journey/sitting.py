"""People at the page where a table is typed: each with a browser window of his own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import polars as pl
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from checks.definition import load_definition
from checks.rows import ROW, SHEET, Rows, empty_rows, to_parquet
from models import Prior
from models.blobs import Blobs
from models.database import Database
from models.worklist import lines
from tests.journey.service import Service

SHOTS: ViewportSize = {"width": 1360, "height": 900}
SAVED = re.compile(r"已自动保存 \d\d:\d\d")
EXPECTED = ("422", "409", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
"""What a browser says of a refusal that the test asks for, or of a network that it takes away."""
Sitting = Callable[..., Page]


def enter(page: Page, staff_no: str) -> None:
    """Sign in with one click, as a rehearsal allows."""
    page.goto("/rehearsal/sign-in")
    page.get_by_role("button", name=re.compile(rf"\b{staff_no}\b")).first.click()
    expect(page.get_by_role("link", name="退出").or_(page.get_by_role("button", name="退出"))).to_be_visible()


def watch(page: Page) -> list[str]:
    """What goes wrong on the page from now on: failed scripts, refused resources."""
    troubles = list[str]()
    page.on("pageerror", lambda error: troubles.append(f"{error} {error.stack}"))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    return troubles


@contextmanager
def watched(browser: Browser, service: Service) -> Iterator[Page]:
    """One window; at the end no script has failed, and nothing was refused but what a test asks for."""
    context = browser.new_context(base_url=service.url, locale="zh-CN", viewport=SHOTS)
    context.set_default_timeout(30_000)
    page = context.new_page()
    troubles = watch(page)
    yield page
    context.close()
    assert [trouble for trouble in troubles if "422" not in trouble and "409" not in trouble] == []


@contextmanager
def sitting(browser: Browser, service: Service) -> Iterator[Sitting]:
    """Opens a window for a person; at the end no script has failed and no resource was refused."""
    contexts, watches = list[BrowserContext](), list[list[str]]()

    def down(staff_no: str, size: ViewportSize = SHOTS, **more: bool) -> Page:
        context = browser.new_context(base_url=service.url, locale="zh-CN", viewport=size, **more)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        watches.append(watch(page))
        enter(page, staff_no)
        return page

    yield down
    for context in contexts:
        context.close()
    assert [
        trouble for troubles in watches for trouble in troubles if not any(one in trouble for one in EXPECTED)
    ] == []


def fill(page: Page, code: str) -> None:
    """Go to the page where the table is typed."""
    page.goto("/mine")
    page.get_by_role("link", name=re.compile(rf"^{re.escape(code)} ")).click()
    page.get_by_role("link", name="在线填写").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    expect(page.locator(".tabulator-row, form.record").first).to_be_visible()


def cell(page: Page, row: int, column: str) -> Locator:
    """A grid's cell by its row (from 1) and its column's name."""
    field = page.evaluate(
        "name => 'c' + CaijiGrid.columns().findIndex((column) => column.name === name)", column
    )
    return page.locator(f".tabulator-row:nth-child({row}) .tabulator-cell[tabulator-field={field}]")


def paste(page: Page, text: str) -> None:
    """What Ctrl+V does with this text on the clipboard."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const at = document.querySelector("#grid .tabulator-tableholder");
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          at.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


def last_year(service: Service, code: str, row: dict[str, str]) -> None:
    """Load last year's row of the table's only assignment."""
    empty = empty_rows(load_definition(code))
    frame = pl.DataFrame([{SHEET: code, ROW: 2, **row}], schema=empty.frame.schema)
    blob = Blobs(service.data / "blobs").put(to_parquet(load_definition(code), Rows(frame, empty.columns)))
    database = Database(f"sqlite:///{service.data / 'caiji.db'}")
    with database.writing() as session:
        (seen,) = lines(session, table=code)
        loaded = datetime(2020, 11, 6, tzinfo=UTC)
        session.add(Prior(assignment_id=seen.id, rows_blob=blob, row_count=1, loaded_at=loaded))
    database.close()


def saved(page: Page) -> None:
    expect(page.locator("[data-part=saving]")).to_have_text(SAVED)


def hand_in(page: Page) -> None:
    """Ask for it, and say yes."""
    page.get_by_role("button", name="提交审核").click()
    page.get_by_role("dialog").get_by_role("button", name="提交审核").click()
