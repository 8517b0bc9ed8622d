"""`etl config`, as a person uses it, on both sources."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from etl.cli.config import config
from etl.config import open_source
from etl.errors import ConfigurationError
from etl.settings.samples import samples
from tests.integration.config.conftest import World

MAIN = "configs/InMigrationConfig.txt"
IMPORT = "configs/InMigrationPostgresConfig.txt"

Command = Callable[..., Result]


def run(url: str | None, *arguments: str) -> Result:
    """The command below a parent that knows --config; its errors come out as they are, for the parent to print."""
    parent = SimpleNamespace(config_url=url)
    return CliRunner().invoke(config, [*arguments], obj=parent, catch_exceptions=False)


@pytest.fixture
def etl(world: World) -> Command:
    return lambda *arguments: run(world.source.url, *arguments)


def test_init_writes_the_samples_and_says_so(etl: Command, world: World) -> None:
    result = etl("init")
    assert result.exit_code == 0
    assert f"wrote      {MAIN}\n" in result.output
    assert f"{world.source.url}: {len(samples())} written, 0 kept, 0 unchanged" in result.output
    assert world.source.snapshot().contents == samples()


def test_init_never_overwrites(etl: Command, world: World) -> None:
    world.source.write(MAIN, "chunkRows=5000")
    result = etl("init")
    assert f"kept       {MAIN} (it was there with another text)\n" in result.output
    assert world.source.snapshot().contents == samples() | {MAIN: "chunkRows=5000"}
    assert f"0 written, 1 kept, {len(samples()) - 1} unchanged" in etl("init").output


def test_init_elsewhere(etl: Command, world: World, tmp_path: Path) -> None:
    assert etl("init", "--to", f"file:{tmp_path / 'new'}").exit_code == 0
    assert open_source(str(tmp_path / "new")).snapshot().contents == samples()
    assert world.source.snapshot().contents == {}


def test_check_is_one_line_when_all_is_sound(etl: Command, world: World) -> None:
    world.source.write(MAIN, "companyCode=demo")
    result = etl("check")
    assert (result.exit_code, result.output) == (
        0,
        f"{world.source.url} is sound, for company demo: no business objects yet\n",
    )


def test_check_looks_at_the_documents_too_and_names_everything_at_once(etl: Command, world: World) -> None:
    client = "companies/demo/business-objects/Client.yaml"
    world.source.write(MAIN, "companyCode=demo")
    world.source.write(client, "code: Client\nfields:\n  - {code: Name, type: INPUT_TEXT}\n")
    assert etl("check").output.endswith("is sound, for company demo: 1 business objects, 1 fields\n")
    assert json.loads(etl("check", "--json").output) == {
        "ok": True,
        "origin": world.source.url,
        "company": "demo",
        "problems": [],
        "warnings": [],
    }
    world.source.write(client, "code: Client\nfields:\n  - {code: Name, type: INPUT_TXT}\n")
    world.source.write("companies/other/business-objects/Odd.yaml", "fields: []\n")
    world.source.write(MAIN, "companyCode=demo\nchunkRows=many")
    with pytest.raises(ConfigurationError) as caught:
        etl("check")
    assert [(one.path.rpartition("/")[2], one.line) for one in caught.value.problems] == [
        ("InMigrationConfig.txt", 2),
        ("Client.yaml", 3),
        ("Odd.yaml", 1),
    ]
    result = etl("check", "--json")
    found = json.loads(result.output)
    assert (result.exit_code, found["ok"]) == (2, False)
    assert [(one["path"].rpartition("/")[2], one["line"], one["key"]) for one in found["problems"]] == [
        ("InMigrationConfig.txt", 2, "chunkRows"),
        ("Client.yaml", 3, "Client.Name"),
        ("Odd.yaml", 1, "Odd"),
    ]
    assert "did you mean `INPUT_TEXT`" in found["problems"][1]["message"]
    # Of one company only its own documents are looked at.
    world.source.write(MAIN, "companyCode=demo")
    world.source.write(client, "code: Client\nfields:\n  - {code: Name, type: INPUT_TEXT}\n")
    assert etl("check", "--company", "demo").exit_code == 0


OTHERS = {
    "companies/other/configs/InMigrationConfig.txt": [
        ("chunkRows=many", "chunkRows"),
        ("unknown=1", "unknown"),
        ("timeZone=Asia/Nowhere", "timeZone"),
        ("leaseSeconds=10\nheartbeatSeconds=9", "leaseSeconds"),
        ("companyCode=demo", "companyCode"),
    ],
    "companies/other/configs/OutMigrationPostgresConfig.txt": [("removedInOut=stay", "removedInOut")],
    "companies/other/configs/InMigrationPostgresConfig.txt": [("prot=5", "prot"), ("port=a", "port")],
    "companies/third/business-objects/Odd.yml": [("code: Odd", "")],
    "companies/third/business-objects/Odd.yaml": [("code: Even\nfields: []", "Even")],
}


@pytest.mark.parametrize(("path", "text", "key"), [(path, *one) for path, texts in OTHERS.items() for one in texts])
def test_check_names_faults_of_other_companies(etl: Command, world: World, path: str, text: str, key: str) -> None:
    world.source.write(MAIN, "companyCode=demo")
    world.source.write("companies/other/configs/StorePostgresConfig.txt", "password:ENV=ONLY_THERE")
    assert etl("check").exit_code == 0
    world.source.write("companies/other/configs/StorePostgresConfig.txt", "")
    world.source.write(path, text)
    found = json.loads(etl("check", "--json").output)["problems"]
    assert [(one["key"] or "").split(".")[0] for one in found] == [key], found
    assert etl("check", "--company", "demo").exit_code == 0


def test_check_as_json_keeps_secrets(etl: Command, world: World) -> None:
    world.source.write(MAIN, "companyCode=demo")
    world.source.write(IMPORT, "password=s3cret\npasword=s3cret")
    assert "s3cret" not in etl("check", "--json").output


def test_check_names_every_problem(etl: Command, world: World) -> None:
    world.source.write(MAIN, "companyCode=demo\nchunkRows=x")
    world.source.write(IMPORT, "prot=1")
    with pytest.raises(ConfigurationError) as caught:
        etl("check")
    assert caught.value.exit_code == 2
    assert str(caught.value).splitlines() == [
        f"{world.place(MAIN)}:2: chunkRows: 'x' is not a number from 1000 to 10000000 (rows)",
        f"{world.place(IMPORT)}:1: prot: unknown key; did you mean port?",
    ]


def test_show_names_values_and_origins_and_masks_secrets(
    etl: Command, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PORT", "6432")
    world.source.write(IMPORT, "host=h\ndbName=[bold]d\npassword=hunter2\nport:ENV=DB_PORT")
    world.source.write(f"companies/demo/{MAIN}", "chunkRows=5000")
    result = etl("show")
    lines = [line.split() for line in result.output.splitlines()]
    assert result.output.startswith(world.source.url)
    assert ["dbName", "[bold]d", "line", "2"] in lines
    assert ["password", "******", "line", "3"] in lines
    assert ["port", "6432", "environment", "variable", "DB_PORT,", "line", "4"] in lines
    assert ["chunkRows", "5000", "rows", "company", "overlay,", "line", "1"] in lines
    assert ["leaseSeconds", "60", "seconds", "default"] in lines
    assert "hunter2" not in result.output


def test_show_as_json(etl: Command, world: World) -> None:
    world.source.write(IMPORT, "host=h\ndbName=d\npassword=hunter2")
    result = etl("show", "--json")
    assert "hunter2" not in result.output
    shown = json.loads(result.output)
    assert shown["origin"] == world.source.url
    by_key = {(one["file"], one["key"]): one for one in shown["settings"]}
    assert by_key[IMPORT, "password"] | {"unit": ""} == {
        "file": IMPORT,
        "key": "password",
        "value": "******",
        "unit": "",
        "origin": f"{world.place(IMPORT)}:3",
    }
    assert by_key[MAIN, "chunkRows"]["value"] == 1_500_000
    assert by_key[MAIN, "errorLimit"]["value"] is None
    assert by_key[IMPORT, "hasInMigration"]["value"] is False
    assert by_key["environment", "MYBPM_OUT_MIGRATION_VERSION"]["origin"] == "default"


def test_show_works_before_a_company_is_chosen_and_check_says_that_none_is(etl: Command) -> None:
    etl("init")
    assert etl("show").exit_code == 0
    with pytest.raises(ConfigurationError, match="companyCode: no company yet"):
        etl("check")


def test_import_and_export_carry_the_whole_tree(etl: Command, world: World, tmp_path: Path) -> None:
    etl("init")
    world.source.write("companies/demo/business-objects/Client.yaml", "code: Client\r\nname: Клиент\r\n")
    assert etl("export", str(tmp_path / "out")).exit_code == 0
    with open_source(f"{world.source.url}/copy") as copy:
        assert run(copy.url, "import", str(tmp_path / "out")).exit_code == 0
        assert copy.snapshot().contents == samples() | {
            "companies/demo/business-objects/Client.yaml": "code: Client\r\nname: Клиент\r\n"
        }


def test_import_replaces_what_differs_and_leaves_the_rest(etl: Command, world: World, tmp_path: Path) -> None:
    world.source.write("a.txt", "old")
    world.source.write("b.txt", "stays")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("new")
    assert "1 written, 0 kept, 0 unchanged" in etl("import", str(tmp_path / "in")).output
    assert world.source.snapshot().contents == {"a.txt": "new", "b.txt": "stays"}


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (MAIN, "chunkRows=many", "chunkRows"),
        (MAIN, "chunkRow=5", "did you mean chunkRows"),
        (IMPORT, "password=x\npassword=y", "is already on line"),
        ("scheduler/core/InMigrationScheduler.scheduler-config.txt", "repeat every blue moon", ""),
        ("logging/structure.txt", "layot\n", "did you mean layout"),
        ("consumers/InMigration.workerCount", "comeKafkaInMigration=0", "comeKafkaInMigration"),
        ("companies/demo/business-objects/Client.yaml", "code: Client\nfields: [{code: A, type: TEXTT}]", "TEXTT"),
        ("companies/demo/business-objects/Client.yml", "code: Client", "ends in .yaml"),
        ("companies/demo/configs/InMigrationConfig.txt", "workMemMb=-1", "workMemMb"),
        (MAIN, "hookUrl=ftp://x", "hookUrl"),
    ],
)
def test_import_of_a_faulty_text_writes_nothing(
    etl: Command, world: World, tmp_path: Path, path: str, text: str, said: str
) -> None:
    world.source.write("b.txt", "stays")
    for name, content in {path: text, "a.txt": "good"}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(content)
    with pytest.raises(ConfigurationError, match="nothing was written") as caught:
        etl("import", str(tmp_path / "in"))
    assert caught.value.exit_code == 2
    assert path in str(caught.value)
    assert said in str(caught.value)
    assert world.source.snapshot().contents == {"b.txt": "stays"}


def test_import_does_not_ask_for_variables_of_another_machine(etl: Command, world: World, tmp_path: Path) -> None:
    (tmp_path / "in/configs").mkdir(parents=True)
    (tmp_path / "in" / IMPORT).write_text("host=h\ndbName=d\npassword:ENV=ONLY_THERE\nport:ENV=THERE_TOO\n")
    assert etl("import", str(tmp_path / "in")).exit_code == 0


def test_import_of_nothing_is_a_slip(etl: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match="there is nothing to import"):
        etl("import", str(tmp_path / "empty"))
    assert etl("import", str(tmp_path / "nowhere")).exit_code == 2


def test_export_overwrites_only_by_force(etl: Command, world: World, tmp_path: Path) -> None:
    world.source.write("a.txt", "1")
    world.source.write("b.txt", "2")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/b.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="say --force"):
        etl("export", str(tmp_path / "out"))
    assert os.listdir(tmp_path / "out") == ["b.txt"]
    assert etl("export", str(tmp_path / "out"), "--force").exit_code == 0
    assert (tmp_path / "out/b.txt").read_text() == "2"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_exported_files_are_private(etl: Command, world: World, tmp_path: Path, umask: int) -> None:
    """New ones, those that are replaced, and those that had the same text, whatever their modes were."""
    for name in ("a.txt", "b.txt", "configs/c.txt"):
        world.source.write(name, "password=x")
    out = tmp_path / "out"
    out.mkdir()
    for name, text in {"a.txt": "old", "b.txt": "password=x"}.items():
        (out / name).write_text(text)
        (out / name).chmod(0o664)
    (out / "configs").mkdir()
    before = os.umask(umask)
    try:
        assert etl("export", str(out), "--force").exit_code == 0
    finally:
        os.umask(before)
    modes = {name: (out / name).stat().st_mode & 0o777 for name in ("a.txt", "b.txt", "configs/c.txt")}
    assert modes == dict.fromkeys(modes, 0o600)


def test_the_configuration_in_use_without_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_CONFIG", f"file:{tmp_path / 'named'}")
    assert run(None, "init").exit_code == 0
    assert (tmp_path / "named" / MAIN).is_file()
    monkeypatch.delenv("ETL_CONFIG")
    monkeypatch.setenv("ETL_HOME", str(tmp_path / "home"))
    with pytest.raises(ConfigurationError, match="etl config init --to file:"):
        run(None, "show")
    assert CliRunner().invoke(config, ["init"]).exit_code == 0
    assert (tmp_path / "home/config" / MAIN).is_file()


@pytest.mark.parametrize("command", [[], ["init"], ["show"], ["check"], ["import"], ["export"]])
def test_help(command: list[str]) -> None:
    result = run(None, *command, "--help")
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")


SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"


def test_schedule_shows_the_next_times(etl: Command, world: World) -> None:
    world.source.write(MAIN, "companyCode=demo\ntimeZone=Asia/Almaty")
    world.source.write(SCHEDULE, "tryToStartMigration = 02:00 + 29 feb * 03:00")
    first, *times = etl("schedule", "--next", "3").output.splitlines()
    assert first == "02:00 + 29 feb * 03:00 in the zone Asia/Almaty"
    assert [time.split()[1] for time in times] == ["02:00:00+05:00"] * 3
    found = json.loads(etl("schedule", "--next", "2", "--json").output)
    assert (found["is_off"], len(found["next"])) == (False, 2)
    world.source.write(SCHEDULE, "tryToStartMigration = off")
    assert "is off" in etl("schedule").output
    world.source.write(SCHEDULE, "tryToStartMigration = 31 feb * 02:00")
    assert etl("schedule").output == "31 feb * 02:00 in the zone Asia/Almaty: this never comes\n"


@pytest.mark.parametrize(("path", "text", "fault"), [
    (SCHEDULE, "tryToStartMigration = 25:00", ":1:23: tryToStartMigration: '25:00' is not a time of day"),
    ("logging/structure.txt", "layot", ":1:1: 'layot' is not an instruction: did you mean layout?"),
    (MAIN, "companyCode=demo\ntimeZone=Asia/Almatty", "'Asia/Almatty' is not a zone that this machine knows"),
])  # fmt: skip
def test_check_knows_schedule_log_and_zone(etl: Command, world: World, path: str, text: str, fault: str) -> None:
    world.source.write(MAIN, "companyCode=demo")
    world.source.write(path, text)
    with pytest.raises(ConfigurationError) as caught:
        etl("check")
    assert fault in str(caught.value)


IN_KAFKA, OUT_KAFKA = "configs/InMigrationKafkaConfig.txt", "configs/OutMigrationKafkaConfig.txt"
CLIENT = "code: Client\nfields: [{code: IIN, type: INPUT_TEXT, needLoadFromInTables: true}]"


@pytest.mark.parametrize(
    ("path", "line", "message"),
    [
        (IN_KAFKA, "allowedBusinessObjects=Client, Clinet", "there is no business object Clinet with data"),
        (IN_KAFKA, "allowedFields=Client.IIN, Client.IIM", "Client has no field IIM: did you mean `IIN`?"),
        (IN_KAFKA, "allowedFields=Order.no", "there is no business object Order with data: correct its code"),
        (OUT_KAFKA, "businessObjects=Flow", "there is no business object Flow with data"),
        (OUT_KAFKA, "fields.Client=IIN, NAME", "Client has no field NAME"),
        ("configs/OutMigrationKafkaConfig.crm.txt", "fields.client=IIN", "there is no business object client with"),
        (f"companies/demo/{IN_KAFKA}", "allowedFields=Client.Bin", "Client has no field Bin"),
    ],
)
def test_check_names_codes_of_kafka_that_name_nothing(
    etl: Command, world: World, path: str, line: str, message: str
) -> None:
    """With file, line and key; what all companies' texts say may be of another company."""
    world.source.write(MAIN, "companyCode=demo")
    world.source.write("companies/demo/business-objects/Client.yaml", CLIENT)
    world.source.write("companies/demo/business-objects/Flow.yaml", "code: Flow\ncategory: PROCESS")
    world.source.write("companies/other/business-objects/Firm.yaml", CLIENT.replace("Client", "Firm"))
    world.source.write(IN_KAFKA, "allowedBusinessObjects=Client,Firm")
    assert etl("check").exit_code == 0
    world.source.write(path, f"# a line before\n{line}")
    for words in (["check", "--json"], ["check", "--json", "--company", "demo"]):
        [found] = json.loads(etl(*words).output)["problems"]
        place = (found["path"], found["line"], found["key"])
        assert place == (world.place(path), 2, line.partition("=")[0])
        assert found["message"].startswith(message)
    with pytest.raises(ConfigurationError):
        etl("check")
