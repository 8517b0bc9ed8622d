"""`etl web`: the console, the API and the services over HTTP."""

import os
import sys
from collections.abc import Mapping, Sequence

import click

from etl.cli.screen.log import open_log
from etl.cli.screen.printing import config_url
from etl.cli.web_users import token, user
from etl.config import Tree
from etl.errors import ConfigurationError
from etl.settings.logging.file import LOGGING


@click.group(invoke_without_command=True)
@click.option(
    "--listen",
    multiple=True,
    default=("127.0.0.1:8080",),
    show_default=True,
    metavar="HOST:PORT",
    help="Where to serve it; may be given several times. unix:PATH is a socket.",
)
@click.option("--root-path", default="", metavar="PATH", help="The path at which a proxy serves it, such as /bank/etl.")
@click.pass_context
def web(context: click.Context, listen: tuple[str, ...], root_path: str) -> None:
    """Serve the console, its API, and the platform's services over HTTP, until Ctrl-C.

    Sockets that systemd has opened are taken instead of --listen. SIGTERM ends it: streams end at once, what is being
    done may take 30 seconds.
    """
    if not context.invoked_subcommand:
        serve_console(config_url(context), listen, root_path.rstrip("/"))


def serve_console(
    url: str, listen: Sequence[str], root_path: str = "", environ: Mapping[str, str] = os.environ
) -> None:
    """Serves the console of a configuration until a signal ends it."""
    try:
        from etl.web.serving import WebOptions, opened_console
    except ImportError as error:
        raise ConfigurationError("the console needs: pip install 'etl[web]'") from error
    log = open_log(is_service=True)

    def follow(tree: Tree) -> None:
        log.follow(tree.contents, f"{tree.origin.removeprefix('file:').rstrip('/')}/{LOGGING}")

    with opened_console(WebOptions(url, listen, root_path, environ, follow)) as opened:
        for address in opened.addresses:
            scheme = "https" if opened.is_encrypted else "http"
            click.echo(f"Serving {address if address.path else f'{scheme}://{address}/'} until Ctrl-C.")
        sys.stdout.flush()
        opened.serve()


web.add_command(user)
web.add_command(token)
