"""Browsers and jq round numbers above 2^53: in the answers of every command ids are texts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

import click

from etl.cli import etl
from tests.fix_company import CLAIMS, STORE, MakeSite, Site
from tests.integration.kafka_in.conftest import MakeReading, client
from tests.integration.kafka_in.conftest import make_reading as make_reading
from tests.json_answers import LOWEST_ID, read_answer
from tests.unit.platform_export.exports import CLIENT, KINDS, PARTIES, export

# In this order; what begins with $ is known only when it has come.
_COMMANDS = """
config check
config show
config schedule
metadata import $structure --output $folder
metadata show
metadata check --against live
contract --without-excel -o $folder
grants --check
check
upgrade start
adopt $installation
upgrade server
upgrade server --finish
fill $clients
run --dry-run
run
runs list
runs list --by-hour
runs show $run
status
age
explain in_Client bad
explain in_Client a
history Client a
join Client a filled
join Client a filled --apply
split Client filled --apply
errors codes
errors list
errors list --all
errors list --limit 1
errors count
errors show $error
waiting --explain
pin set Client a Name Anna --reason passport
pin list
pin remove Client a Name
undo $run --dry-run
undo $run
runs list
out list
out build --version 2
out switch 2
out status
out rollback
out reader add warehouse --role $role
out reader list
out reader reset warehouse
out reader remove warehouse
out retire 2 --on 2999-01-31
export -o $folder
web user list
web token list
clean
upgrade check
upgrade pause
upgrade status
upgrade resume --speed 90
upgrade switch
upgrade rollback
upgrade start
upgrade switch
upgrade finish --yes
recover --to out
erase Client a
erase Client a --apply --reason $folder
erase --repeat --apply
verify
backup -o $backup
restore --drill $backup
backup --into $folder --list
backup --into $folder --prune --keep 1
config upgrade
hold --reason $folder
drain
release
"""
_OF_TOPICS = """
kafka check
kafka make-topics
kafka status
kafka lag
kafka errors
kafka dead-letters list
kafka dead-letters show $letter
kafka seek --topic $topic --beginning
kafka replay --topic $topic --beginning
kafka dead-letters resend $letter
kafka out
kafka recover
status
explain Client a
errors list --all
runs list
"""
# tests/acceptance/test_demo.py, test_partner.py; tests/integration: operations/test_move.py, directory/test_check.py
_ELSEWHERE = {
    "demo",
    "partner play",
    "move",
    "ad check",
    "ad sync",
    "ad sync-user",
    "ad login",
    "ad adopt",
    "ad status",
}


def _with_json(command: click.Command, path: str = "") -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found
            yield from _with_json(found, f"{path} {name}".strip())
    elif any("--json" in parameter.opts for parameter in command.params):
        yield path


def test_each_command_is_asked() -> None:
    asked = [line for line in (_COMMANDS + _OF_TOPICS).splitlines() if line]
    for path in set(_with_json(etl)) - _ELSEWHERE:
        assert any(f"{line} ".startswith(f"{path} ") for line in asked), f"`etl {path} --json` is not asked here"


def test_answers_about_tables(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site(CLAIMS)
    site.environ["ETL_HOME"] = str(tmp_path / "home")  # without an embedded server
    _raise_ids(site, "in_tables")
    (tmp_path / "Client.csv").write_text("in_id,name,amount\na,Ann,1\nfilled,Bob,2\n")
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "late"})
    site.partner.hand_over()
    known = {
        "clients": str(tmp_path / "Client.csv"),
        "structure": str(export(tmp_path / "structure.zip", CLIENT, KINDS, PARTIES)),
    }
    (tmp_path / "installation").mkdir()
    (tmp_path / "installation/Claim.csv").write_text("system_id,in_id,title\nclaim@@@@@@@@@~1,adopted,First\n")
    known |= {"installation": str(tmp_path / "installation")}
    known |= {"role": site.partner_role, "folder": str(tmp_path / "written"), "backup": str(tmp_path / "backup")}
    _ask(site, _COMMANDS, known)


def test_answers_about_topics(make_reading: MakeReading) -> None:
    reading = make_reading()
    site = reading.site
    _raise_ids(site, STORE)
    reading.send(client("a"), b"\xff", {"boCode": "Claim", "externalId": "k", "fields": [{"code": "Titel"}]})
    site.write("configs/OutMigrationKafkaConfig.txt", f"hasOutMigrationKafka=true\ntopic={reading.topic}.out\n")
    with reading.worker():
        reading.wait_for_position(3)
    _ask(site, _OF_TOPICS, {"topic": reading.topic})


def _ask(site: Site, commands: str, known: Mapping[str, str]) -> None:
    names = dict(known)
    for line in commands.splitlines():
        if not line:
            continue
        if "$letter" in line:
            names["letter"] = str(site.value(f"select min(id) from {STORE}.kafka_dead_letter"))
        words = Template(line).substitute(names).split()
        done = site.etl(*words, "--json")
        assert done.code in (0, 1), (line, done.err)
        found = read_answer(done.out)
        if line == "run":
            names |= {"run": found["run"], "error": str(site.value("select min(id) from in_tables.err"))}
            assert int(names["error"]) >= LOWEST_ID


def _raise_ids(site: Site, schema: str) -> None:
    """The next ids are no numbers that anything else could have."""
    site.look(
        "select setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s) from pg_sequences "
        "where schemaname = %s",
        [LOWEST_ID, schema],
        at=site.store_database if schema == STORE else site.database,
    )
