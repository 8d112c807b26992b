"""Names of files: readable, safe on every system, each once; a strange one stops no upload."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.journey.books import fill
from tests.web.conftest import Installation
from web.filenames import LONGEST, NAMELESS, fit, name_sent, unlike
from web.templates_out import pack

COLLECTOR, OFFICE, TABLE = "S031", "S000", "10.1.1"
STRANGE = "学\ud800生\u202excod\x00\n.xlsx"
CLEAN = "学生xcod.xlsx"


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("学生.xlsx", "学生.xlsx"),
        (r"C:\我的文档\学生.xlsx", "学生.xlsx"),
        ("../../etc/学生.xlsx", "学生.xlsx"),
        (STRANGE, CLEAN),
        ("\u200b\ud800", NAMELESS),
        ("a/", NAMELESS),
        (None, NAMELESS),
        ("长" * 300 + ".xlsx", "长" * (LONGEST - 5) + ".xlsx"),
    ],
)
def test_a_name_that_was_sent_is_made_readable(sent: str | None, known: str) -> None:
    assert name_sent(sent) == known


def test_a_part_of_a_name_fits_every_system() -> None:
    assert fit('6.1 教师/职工: "一"\u202e?') == "6.1 教师-职工- -一-"


def test_no_two_names_are_alike_where_case_does_not_count() -> None:
    out = BytesIO()
    pack([(b"1", "表-Li.xlsx"), (b"2", "表-li.xlsx"), (b"3", "表-LI.xlsx"), (b"4", "表-李.xlsx")], out)
    with ZipFile(out) as package:
        assert package.namelist() == ["表-Li.xlsx", "表-li (2).xlsx", "表-LI (3).xlsx", "表-李.xlsx"]
        assert [package.read(name) for name in package.namelist()] == [b"1", b"2", b"3", b"4"]


def test_long_names_are_cut_to_what_a_disk_takes_and_stay_apart() -> None:
    taken: set[str] = set()
    found = [unlike("长" * 100 + f"{end}.xlsx", taken) for end in "ab"]
    assert len(set(found)) == 2
    assert all(len(name.encode()) <= 255 and name.endswith(".xlsx") for name in found)


ROUTES = [
    ("/assignments/{key}/upload", "file", COLLECTOR, {}),
    ("/assignments/{key}/merge", "files", COLLECTOR, {"mode": "add"}),
    ("/uploads", "files", COLLECTOR, {}),
    ("/plan/preview", "files", OFFICE, {}),
    ("/people/preview", "file", OFFICE, {}),
    ("/api/v1/assignments/{key}/submit", "file", COLLECTOR, {}),
    ("/api/v1/uploads", "files", COLLECTOR, {}),
]


def sent(field: str, name: bytes, content: bytes, more: dict[str, str]) -> tuple[bytes, str]:
    """The body of a form whose file's name says half a character, as UTF-7 can, and its type."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{told}'.encode()
        for key, told in more.items()
    ]
    parts.append(
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n' % (field.encode(), name)
        + content
    )
    return b"\r\n".join([*parts, b"--x--\r\n"]), "multipart/form-data; boundary=x; charset=utf-7"


@pytest.mark.parametrize(("route", "field", "person", "more"), ROUTES)
def test_half_a_character_in_a_file_s_name_stops_no_route(
    site: Installation, route: str, field: str, person: str, more: dict[str, str]
) -> None:
    program = site.program(person)
    path = route.format(key=site.assignment(TABLE, "学务部"))
    for content in (b"no workbook", b""):
        body, kind = sent(field, b"a+2AA-b.xlsx", content, more)
        answer = program.post(path, content=body, headers={"content-type": kind})
        assert answer.status_code in (200, 422), answer.text
        assert "\ufffd" not in answer.text


def test_a_workbook_of_such_a_name_is_kept_under_what_can_be_read(site: Installation) -> None:
    program, key = site.program(COLLECTOR), site.assignment(TABLE, "学务部")
    book = fill(program.get(f"/api/v1/assignments/{key}/template").content, TABLE)
    path = f"/api/v1/assignments/{key}/submit"
    body, kind = sent("file", b"a+2AA-+IC4-b.xlsx", book, {})
    assert program.post(path, content=body, headers={"content-type": kind}).status_code == 200
    told = program.get(f"/api/v1/assignments/{key}").json()
    assert told["content"]["filename"] == "ab.xlsx"
    assert program.get(f"/assignments/{key}/versions/1").content == book


def test_half_a_character_in_a_field_is_told_on_the_page(site: Installation) -> None:
    program, key = site.program(COLLECTOR), site.assignment(TABLE, "学务部")
    body, kind = sent("file", b"", b"", {"names": "+2AA-"})
    for path in (f"/assignments/{key}/sheets", f"/assignments/{key}/merge"):
        answer = program.post(path, content=body, headers={"content-type": kind})
        assert answer.status_code == 422, answer.text
