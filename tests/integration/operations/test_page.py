"""The commands of docs/backup.md, in their order."""

import os
import shlex
from pathlib import Path

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site
from tests.fix_restore import Elsewhere, done
from tests.integration.operations.test_restore import filled

BACKUP = CHECKOUT / "docs/backup.md"


def commands(site: Site) -> list[list[list[str]]]:
    """Each block of `etl` as its commands, without the program's name; those of pgBackRest: test_pgbackrest.py."""
    found = [block for block in blocks(BACKUP) if block.language == "sh"]
    lines = [[shlex.split(line.replace("$HOME", str(site.home))) for line in block.lines] for block in found]
    lines = [block for block in lines if block[0][0] != "pgbackrest"]
    assert {words[0] for block in lines for words in block} == {"etl"}
    return [[words[1:] for words in block] for block in lines]


def stand_in(site: Site) -> Path:
    """A program of that name, which leaves what it was given in a file beside it."""
    site.look(f"grant execute on function pg_create_restore_point(text), pg_switch_wal() to {site.engine_role}")
    program = site.home / "programs/pgbackrest"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n{ echo "$@"; env | grep ^ETL_; } > "$0.given"\n')
    program.chmod(0o755)
    return program


@ONLY_ONE
def test_the_commands_of_the_page_run(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = filled(make_site(CLAIMS))
    making, keeping, restoring, [by], holding, *verifying = commands(site)
    for words in (*making, *keeping):
        done(site.etl(*words))
    given = stand_in(site)
    done(site.etl(*by, PATH=f"{given.parent}:{os.environ['PATH']}"))
    first, *others = restoring
    done(site.etl(*first))
    there = elsewhere(site)
    for path in ("configs/InMigrationPostgresConfig.txt", "configs/OutMigrationPostgresConfig.txt"):
        (site.home / "new-config" / path).write_text(there.text(path))
    for words in others:
        done(there.etl(*words))
    assert there.count(f"{STORE}.bo_client") == 3
    for words in (*holding, *(words for block in verifying for words in block)):
        done(there.etl(*words))
