"""The task of docs/scheduler.md, with the real command."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import CLAIMS, ONLY_ONE, MakeSite, Site

[TASK] = [block.text for block in blocks(CHECKOUT / "docs/scheduler.md") if block.language == "python"]


@pytest.fixture
def site(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A company whose configuration and command the environment names."""
    site = make_site(CLAIMS)
    own = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "ETL_CONFIG": site.url}
    for name, value in {**site.environ, **own, "HOME": str(site.home)}.items():
        monkeypatch.setenv(name, value)
    return site


def play() -> None:
    exec(compile(TASK, "run_import.py", "exec"), {"__name__": "__main__"})


@ONLY_ONE
@pytest.mark.prepared
def test_a_scheduler_learns_what_became_of_the_rows(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["run_import.py"])
    site.partner.fill("in_Client", {"in_id": "a"}, {"in_id": "b", "amount": "NaN"})
    site.partner.hand_over()
    play()
    run = site.value("select max(id) from in_tables.run", at=site.database)
    assert capsys.readouterr().out.startswith(f"run {run}: 1 errors\nin_Client: 2 rows, 1 rejected\n")
    play()
    assert capsys.readouterr().out == "nothing to do\n"
    task: dict[str, Any] = {"__name__": "task"}
    exec(TASK, task)
    assert site.etl("hold", "--reason", "a test").code == 0
    assert task["run_import"]("--config", site.url) is None
    with pytest.raises(RuntimeError, match=r"etl: .* does not exist: `etl config init"):
        task["run_import"]("--config", f"file:{site.home / 'no'}")
