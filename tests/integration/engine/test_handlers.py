"""Tasks of a table that the metadata no longer has: they fail as tasks do, so that each is free for the next runner."""

from typing import Any

import pytest

from etl.engine.handlers import TaskHandlers
from etl.errors import EnvironmentFault
from etl.runs import MERGING, Kind, Task
from tests.fix_company import CLAIMS, MakeSite


def test_a_task_of_an_unknown_table_is_refused_when_it_is_performed(make_site: MakeSite) -> None:
    nothing: Any = None
    with make_site(CLAIMS).runtime() as runtime:
        handlers = TaskHandlers(runtime, nothing, nothing, nothing)
        for kind in MERGING - {Kind.UPLOAD_FILES}:
            task = Task(seq=0, stage=0, kind=kind, title="rows of a table", table="in_Gone")
            perform = handlers.handler(task)
            with pytest.raises(EnvironmentFault, match="a task for in_Gone, which the metadata no longer knows"):
                perform(nothing, task)
