"""Output that is not read to its end, and terminals that cannot show every letter."""

import subprocess
import sys
from pathlib import Path

from tests.fix_company import CLAIMS, MakeSite, start_etl


def test_a_closed_pipe_is_no_fault(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    process = site.start_program("config", "show")
    assert process.stdout
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr
    with process.stderr as err:
        assert err.read() == ""


def test_a_terminal_without_cyrillic(tmp_path: Path) -> None:
    document = tmp_path / "companies/demo/business-objects/Client.yaml"
    document.parent.mkdir(parents=True)
    document.write_text("code: Client\nname: Клиент\nfields: []\n", encoding="utf-8")
    environ = {"PYTHONIOENCODING": "ascii", "ETL_CONFIG": f"file:{tmp_path}"}
    process = start_etl("metadata", "show", environ=environ, cwd=tmp_path)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "\\u041a" in out


def test_completion_is_offered() -> None:
    command = [sys.executable, "-m", "etl"]
    environ = {"_ETL_COMPLETE": "bash_complete", "COMP_WORDS": "etl gen", "COMP_CWORD": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert "generate-ddl" in done.stdout
