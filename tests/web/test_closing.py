"""«Due» and «closed» are two moments: late is taken, closed is not, whichever way it is handed in."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from actions import clock
from actions.extend import grant
from tests.actions.people import office
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation
from tests.web.dropping import XLSX, drop, own_books, states
from tests.web.typing_people import CLUB, COLLECTOR, Desk

LATE, LAST = "2020-11-20T09:00", "2020-11-25T23:59"
CLOSED = "2020-11-26T00:01"
TABLE = "10.3"


@pytest.fixture
def desk(site: Installation) -> Desk:
    return Desk.at(site, TABLE, "学务部")


def move_to(site: Installation, text: str) -> None:
    with site.database.writing() as session:
        clock.jump(session, datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def ways(desk: Desk) -> dict[str, int]:
    """The answer's status of each way to hand the same table in."""
    path = f"/assignments/{desk.key}"
    [(name, book)] = own_books(desk.browser, TABLE).items()
    file = {"file": (name, book, XLSX)}
    program = desk.site.program(COLLECTOR)
    return {
        "page": desk.browser.form(f"{path}/upload", files=file).status_code,
        "nil": desk.browser.form(f"{path}/nil").status_code,
        "merge": desk.browser.form(f"{path}/merge", files=[("files", file["file"])]).status_code,
        "api": program.post(f"/api/v1{path}/submit", files=file).status_code,
        "draft": desk.act("submit").status_code,
    }


def test_nothing_is_taken_once_it_has_closed(desk: Desk) -> None:
    desk.open()
    desk.add(CLUB)
    move_to(desk.site, CLOSED)
    assert set(ways(desk).values()) == {409}
    files = own_books(desk.browser, TABLE)
    assert set(states(desk.browser, drop(desk.browser, files)).values()) == {"refused"}
    assert desk.site.stage(desk.key) == "pending"


@pytest.mark.parametrize("moment", [LATE, LAST])
def test_late_is_taken_until_then_and_the_page_says_until_when(desk: Desk, moment: str) -> None:
    page = desk.browser.get(f"/assignments/{desk.key}").text
    assert "停止接收" in page
    assert "11月25日 23:59" in page
    move_to(desk.site, moment)
    assert desk.browser.form(f"/assignments/{desk.key}/nil").status_code == 200
    assert desk.site.stage(desk.key) == "collected"


def test_an_extension_opens_it_again_everywhere(desk: Desk) -> None:
    move_to(desk.site, CLOSED)
    with desk.site.database.writing() as session:
        now = clock.now(session)
        grant(session, office(session, now), desk.key, date(2020, 11, 27), "补报", now)
    path = f"/api/v1/assignments/{desk.key}"
    seen = desk.site.program(COLLECTOR).get(path).json()
    assert (seen["due"], seen["overdue"]) == ("2020-11-27T23:59:59+08:00", False)
    assert "12月04日 23:59" in desk.browser.get(f"/assignments/{desk.key}").text
    assert desk.browser.form(f"/assignments/{desk.key}/nil").status_code == 200
