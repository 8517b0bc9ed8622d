"""The page of the environment variables that etl reads."""

from typing import Final

from etl.cli.trial.partner import PASSWORD_VARIABLE
from etl.config.zookeeper import KEY_VARIABLE, SECRET_VARIABLE
from etl.database.session import IGNORED_VARIABLES
from etl.operations.programs import VARIABLE as PROGRAMS_VARIABLE
from etl.settings.catalogue import OUT_VERSION_DEFAULT, OUT_VERSION_VARIABLE
from etl.settings.kafka_keys import SERVERS_VARIABLE
from scripts.reference.markdown import NOTE, cell, code, table

OWN: Final = {
    "ETL_CONFIG": ("`config` in the home of etl", "Configuration: file:/path or zookeeper://host:2181/path."),
    "ETL_HOME": (
        "`$XDG_DATA_HOME/etl`; of root `/var/lib/etl`",
        "Home of etl: the embedded PostgreSQL, the default configuration, logs, uploads.",
    ),
    "XDG_DATA_HOME": ("`~/.local/share`", "Folder of the home of etl, where ETL_HOME is not set; not used for root."),
    "ETL_LOG": ("`log` in the home of etl", "Folder of the log files."),
    "MYBPM_LOGS_COLORED": (
        "",
        "1 or true: a coloured layout of the log is used where its lines go into no terminal, too.",
    ),
    OUT_VERSION_VARIABLE: (code(OUT_VERSION_DEFAULT), "Environment version: the last part of the out schema's name."),
    SERVERS_VARIABLE: ("", "Brokers of Kafka, where configs/KafkaConfig.txt names none."),
    SECRET_VARIABLE: ("", "Password of the user of a zookeeper:// URL."),
    KEY_VARIABLE: ("", "Password of the key that a zookeeper:// URL names."),
    PROGRAMS_VARIABLE: ("", "Folder with pg_dump and pg_restore for backup, restore and move."),
    PASSWORD_VARIABLE: ("", "Password with which `etl partner play` signs in; --password-env names another variable."),
    "TZ": ("the machine's zone", "Time zone of schedules and dates, where timeZone is empty."),
    "PATH": ("", "Where pg_dump and pg_restore are looked for."),
    "CACHE_DIRECTORY": ("the folder of temporary files", "Where compiled templates are kept; systemd sets it."),
    "NOTIFY_SOCKET": ("", "Where a service says that it is ready; systemd sets it."),
    "WATCHDOG_USEC": ("", "Within how many microseconds a service says that it is alive; systemd sets it."),
    "WATCHDOG_PID": ("", "Whose time WATCHDOG_USEC is; systemd sets it."),
    "LISTEN_PID": ("", "Whose sockets LISTEN_FDS counts; systemd sets it."),
    "LISTEN_FDS": ("", "How many open sockets `etl web` is given instead of --listen; systemd sets it."),
    "PGSSLCERT": (
        "`~/.postgresql/postgresql.crt`",
        "Certificate for PostgreSQL, as libpq has it; `etl check` reads it.",
    ),
    "PGSSLROOTCERT": ("`~/.postgresql/root.crt`", "Authorities for PostgreSQL; `etl check` reads them."),
    "_ETL_COMPLETE": ("", "A shell asks for completions by it."),
}
"""Name -> default (as Markdown), meaning."""

LIBPQ: Final = {
    "PGPASSFILE, PGPASSWORD, PGUSER": "used where the configuration gives none",
    "PGSSL…, PGGSSENCMODE, PGCHANNELBINDING, PGREQUIREAUTH, PGREQUIREPEER": "used; sslmode of the configuration wins",
    ", ".join(IGNORED_VARIABLES): "never used: they would change the server, or what a session does",
}

OPEN_TELEMETRY: Final = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "switches traces and metrics on",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "switches traces on",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "switches metrics on",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "only `http/protobuf`; with another one nothing is sent",
    "OTEL_EXPORTER_OTLP_TIMEOUT": "of one answer of the collector; without it 3 seconds",
    "OTEL_TRACES_EXPORTER": "`none` switches traces off",
    "OTEL_METRICS_EXPORTER": "`none` switches metrics off",
    "OTEL_SDK_DISABLED": "`true` switches all off",
    "OTEL_SERVICE_NAME": "the name of the service; without it `etl`",
    "OTEL_RESOURCE_ATTRIBUTES": "further attributes",
}

GIVEN: Final = {
    "ETL_COMPANY": "the company's code, for the program of `etl backup --by`",
    "ETL_BACKUP": "the folder of the backup, for the same program",
    "ETL_RESTORE_POINT": "the name of the restore point, for the same program",
    "ETL_SERVERS": "the servers, host:port with blanks between them, for the same program",
}


def environment() -> str:
    lines = ["# Environment variables", "", NOTE]
    lines += table(("variable", "default", "meaning"), ((code(name), *two) for name, two in OWN.items()))
    lines += ["", "Any key of a configuration file can name a variable of its own: `key:ENV=NAME`.", ""]
    for title, variables in (
        ("PostgreSQL (libpq)", LIBPQ),
        ("OpenTelemetry", OPEN_TELEMETRY),
        ("What etl gives to other programs", GIVEN),
    ):
        rows = ((", ".join(map(code, names.split(", "))), cell(text)) for names, text in variables.items())
        lines += [f"## {title}", "", *table(("variable", "meaning"), rows), ""]
    lines.append("Which variables a hook's program sees: [security.md](../security.md#variables-of-the-environment).")
    return "\n".join([*lines, ""])
