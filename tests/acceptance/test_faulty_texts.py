"""A hundred faulty texts, in a directory and in ZooKeeper: each is refused by place and key, and starts nothing."""

import signal
from collections.abc import Iterator
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner, Result

from etl.cli.check import check_up
from etl.cli.config import config
from etl.config import ConfigSource, open_source
from etl.errors import ConfigurationError
from etl.settings.catalogue import FILES, STORE_DATABASE, WORKERS
from etl.settings.directory_keys import DIRECTORY
from etl.settings.kafka_keys import KAFKA_FILES
from etl.settings.web_keys import WEB
from tests.acceptance.service import Service, serving
from tests.crash import runner
from tests.faulty_texts import LOGGING, SCHEDULE, Fault, faults, log_faults
from tests.fix_company import CLAIMS, CODE, PASSWORD, PASSWORD_VARIABLE, STORE, MakeSite, Site, until

# A process takes longer than a command that is called; it reads the configuration through the same door.
_RUN_EACH = 10
NEVER = "tryToStartMigration = 31 feb * 10:00"


@pytest.fixture(params=["directory", "zookeeper"])
def site(request: pytest.FixtureRequest, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    url = request.getfixturevalue("zookeeper_url") if request.param == "zookeeper" else ""
    site = make_site(CLAIMS, url=url, pollSeconds=3600)
    site.write(SCHEDULE, NEVER)
    for path in (
        LOGGING,
        WORKERS,
        STORE_DATABASE,
        *(file.path for file in KAFKA_FILES),
        DIRECTORY,
        WEB,
        *(f"companies/{CODE}/{file.path}" for file in FILES if file.overlaid),
    ):
        site.write(path, "")
    site.document("Extra", "code: Extra\nfields: []\n")
    site.partner.fill("in_Client", {"in_id": "c1", "name": "Client"})
    return site


class Tree:
    """The configuration of a site, edited with mistakes and then fixed."""

    def __init__(self, source: ConfigSource) -> None:
        self._source = source
        self.good = source.snapshot().contents
        self.faults = faults(self.good)

    def spoil(self, fault: Fault) -> None:
        self._source.write(fault.path, fault.text)

    def fix(self, fault: Fault) -> None:
        self._source.write(fault.path, self.good[fault.path])


@pytest.fixture
def tree(site: Site) -> Iterator[Tree]:
    with open_source(site.url) as source:
        yield Tree(source)


def command(site: Site, name: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(name, [*arguments], obj=SimpleNamespace(config_url=site.url), catch_exceptions=False)


def test_no_command_takes_a_faulty_text(site: Site, tree: Tree) -> None:
    environ = {**site.environ, "ETL_CONFIG": site.url, "HOME": str(site.home)}
    for number, fault in enumerate(tree.faults):
        tree.spoil(fault)
        if not fault.path.endswith(".yaml"):  # `config show` shows settings
            with pytest.raises(ConfigurationError) as refused:
                command(site, config, "show")
            assert fault.is_reported(str(refused.value)), fault
        checked = command(site, check_up)
        assert checked.exit_code == 1, f"{fault}: {checked.output}"
        assert fault.is_reported(checked.output), f"{fault}: {checked.output}"
        if number % _RUN_EACH == 0:
            ended = runner.start(site.home, environ, None, "run").ended()
            assert ended.code == 2, f"{fault}: {ended}"
            assert fault.is_reported(ended.err), f"{fault}: {ended.err}"
        tree.fix(fault)
    assert site.count("pg_tables where schemaname like 'store\\_%'") == 0
    assert site.partner.statuses("in_Client") == {"": 1}
    assert site.etl("run").code == 0


def test_a_service_keeps_the_last_good_values(site: Site, tree: Tree) -> None:
    """Through all faults it stays up and tells each one; the run in the middle has the values from before."""
    with serving(site) as service:
        service.wait_for_runs(1)
        for number, fault in enumerate([*tree.faults, *log_faults()]):
            before = len(service.log)
            tree.spoil(fault)
            service.signal(signal.SIGHUP)  # a directory is else looked at once a second
            wait_for_message(service, fault, before)
            if number == len(tree.faults) // 2:
                site.partner.fill("in_Client", {"in_id": "c2", "name": "Client"})
                site.partner.hand_over()
                service.wait_for_runs(2)
            tree.fix(fault)
    assert site.count(f"{STORE}.bo_Client") == 2
    assert site.count("in_tables.run") == 2


def wait_for_message(service: Service, fault: Fault, before: int) -> None:
    """Waits until a line of the log after the first `after` ones reports the fault."""

    def is_reported() -> bool:
        assert service.process.poll() is None, "\n".join(service.log[before:])
        return any(fault.is_reported(line) for line in service.log[before:])

    until(is_reported, f"the service tells {fault}")
