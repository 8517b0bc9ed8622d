"""A password is in no log, whatever goes wrong and however much is logged."""

import subprocess
import sys
from pathlib import Path

from tests.documentation import CHECKOUT
from tests.fix_company import CLAIMS, PASSWORD, PASSWORD_VARIABLE, MakeSite

EVERYTHING = """\
layout
  pattern : %d %level %logger %msg%n%ex
layout json
  pattern : %json
destination_to console
  type stderr
destination_to files
  type rolling_file
  max_file_size 100 MB
destination console console
destination plain files plain
destination json files json
  layout json
category sqlalchemy
  level TRACE
category psycopg
  level TRACE
category kazoo
  level TRACE
root
  level TRACE
  assign_to console plain json
"""

FAULTY_PROGRAM = f"""
import logging, sys, threading
from pathlib import Path
from etl.logs import Log, keep_secret
keep_secret({PASSWORD!r})
Log(Path(sys.argv[1]), {{}}, is_service=True).follow({{"logging/structure.txt": {EVERYTHING!r}}}, "place")

def fail(secret):
    raise RuntimeError("no connection: password='" + secret + "'")

def note():
    try:
        fail({PASSWORD!r})
    except RuntimeError as error:
        logging.getLogger("x").exception("failed with %s", error)
        logging.getLogger("x").error("%r", {{"password": {PASSWORD!r}}}, stack_info=True)

note()
thread = threading.Thread(target=fail, args=({PASSWORD!r},))
thread.start()
thread.join()
fail({PASSWORD!r})
"""


def texts(folder: Path) -> str:
    return "\n".join(path.read_text() for path in folder.rglob("*.log"))


def test_tracebacks_of_a_faulty_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAULTY_PROGRAM, str(tmp_path)],
        env={"PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for text in (done.stderr, texts(tmp_path)):
        assert "no connection: password='******'" in text
        assert text.count("Traceback") >= 3
        assert PASSWORD not in text
    assert (tmp_path / "json.log").exists()


def test_commands_that_log_everything(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site(CLAIMS)
    site.write("logging/structure.txt", EVERYTHING)
    log = tmp_path / "log"
    site.partner.fill("in_Client", {"in_id": "c1", "name": "x", "amount": "NaN"})
    ended = [site.etl("run", ETL_LOG=str(log))]
    wrong = f"{PASSWORD} but wrong"
    ended.append(site.etl("run", ETL_LOG=str(log), **{PASSWORD_VARIABLE: wrong}))
    ended.append(site.etl("run", "--loop", "--dry-run", ETL_LOG=str(log)))
    assert [one.code for one in ended] == [1, 4, 2]
    assert "w7qP9r57 :: start migration" in texts(log)
    assert "password authentication failed" in ended[1].err
    for text in (texts(log), *(one.out + one.err for one in ended)):
        assert PASSWORD not in text
