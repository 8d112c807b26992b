"""Many hands: several people's workbooks become one version's rows (P11); opens no session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from actions.inputs import Inputs
from actions.submit import Content, latest_version, upload
from actions.typed_rows import Making, content_of_rows
from actions.who import Who, demand_collector
from checks.across import repeated_elsewhere
from checks.finding import Finding
from checks.release import apply_releases
from models import Version
from models.blobs import Blobs
from models.errors import Conflict, Sentence, Unusable
from models.worklist import Line, line

if TYPE_CHECKING:
    import polars as pl

    from checks.definition import Definition
    from checks.rows import Rows

ADD, REPLACE = "add", "replace"
MODES = (ADD, REPLACE)
FORMER = -1
ACROSS = "duplicate-across"
PART, WAS = "_part", "_was"


@dataclass(frozen=True)
class Hand:
    """One person's workbook as it was read: the file's name, whose it is, rows and findings."""

    name: str
    person: str
    rows: Rows
    findings: Sequence[Finding] = ()


@dataclass(frozen=True)
class Refusal:
    """A file that could not be taken, and why."""

    name: str
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Gathering:
    """What is merged into what: ``former`` is the newest version (None: there is none), ``found`` what it was
    told, ``others`` the other departments' rows of the same table, by blob name."""

    mode: str
    hands: Sequence[Hand]
    refused: Sequence[Refusal] = ()
    former: Version | None = None
    found: Sequence[Finding] = ()
    others: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Merged:
    """The rows under each other, numbered as in the workbook; ``places`` tells for each sheet and row the
    hand (its number, FORMER for the version before) and the row there."""

    rows: Rows
    files: list[dict[str, Any]]
    former: int
    dropped: int
    places: Mapping[tuple[str, int], tuple[int, int]]

    @property
    def taken(self) -> int:
        """How many rows came from the files."""
        return sum(entry["rows"] for entry in self.files)


def content_of_hands(blobs: Blobs, seen: Line, campaign: str, known: Inputs, gathering: Gathering) -> Content:
    """The merged rows, checked and written as a workbook; ``origin`` tells what came from where.

    Unusable (422) where no file gave a row that isn't there already.
    """
    from checks.definition import load_definition
    from checks.engine import in_cell_order
    from checks.rows import from_parquet

    definition = load_definition(seen.table.code, seen.table.name)
    before, former = gathering.former, None
    if gathering.mode == ADD and before is not None and before.rows_blob is not None:
        former = from_parquet(blobs.get(before.rows_blob))
    result = merged(definition, gathering.hands, former)
    _demand_rows(gathering, result)
    base = before.number if before else None
    making = Making("merge", base, origin=_origin(gathering, result), clean=False)
    content = content_of_rows(blobs, seen, campaign, result.rows, known, making)
    told = told_by_file(definition, content.findings, result, gathering.hands)
    told += _carried(gathering.found, former, result, FORMER) if former else []
    others = [(department, blobs.get(name)) for department, name in gathering.others]
    twice = repeated_elsewhere(definition.code, blobs.get(content.rows_blob or ""), others, "提交")
    told = [*(each for each in told if each.rule != ACROSS), *twice]
    found = in_cell_order(definition, result.rows, told)
    return replace(content, findings=apply_releases(found, known.released, definition.code))


def keep(session: Session, who: Who, assignment_id: int, content: Content, now: datetime) -> Version:
    """Keep merged content as the newest version; Conflict (409) where another came since it was gathered:
    its rows are not among these."""
    demand_collector(who, line(session, assignment_id).assignment)
    newest = latest_version(session, assignment_id)
    number, seen = newest.number if newest else 0, content.base or 0
    if number != seen:
        was = Sentence("是在第 %(seen)s 版上合并的", seen=seen) if seen else Sentence("合并时还没有任何版本")
        raise Conflict(
            Sentence(
                "这些文件%(was)s，而系统里刚刚存入了第 %(number)s 版，没有再存一版。", was=was, number=number
            ),
            "请刷新页面，核对后把这些文件再合并一次；文件都还在，已有的数据没有被覆盖。",
            seen=seen,
            newest=number,
        )
    return upload(session, who, assignment_id, content, now)


def _demand_rows(gathering: Gathering, result: Merged) -> None:
    if result.taken:
        return
    if not gathering.hands:
        problems = [Sentence("%(name)s：%(message)s%(remedy)s", **vars(each)) for each in gathering.refused]
        raise Unusable("没有一份文件可以合并。", "请按下面的说明改好后，重新选择文件。", problems=problems)
    raise Unusable(
        "这些文件里没有新的行：要么没有填写，要么与已有的行完全相同。",
        "请核对是否选错了文件；已有的数据没有改动。",
    )


def _origin(gathering: Gathering, result: Merged) -> dict[str, Any]:
    before = gathering.former if gathering.mode == ADD else None
    return {
        "mode": gathering.mode,
        "files": result.files,
        "refused": [vars(each) for each in gathering.refused],
        "former": {"version": before.number, "rows": result.former} if before else None,
        "dropped": result.dropped,
    }


