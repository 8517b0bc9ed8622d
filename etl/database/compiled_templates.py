"""Compiled Jinja templates, kept between programs: to compile those of a run takes longer than to start Python."""

import os
import pickle
import stat
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

_NAME = "etl-templates"


class CompiledTemplates(jinja2.FileSystemBytecodeCache):
    """Files with the code of templates; where one cannot be read or written, the template is compiled."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Reads the code of one template, if it is there and whole."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, TypeError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps the code of one template, if there is room."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


@cache
def compiled_templates(kind: str) -> CompiledTemplates | None:
    """Those of environments with the same options, or None where no folder is safe.

    Code is read from there, so the folder belongs to this account alone, and others cannot write into it. It lies in
    `CACHE_DIRECTORY`, which systemd sets, or in the folder for temporary files.
    """
    parent = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0] or tempfile.gettempdir()
    folder = Path(parent, f"{_NAME}-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        return None
    return CompiledTemplates(str(folder), f"{kind}-{jinja2.__version__}-%s")
