"""The command `etl`: parses, calls a package's public function, prints, and exits with a documented code.

Receives argv. Writes text or JSON, and returns an exit code. Contains no rule of the system.
"""

import gc
import io
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from types import FrameType, ModuleType

import click

from etl import __version__
from etl.errors import EtlError, Stopped
from etl.quoting import printable

# Commands are imported when they are called, so that `etl --help` need not wait for all of them: name -> (where, help).
_COMMANDS = {
    "help": ("etl.cli.help:help_command", "Show the page of a topic, or the help of a command."),
    "demo": ("etl.cli.trial.demo:demo", "Run a self-contained demo with generated data."),
    "config": ("etl.cli.config:config", "Write, show, check and move the configuration."),
    "metadata": ("etl.cli.metadata:metadata", "Check and show business objects."),
    "generate-ddl": ("etl.cli.generate_ddl:generate_ddl", "Print the DDL of a company's tables, or apply it."),
    "fill": ("etl.cli.fill:fill", "Load CSV, Parquet and Excel files into in_ tables."),
    "contract": (
        "etl.cli.contract:contract",
        "Write what a partner needs: DDL, grants, a guide, checks, Excel, JSON Schemas.",
    ),
    "grants": (
        "etl.cli.grants:grants",
        "Print or execute the grants of partner and readers; check the engine's privileges.",
    ),
    "run": ("etl.cli.run:run", "Import the rows that are ready, if the marker says so."),
    "runs": ("etl.cli.runs:runs", "List and show runs, batches of records and undos, with what they did."),
    "undo": ("etl.cli.undo:undo", "Revert a run, except for data that a later run changed."),
    "pin": ("etl.cli.pin:pin", "Pin a field of an instance to a value that loads do not overwrite."),
    "status": ("etl.cli.status:status", "Show marker, run, tasks, errors, waiting links and out_ versions."),
    "age": ("etl.cli.age:age", "Show how long rows have been ready, table by table."),
    "explain": ("etl.cli.explain:explain_command", "Explain what has become of one object of a partner."),
    "history": (
        "etl.cli.history:history_command",
        "Show what was changed in an instance, when, and by what.",
    ),
    "errors": ("etl.cli.errors:errors", "List, count, show, retry and export what was rejected; explain the codes."),
    "waiting": ("etl.cli.waiting:waiting", "Show which links and files are waited for, and why."),
    "out": ("etl.cli.out:out", "List, build, switch, roll back and retire versions of the out_ tables."),
    "export": ("etl.cli.export:export", "Write out_ tables into Parquet or CSV files."),
    "partner": ("etl.cli.trial.partner:partner", "Simulate a partner against a test database or a test topic."),
    "check": ("etl.cli.check:check_up", "Check configuration, server, privileges, tables and clock; say what to do."),
    "kafka": ("etl.cli.kafka:kafka", "Read topics of Kafka; see and move positions, care for rejected records."),
    "ad": ("etl.cli.ad:ad", "Bring people and their groups from Active Directory."),
    "psql": ("etl.cli.psql:psql", "Open psql on a database of the company, the embedded one too."),
    "metrics": ("etl.cli.metrics:metrics", "Serve metrics for Prometheus, or print them once."),
    "web": ("etl.cli.web:web", "Serve console, API and services over HTTP; keep their users."),
    "backup": ("etl.cli.backup:backup", "Write a backup of all databases and the configuration."),
    "restore": ("etl.cli.restore:restore", "Restore a backup, or try to; what was restored is held until activated."),
    "verify": ("etl.cli.verify:verify", "Look for damage and for what does not fit together; repair it."),
    "join": ("etl.cli.repair.join:join_command", "Make one instance of two."),
    "split": ("etl.cli.repair.join:split_command", "Make an instance of its own of an external id."),
    "erase": ("etl.cli.repair.erase:erase_command", "List what holds a person's values, and erase it everywhere."),
    "recover": ("etl.cli.recover:recover", "Make out_ tables or the mirror equal to the golden store again."),
    "adopt": ("etl.cli.adopt:adopt_command", "Load the data of an existing installation, with their ids."),
    "move": ("etl.cli.move:move", "Move all data of a company to other servers."),
    "hold": ("etl.cli.hold:hold", "Let nothing new begin: no run, batch or fill, on one host or on all."),
    "drain": ("etl.cli.hold:drain", "Wait until nothing is under way, then let no program write."),
    "release": ("etl.cli.hold:release", "End a hold."),
    "upgrade": ("etl.cli.upgrade:upgrade", "Bring the engine's own tables to the versions of this program."),
    "clean": ("etl.cli.clean:clean_up", "Delete expired errors, tasks, runs, journal and copies."),
}


