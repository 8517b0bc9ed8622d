"""Loads a checked upload: one transaction, and the server itself knows afterwards whether it was committed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl.database import transaction
from etl.engine import Runtime
from etl.errors import EnvironmentFault
from etl.files import StagedRows, find_table, hand_over, in_tables, is_of_a_row, load_staged
from etl.files.check_process import rows_path
from etl.web.filling.committed import number_of_transaction, status_of
from etl.web.filling.loads import Loads, RunningLoad
from etl.web.filling.spool import FULL, Spool, no_space
from etl.web.filling.upload import Check, Load, Step, Upload
from etl.web.problems import conflict
from etl.web.texts.sentence import sentence_of

_UNIQUE_VIOLATION = "23505"


@dataclass(frozen=True)
class Loading:
    """What a load needs; `viewer`: who begins it."""

    runtime: Runtime
    spool: Spool
    loads: Loads
    viewer: str

    def load(self, asked: Upload, check_id: str, *, takes_newest: bool, hands_over: bool) -> Upload:
        """Loads the rows that fit, and hands them over if asked; what was loaded already is returned as it is.

        `check_id`: the check whose result the viewer saw. Raises RequestProblem (409) where that is another one, and
        for a load that was cancelled; RunStopped for keys that are there already without `takes_newest`.
        """
        with self.spool.locked(asked.token):
            upload = settled(self.runtime, self.spool, self.spool.find(asked.company, asked.token))
            if upload.step is Step.LOADED:
                return upload
            if upload.step is not Step.CHECKED or upload.check is None or upload.check.id != check_id:
                raise conflict(sentence_of("sentence.checked_otherwise"))
            with self.loads.running(upload.token, self.viewer) as running:
                begun = self._load(upload, upload.check, running, takes_newest=takes_newest, hands_over=hands_over)
            load = begun.load and begun.load.model_copy(update={"is_committed": True})
            done = begun.model_copy(update={"load": load})
            self.spool.save(done)
            return done

    def _load(
        self, upload: Upload, check: Check, running: RunningLoad, *, takes_newest: bool, hands_over: bool
    ) -> Upload:
        """The transaction. Its number is noted on the disk before it is committed."""
        folder = self.spool.folder_of(upload) / f"check-{check.id}"
        schema = self.runtime.in_schema
        try:
            with transaction(self.runtime.engine) as connection:
                rows = 0
                for staged in _staged(self.runtime, check, folder):
                    running.refuse_cancelled()
                    rows += load_staged(connection, schema, staged, takes_newest=takes_newest)
                if hands_over:
                    hand_over(connection, schema)
                number = number_of_transaction(connection)
                running.refuse_cancelled(is_last=True)
                noted = Load(transaction=number, rows=rows, is_handed_over=hands_over, begun_at=datetime.now(UTC))
                begun = upload.model_copy(update={"load": noted})
                self.spool.save(begun)
        except EnvironmentFault as error:
            if is_of_a_row(error.sqlstate) or error.sqlstate == _UNIQUE_VIOLATION:
                raise conflict(sentence_of("sentence.row_refused", why=str(error))) from error
            raise
        except OSError as error:
            if error.errno in FULL:
                raise no_space() from error
            raise
        return begun


def settled(runtime: Runtime, spool: Spool, upload: Upload) -> Upload:
    """The upload with what became of a load that a crash, or a lost connection, has left open; noted in the spool."""
    if upload.step is not Step.UNSURE or upload.load is None:
        return upload
    with transaction(runtime.engine) as connection:
        status = status_of(connection, upload.load)
    if status == "in progress":
        raise conflict(sentence_of("sentence.upload_busy"))
    load = upload.load.model_copy(update={"is_committed": True}) if status == "committed" else None
    found = upload.model_copy(update={"load": load})
    spool.save(found)
    return found


def _staged(runtime: Runtime, check: Check, folder: Path) -> list[StagedRows]:
    tables = in_tables(runtime.company)
    return [
        StagedRows(rows_path(folder, number), one.source, find_table(tables, one.table), one.columns)
        for number, one in enumerate(check.tables)
    ]
