"""Where the pages of a Word report may break: not before its closing, nor before a table's last row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Row

CLOSING = "公文结语"
"""The style of the closing lines, which the signature follows."""
LAST_ROWS = 3


def keep_together(document: Document) -> None:
    """The closing takes what stands before it along to its page; of a table no row goes to a page alone."""
    from docx.table import Table

    blocks = list(document.iter_inner_content())
    for block in blocks:
        if isinstance(block, Table):
            _keep_rows(block)
    closings = [n for n, block in enumerate(blocks) if block.style and block.style.name == CLOSING]
    for n in reversed(range(closings[-1] if closings else 0)):
        block = blocks[n]
        if isinstance(block, Table):
            _keep_row(block.rows[-1])
            return
        block.paragraph_format.keep_with_next = True
        if block.text.strip():
            return


def _keep_rows(table: Table) -> None:
    for row in table.rows[-LAST_ROWS:-1]:
        _keep_row(row)


def _keep_row(row: _Row) -> None:
    """On the page of what follows; Word goes by the row's paragraphs."""
    for cell in row.cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True
