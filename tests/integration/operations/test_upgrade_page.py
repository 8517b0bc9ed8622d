"""The commands of docs/upgrade.md, in their order."""

import shlex
import socket

from tests.documentation import UPGRADE
from tests.fix_company import CLAIMS, ONLY_ONE, MakeSite
from tests.fix_restore import done
from tests.integration.operations.test_restore import filled


def commands() -> list[list[str]]:
    """Without the program's name; blocks may stand within a list."""
    lines, is_inside = [], False
    for line in UPGRADE.read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("```"):
            is_inside = line.strip() == "```sh"
        elif is_inside:
            lines.append(shlex.split(line.strip().replace("$(hostname)", socket.gethostname())))
    assert {words[0] for words in lines} == {"etl"}
    return [words[1:] for words in lines]


@ONLY_ONE
def test_the_commands_of_the_page_run(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    found = commands()
    assert len(found) == 15
    for words in found:
        ended = site.etl(*words)
        warns = words[:2] == ["upgrade", "check"]  # since there is no backup
        assert ended.code == (1 if warns else 0), ended
    site.partner.hand_over()
    done(site.etl("run"))
