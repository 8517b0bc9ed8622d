"""Short names for these tests."""

from collections.abc import Mapping

import pytest

from etl.errors import ConfigurationError
from etl.settings import Settings, parse_settings

IMPORT = "configs/InMigrationPostgresConfig.txt"
STORE = "configs/StorePostgresConfig.txt"
OUT = "configs/OutMigrationPostgresConfig.txt"
MAIN = "configs/InMigrationConfig.txt"
WORKERS = "consumers/InMigration.workerCount"


def settings_of(
    texts: Mapping[str, str], *, company: str | None = "demo", environ: Mapping[str, str] | None = None
) -> Settings:
    return parse_settings(texts, origin="file:/c", company=company, environ=environ or {})


def problems_of(
    texts: Mapping[str, str], *, company: str | None = "demo", environ: Mapping[str, str] | None = None
) -> list[str]:
    """The lines of the error; a text of the tree stands in it as /c/<path>."""
    with pytest.raises(ConfigurationError) as caught:
        settings_of(texts, company=company, environ=environ)
    return str(caught.value).splitlines()
