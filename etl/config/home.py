"""The folder of etl's own files, and the default configuration."""

import os
from collections.abc import Mapping
from pathlib import Path


def etl_home(environ: Mapping[str, str] = os.environ) -> Path:
    """$ETL_HOME, else $XDG_DATA_HOME/etl, else ~/.local/share/etl; for root /var/lib/etl."""
    if environ.get("ETL_HOME"):
        return Path(environ["ETL_HOME"]).expanduser().absolute()
    # The XDG specification: a relative path is invalid and must be ignored.
    data_home = Path(environ.get("XDG_DATA_HOME", ""))
    if data_home.is_absolute():
        return data_home / "etl"
    if os.geteuid() == 0:
        return Path("/var/lib/etl")
    return Path.home() / ".local/share/etl"


def log_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the files of the log lie: $ETL_LOG, else the folder `log` in the home of etl."""
    given = environ.get("ETL_LOG", "").strip()
    return Path(given).expanduser().absolute() if given else etl_home(environ) / "log"


def default_url(environ: Mapping[str, str] = os.environ) -> str:
    """$ETL_CONFIG, else the directory `config` in the home of etl."""
    return environ.get("ETL_CONFIG", "").strip() or f"file:{etl_home(environ) / 'config'}"
