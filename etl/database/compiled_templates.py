"""Compiled Jinja templates, kept between programs: to compile those of a run takes longer than to start Python."""

import os
import pickle
import stat
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame

_NAME: Final = "etl-templates"
_STAMP: Final = ".looked-through"
_DAY_SECONDS: Final = 24 * 60 * 60
_KEPT_DAYS: Final = 7
"""How long code stays that no program has read."""


class CompiledTemplates(jinja2.FileSystemBytecodeCache):
    """Files with the code of templates; where one cannot be read or written, the template is compiled.

    They are found by name and text of the template, not by its place: all checkouts and installations share them.
    """

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        """The code of one template, or the empty place for it."""
        checksum = self.get_source_checksum(source)
        bucket = Bucket(environment, self.get_cache_key(name, checksum), checksum)
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Reads the code of one template, if it is there and whole."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, TypeError, pickle.UnpicklingError):
            bucket.reset()
        if bucket.code:
            _note_use(Path(self._get_cache_filename(bucket)))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps the code of one template, if there is room."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
            _remove_unused(Path(self.directory))


def _note_use(file: Path) -> None:
    """Once a day, so that reading seldom writes."""
    with suppress(OSError):
        if time.time() - file.stat().st_mtime > _DAY_SECONDS:
            os.utime(file)


def _remove_unused(folder: Path) -> None:
    """Removes the code that no program has read for days, as that of earlier versions; looks for it once a day.

    Another program may do the same, or read a file that goes: it compiles that template again.
    """
    stamp, now = folder / _STAMP, time.time()
    with suppress(FileNotFoundError):
        if now - stamp.stat().st_mtime < _DAY_SECONDS:
            return
    stamp.touch(mode=0o600)
    with os.scandir(folder) as files:
        for file in files:
            with suppress(OSError):
                if now - file.stat(follow_symlinks=False).st_mtime > _KEPT_DAYS * _DAY_SECONDS:
                    os.unlink(file)


class _TextAlone(CodeGenerator):
    """Code that depends on the text of a template alone: what filters make of constants is not part of it.

    Else a program would use what the filters of an earlier version have made.
    """

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


def keep_compiled(environment: jinja2.Environment, kind: str) -> None:
    """Lets an environment read and write compiled templates, where there is a safe folder for them."""
    environment.bytecode_cache = compiled_templates(kind)
    environment.optimized = False
    environment.code_generator_class = _TextAlone


@cache
def compiled_templates(kind: str) -> CompiledTemplates | None:
    """Those of environments with the same options, or None where no folder is safe.

    Code is read from there, so the folder belongs to this account alone, and others cannot write into it. It lies in
    `CACHE_DIRECTORY`, which systemd sets, or in the folder for temporary files.
    """
    try:
        # Where no folder for temporary files can be written to, asking for it fails.
        parent = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0] or tempfile.gettempdir()
        folder = Path(parent, f"{_NAME}-{os.getuid()}")
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        return None
    return CompiledTemplates(str(folder), f"{kind}-{jinja2.__version__}-%s")
