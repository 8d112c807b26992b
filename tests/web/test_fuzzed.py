"""Whatever is sent to the API in the shapes that it describes, or near them, is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, one_of, sampled_from

from models.database import Database
from settings import Settings
from tests.web.conftest import installed
from tests.web.transport import Browser
from web.app import create_app

SCHEMA = schemathesis.openapi.from_dict(
    create_app(Settings(), Database("sqlite:///never-opened.db")).openapi()
)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
TASKS = [1, 2, 60, 2**62]
BOUNDED = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def near(operation: schemathesis.APIOperation) -> SearchStrategy[schemathesis.Case]:
    """What fits the description, and what just does not."""
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    return one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))


@pytest.fixture(scope="module")
def programs(
    loaded: Callable[[bool], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Browser]]:
    """One of the office, a collector and a reviewer, on one installation for all that is sent."""
    with ExitStack() as ends:
        site = installed(tmp_path_factory.mktemp("fuzzed"), loaded(True), ends)
        yield [site.program(staff_no) for staff_no in ("S000", "S031", "S032")]


def answered(program: Browser, case: schemathesis.Case) -> int:
    """The status of the answer to this case."""
    sent: dict[str, Any] = {"params": case.query, "headers": case.headers}
    if case.media_type == "application/json":
        text = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=repr)
        sent["content"] = _bytes(text)
        sent["headers"] = {**(case.headers or {}), "content-type": "application/json"}
    elif isinstance(case.body, dict):
        sent["files"] = {name: ("a.xlsx", _bytes(value)) for name, value in case.body.items()}
    return program.request(case.method, case.formatted_path, **sent).status_code


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_answer(programs: list[Browser], label: str) -> None:
    operation = OPERATIONS[label]

    @BOUNDED
    @given(near(operation), sampled_from(TASKS), sampled_from(programs))
    def tried(case: schemathesis.Case, task: int, program: Browser) -> None:
        if "assignment_id" in (case.path_parameters or {}):
            case.path_parameters["assignment_id"] = task
        assert answered(program, case) < 500, case.as_curl_command()

    tried()
