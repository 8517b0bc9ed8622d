"""The commands inside this process: quicker than a process each."""

from dataclasses import dataclass

from click.testing import CliRunner

from etl.cli import etl
from etl.errors import EtlError
from tests.fix_company import Site


@dataclass(frozen=True)
class Called:
    """What a command left; `err` is the message of an error of ours."""

    code: int
    out: str
    err: str


def call(site: Site, *arguments: str) -> Called:
    """One command on the site's configuration."""
    result = CliRunner(env=site.environ).invoke(etl, ["--config", site.url, *arguments])
    if isinstance(result.exception, EtlError):
        return Called(result.exception.exit_code, result.output, str(result.exception))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Called(result.exit_code, result.output, "")
