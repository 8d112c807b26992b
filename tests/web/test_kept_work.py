"""What is kept for a person whose session has ended, and the differences between two versions."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from pathlib import Path

import pytest
from sqlmodel import Session

from actions.submit import Content, upload
from actions.tidy import KEPT
from checks.definition import load_definition
from models import Version
from models.worklist import lines
from tests.actions.people import holder
from tests.journey.books import fill
from tests.web.conftest import MORNING, Installation
from web.comparison import SHOWN, compare
from web.pending import kept
from web.site import Site
from workbooks.comparison import CHANGED, Change

DEFINITION = load_definition("10.4", "红十字会")


@pytest.fixture
def shared(site: Installation) -> Site:
    found: Site = site.app.state.site
    return found


def put(shared: Site, token: str, **about: object) -> Path:
    folder = shared.data / "kept" / token
    folder.mkdir(parents=True)
    whole = {"person": 1, "typed": {"reason": "少一行"}, "filename": "", "assignment": 7} | about
    (folder / "about.json").write_text(json.dumps(whole))
    return folder


def age(folder: Path) -> None:
    """Make it a minute older than a kept form may be."""
    long_ago = time.time() - KEPT.total_seconds() - 60
    os.utime(folder, (long_ago, long_ago))


def test_it_is_given_back_to_the_same_person_for_the_same_task(shared: Site) -> None:
    put(shared, "abc-_9")
    found = kept(shared, "abc-_9", 1, 7)
    assert found is not None
    assert (found.typed, found.filename) == ({"reason": "少一行"}, "")


@pytest.mark.parametrize(
    ("token", "person", "assignment"),
    [
        ("abc", 2, 7),
        ("abc", 1, 8),
        ("abd", 1, 7),
        ("", 1, 7),
        ("../kept/abc", 1, 7),
        ("a/b", 1, 7),
        (".", 1, 7),
    ],
)
def test_nobody_else_gets_it(shared: Site, token: str, person: int, assignment: int) -> None:
    put(shared, "abc")
    assert kept(shared, token, person, assignment) is None


def test_its_day_ends_even_if_nobody_sweeps(shared: Site) -> None:
    age(put(shared, "abc"))
    assert kept(shared, "abc", 1, 7) is None


def test_an_upload_refused_after_it_was_read_loses_nothing(site: Installation, shared: Site) -> None:
    key = site.assignment("10.1.1", "学务部")
    with site.database.writing() as session:
        me, other = (holder(session, role, "学务部", MORNING).id for role in ("collector", "reviewer"))
        session.add(Version(assignment_id=key, number=1, kind="upload", made_by=me, made_at=MORNING))
    browser = site.browser("S031")
    book = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    with site.database.writing() as session:
        session.add(Version(assignment_id=key, number=2, kind="upload", made_by=other, made_at=MORNING))
    folder = put(shared, "abc", person=me, assignment=key, filename="学生.xlsx")
    (folder / "file").write_bytes(book)
    answer = browser.form(f"/assignments/{key}/upload", {"kept": "abc"})
    assert (answer.status_code, "系统里已有第 2 版" in answer.text) == (409, True)
    assert (folder / "file").read_bytes() == book


def test_the_site_sweeps_when_it_starts(site: Installation, shared: Site) -> None:
    old, young = put(shared, "old"), put(shared, "young")
    age(old)

    async def start() -> None:
        async with site.app.router.lifespan_context(site.app):
            pass

    asyncio.run(start())
    assert (old.exists(), young.exists()) == (False, True)


def test_what_is_older_than_a_day_is_swept_when_something_new_is_kept(
    site: Installation, shared: Site
) -> None:
    old, young = put(shared, "old"), put(shared, "young")
    age(old)
    key = site.assignment("10.4", "学务部")
    browser = site.browser("S031")
    token = browser.token("/mine")
    with site.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE signin SET expires_at = '2020-01-01 00:00:00.000000'")
    browser.post(f"/assignments/{key}/withdraw", data={"csrf": token, "reason": "再看看"})
    assert (old.exists(), young.exists()) == (False, True)
    assert len(list((shared.data / "kept").iterdir())) == 2


def rows_blob(shared: Site, rows: dict[int, dict[str, str]]) -> str:
    """The stored rows of a sheet, by row number."""
    import polars as pl

    from checks.rows import ROW, SHEET, Rows, to_parquet

    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    frame = pl.DataFrame(
        [{SHEET: "s", ROW: number} | {name: row.get(name) for name in names} for number, row in rows.items()],
        schema={SHEET: pl.String, ROW: pl.Int64} | dict.fromkeys(names, pl.String),
    )
    return shared.blobs.put(to_parquet(DEFINITION, Rows(frame, {"s": tuple(names)})))


def version(session: Session, shared: Site, rows: dict[int, dict[str, str]] | None) -> Version:
    (line,) = lines(session, table="10.4", department="学务部")
    who = holder(session, "collector", "学务部", MORNING)
    blob = rows_blob(shared, rows) if rows is not None else None
    kind = "nil" if rows is None else "upload"
    return upload(session, who, line.id, Content(kind=kind, blob=blob, rows_blob=blob), MORNING)


def test_the_difference_is_counted_by_key(site: Installation, shared: Site) -> None:
    before = {2: {"a": "1", "b": "x"}, 3: {"a": "2", "b": "y"}, 4: {"a": "3", "b": "z"}}
    after = {2: {"a": "4", "b": ""}, 3: {"a": "1", "b": "x"}, 4: {"a": "2", "b": "Y"}}
    with site.database.writing() as session:
        found = compare(shared, version(session, shared, before), version(session, shared, after), ("a",))
    assert (found.older, found.newer) == (1, 2)
    assert (found.rows_added, found.rows_removed, found.cells_changed) == (1, 1, 1)
    assert found.cells == [Change(CHANGED, "s", 4, 3, "2", "b", "y", "Y")]


def test_only_the_first_changed_cells_are_listed(site: Installation, shared: Site) -> None:
    with site.database.writing() as session:
        old = version(session, shared, {number: {"k": str(number), "a": "1"} for number in range(2, 52)})
        new = version(session, shared, {number: {"k": str(number), "a": "2"} for number in range(2, 52)})
        found = compare(shared, old, new, ("k",))
    assert (found.cells_changed, len(found.cells), SHOWN) == (50, 20, 20)


def test_a_new_column_and_a_nil_return_differ_too(site: Installation, shared: Site) -> None:
    with site.database.writing() as session:
        old = version(session, shared, {2: {"a": "1"}})
        wider = version(session, shared, {2: {"a": "1", "c": "new"}})
        nothing = version(session, shared, None)
        assert compare(shared, old, wider).cells == [Change(CHANGED, "s", 2, 2, "", "c", "", "new")]
        gone = compare(shared, wider, nothing)
    assert (gone.rows_removed, gone.cells_changed) == (1, 0)


def test_what_is_refused_stands_in_the_log_without_secrets(
    site: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    key = site.assignment("10.1.1", "学务部")
    with caplog.at_level(logging.INFO, "caiji.web"):
        site.browser("S041").get(f"/assignments/{key}")
        site.browser("S031").get("/people")
        site.browser().get("/activate/a-secret-of-somebody")
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        f"404 for S041: GET /assignments/{{assignment_id}} {key}",
        "403 for S031: GET /people ",
        "404 for -: GET /activate/{secret} ",
    ]