# Every command once, by what its caller is about to do: title -> names.
_ROLES = {
    "First steps": ("help", "demo", "config", "metadata", "generate-ddl"),
    "For a partner": ("contract", "fill", "partner"),
    "Import": ("run", "runs", "undo", "status", "age", "kafka", "ad"),
    "What became of rows": ("explain", "history", "pin", "errors", "waiting"),
    "For readers": ("out", "export"),
    "Servers and monitoring": ("psql", "grants", "check", "metrics", "web"),
    "Backup and repair": ("backup", "restore", "verify", "recover", "join", "split", "erase"),
    "Maintenance": ("adopt", "move", "hold", "drain", "release", "upgrade", "clean"),
}


class _Commands(click.Group):
    """A group whose commands are imported on demand."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Names in the order in which a newcomer needs them."""
        return [name for names in _ROLES.values() for name in names]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name][0].partition(":")
        command: click.Command = getattr(_imported(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by role, without importing one."""
        widest = max(map(len, _COMMANDS))
        for title, names in _ROLES.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), _COMMANDS[name][1]) for name in names])


def _imported(module: str) -> ModuleType:
    """Imports without garbage collection, which would take a seventh of the time and find nothing."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


_VERSION_HELP = "Show the program's version and those of the tables that it works with."


def _show_version(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if is_asked and not context.resilient_parsing:
        from etl.engine import program_versions
        from etl.web.identity.store import WEB

        click.echo(f"etl {__version__} ({program_versions()}, {WEB.name} {WEB.version})")
        context.exit()


class GlobalOptions:
    def __init__(self, config_url: str | None) -> None:
        self.config_url = config_url


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help=_VERSION_HELP)
@click.option(
    "--config",
    "config_url",
    metavar="URL",
    help="Configuration: file:/path or zookeeper://host:2181/mybpm. Without it $ETL_CONFIG, else the embedded default.",
)
@click.pass_context
def etl(context: click.Context, config_url: str | None) -> None:
    """Move business data between in_ tables, the golden store and out_ tables.

    Partners fill in_ tables and hand over through the table process_tracking; `etl run` merges what is ready into the
    golden store and brings the versioned out_ schemas up to date.

    Exit codes: 0 done or nothing to do; 1 done with rejected rows; 2 usage or configuration; 3 stopped, rows are
    the reason; 4 fatal; 75 another runner holds the marker; 130, 143 ended by a signal.
    """
    context.obj = GlobalOptions(config_url)


def main() -> None:
    # A letter that the terminal cannot show is escaped instead of a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if "_ETL_COMPLETE" in os.environ:
        etl.main(prog_name="etl")  # a shell asks for completions
    _on_signals(_stop)
    sys.exit(_exit_code(_call))


def _call() -> object:
    # Not etl.main(): click would turn signals and closed pipes into exit codes that mean something else here.
    with etl.make_context("etl", sys.argv[1:]) as context:
        return etl.invoke(context)


def _exit_code(call: Callable[[], object]) -> int:
    try:
        call()
        return 0
    except EtlError as error:
        click.echo("etl: " + "\n".join(printable(line) for line in str(error).split("\n")), err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as end:
        return end.exit_code
    except Stopped as stop:
        click.echo("etl: stopped by a signal; what was not committed was rolled back", err=True)
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader of our output has ended (`etl status | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(number)
