"""The summary as a Frictionless data package, so that other programs read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def data_package(
    title: str, written: Iterable[tuple[dict[str, Any], dict[str, dict[str, Any]]]]
) -> dict[str, Any]:
    """A Frictionless data package over the workbooks; one resource a data sheet."""
    resources = [
        _resource(document, sheet, schema)
        for document, schemas in written
        for sheet, schema in schemas.items()
    ]
    return {"name": "caiji-summary", "title": title, "resources": resources}


def _resource(document: dict[str, Any], sheet: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": f"table-{sheet}".lower(),
        "type": "table",
        "title": f"{sheet} {document['name']}",
        "path": document["file"],
        "format": "xlsx",
        "mediatype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "hash": f"sha256:{document['sha256']}",
        "dialect": {"excel": {"sheet": sheet}},
        "schema": schema,
    }