def merged(definition: Definition, hands: Sequence[Hand], former: Rows | None = None) -> Merged:
    """All rows, those of ``former`` first; of rows that are equal in every column the first one is kept."""
    import polars as pl

    from checks.rows import ROW, SHEET, Rows, empty_rows

    empty = empty_rows(definition)
    names = [field.name for field in definition.fields]
    whole = _stacked(definition, hands, former)
    order = {sheet.name: place for place, sheet in enumerate(definition.sheets)}
    kept = (
        whole.unique([SHEET, *names], keep="first", maintain_order=True)
        .sort(pl.col(SHEET).replace_strict(order, return_dtype=pl.Int64), maintain_order=True)
        .with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).over(SHEET).alias(ROW))
    )
    places = {(sheet, row): (part, was) for sheet, row, part, was in kept[[SHEET, ROW, PART, WAS]].rows()}
    return Merged(
        rows=Rows(kept.select(empty.frame.columns), empty.columns),
        files=[entry for number, hand in enumerate(hands) for entry in _told(hand, number, kept)],
        former=kept.filter(pl.col(PART) == FORMER).height,
        dropped=whole.height - kept.height,
        places=places,
    )


def _stacked(definition: Definition, hands: Sequence[Hand], former: Rows | None) -> pl.DataFrame:
    """The table's own columns of all, with the hand's number and the row that each was."""
    import polars as pl

    from checks.rows import ROW, SHEET, empty_rows

    empty = empty_rows(definition).frame
    given = [(FORMER, former)] if former is not None else []
    parts = [(number, rows) for number, rows in [*given, *enumerate(hand.rows for hand in hands)]]
    frames = [
        rows.frame.select(name for name in empty.columns if name in rows.frame.columns).with_columns(
            pl.lit(number, pl.Int64).alias(PART), pl.col(ROW).alias(WAS)
        )
        for number, rows in parts
    ]
    head = empty.with_columns(pl.lit(0, pl.Int64).alias(PART), pl.lit(0, pl.Int64).alias(WAS)).clear()
    return pl.concat([head, *frames], how="diagonal").sort(PART, SHEET, WAS, maintain_order=True)


def _told(hand: Hand, number: int, kept: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """An entry for each sheet that has rows of this hand; one without rows where none has."""
    import polars as pl

    from checks.rows import ROW, SHEET

    own = kept.filter(pl.col(PART) == number)
    gone = hand.rows.frame.height - own.height
    head = {"name": hand.name, "person": hand.person}
    if own.is_empty():
        yield head | {"sheet": "", "rows": 0, "first": None, "last": None, "dropped": gone}
    for sheet in own[SHEET].unique(maintain_order=True):
        rows = own.filter(pl.col(SHEET) == sheet)[ROW]
        ends = {"first": rows[0], "last": rows[-1]}
        yield head | {"sheet": sheet, "rows": len(rows), **ends, "dropped": gone}
        gone = 0


def told_by_file(
    definition: Definition, found: Sequence[Finding], result: Merged, hands: Sequence[Hand]
) -> list[Finding]:
    """The check's findings, each with the file and row that it comes from, and what only reading the files
    could find, at the cells where it stands now; in cell order."""
    from checks.engine import in_cell_order

    firsts = _first_places(definition, result)
    named = [_named(finding, result, hands, firsts) for finding in found]
    read = [each for number in range(len(hands)) for each in _of_hand(result, hands, number)]
    return in_cell_order(definition, result.rows, [*named, *read])


def _first_places(definition: Definition, result: Merged) -> dict[tuple[str, int], tuple[str, int]]:
    """For each row the first one that has its key."""
    from checks.rows import ROW, SHEET

    firsts: dict[tuple[str | None, ...], tuple[str, int]] = {}
    found: dict[tuple[str, int], tuple[str, int]] = {}
    for sheet, row, *key in result.rows.frame.select(SHEET, ROW, *definition.key).iter_rows():
        found[sheet, row] = firsts.setdefault(tuple(key), (sheet, row))
    return found


def _named(
    finding: Finding,
    result: Merged,
    hands: Sequence[Hand],
    firsts: Mapping[tuple[str, int], tuple[str, int]],
) -> Finding:
    from checks.of_reading import with_more

    here = (finding.sheet, finding.row or 0)
    twice = finding.rule == "unique-key"
    if here not in result.places or (result.places[here][0] == FORMER and not twice):
        return finding
    said = Sentence("来自 %(source)s", source=_source(here, result, hands))
    if twice:
        other = _source(firsts[here], result, hands)
        said = Sentence("%(said)s；与之重复的来自 %(other)s", said=said, other=other)
    return replace(finding, message=with_more(finding.message, said))


def _source(place: tuple[str, int], result: Merged, hands: Sequence[Hand]) -> Sentence:
    """Such as: 张老师.xlsx 第 3 行."""
    number, row = result.places[place]
    name = Sentence("原有数据") if number == FORMER else hands[number].name
    return Sentence("%(name)s 第 %(row)s 行", name=name, row=row)


def _of_hand(result: Merged, hands: Sequence[Hand], number: int) -> Iterator[Finding]:
    """What reading found in a file: of its sheets as a whole, and of cells that were taken."""
    from checks.of_reading import OF_SHEET, of_file, with_more

    hand = hands[number]
    yield from (of_file(each, hand.name) for each in hand.findings if each.rule in OF_SHEET)
    of_cells = [each for each in hand.findings if each.rule not in OF_SHEET]
    for found in _carried(of_cells, hand.rows, result, number):
        source = _source((found.sheet, found.row), result, hands) if found.row else hand.name
        said = Sentence("来自 %(source)s", source=source)
        yield replace(found, message=with_more(found.message, said))


def _carried(found: Sequence[Finding], before: Rows, result: Merged, number: int) -> list[Finding]:
    """What is still true of the rows that come from this part."""
    from checks.of_reading import still_true

    moved = {(sheet, was): row for (sheet, row), (part, was) in result.places.items() if part == number}
    return still_true(found, before, result.rows, moved)
