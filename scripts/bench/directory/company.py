"""A company whose people come from a trial domain, with working groups that name groups of it."""

from pathlib import Path

from scripts.bench.company import CODE, Place
from scripts.bench.engine import run_etl
from scripts.bench.server import ROLE, Server
from scripts.domain_people import BASE

DATABASE = "directory"
_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_DOCUMENTS = {
    "Person": f"""
code: Person
orderIndex: 1
fields:
  - {{code: email, type: INPUT_EMAIL, {_FLAGS}}}
  - {{code: surname, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: position, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: status, type: DROPDOWN_SINGLE, options: [ACTIVE, INACTIVE], {_FLAGS}}}
  - {{code: accessLevel, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: adGuid, type: INPUT_TEXT, {_FLAGS}}}
""",
    "PersonGroup": f"""
code: PersonGroup
orderIndex: 2
fields:
  - {{code: name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: AD_ROLE, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: header, type: BO, viewType: SINGLE, {_FLAGS}}}
  - {{code: users, type: BO, linkMode: replace, {_FLAGS}}}
""",
}
_ROLES = {
    "central": f"CN=Central,OU=Группы рассылок,{BASE}",
    "problem": f"CN=problem,OU=Groups,{BASE}",
    "vpn": f"CN=vpn_user,OU=Groups,{BASE}",
    "all": f"CN=Все,OU=Группы рассылок,{BASE}",
}


def make(server: Server, directory: str) -> Path:
    """Its home, with groups in the store and no members. `directory`: configs/AdConfig.txt of the domain."""
    server.administer(f"create database {DATABASE} owner {ROLE} template template0")
    home = server.home / DATABASE
    texts = {
        "configs/InMigrationConfig.txt": f"companyCode={CODE}\ncopyTables=false\n",
        "configs/InMigrationPostgresConfig.txt": Place(server.host, server.port, DATABASE, ROLE).lines
        + "hasInMigration=true\n",
        "configs/OutMigrationPostgresConfig.txt": "hasOutMigration=true\n",
        "configs/AdConfig.txt": f"{directory}\nadGroupFieldCode=AD_ROLE\n",
    }
    texts |= {f"companies/{CODE}/business-objects/{code}.yaml": text for code, text in _DOCUMENTS.items()}
    for path, text in texts.items():
        file = home / "config" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
    rows = (f'{name},{name},"{role}"' for name, role in _ROLES.items())
    groups = home / "in_PersonGroup.csv"
    groups.write_text("\n".join(["in_id,name,AD_ROLE", *rows, ""]), encoding="utf-8")
    run_etl(home, "generate-ddl", "--direction", "in", "--apply")
    run_etl(home, "fill", "--submit", str(groups))
    run_etl(home, "run")
    return home
