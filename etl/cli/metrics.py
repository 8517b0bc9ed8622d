"""`etl metrics`: the metrics for Prometheus, once or as a page."""

import signal

import click

from etl.cli.screen.interrupt import ended_by_ctrl_c
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import open_runtime
from etl.monitoring import AgeSampler, measure
from etl.notifications.telemetry import Page, serving


@click.command()
@COMPANY
@click.option("--once", is_flag=True, help="Print the page and end.")
@click.option("--listen", default="127.0.0.1:9108", show_default=True, metavar="HOST:PORT", help="Where to serve it.")
@click.option(
    "--cache",
    "cache_seconds",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a result is reused for further scrapes.",
)
@click.pass_context
def metrics(context: click.Context, company: str | None, once: bool, listen: str, cache_seconds: float) -> None:
    """Serve metrics for Prometheus, until Ctrl-C.

    The database is read at a scrape, at most once in --cache seconds, and an in_ table only when it has changed. The
    page needs no password, but names tables: listen where only your monitoring can connect.
    """
    host, port = _address(listen)
    with open_runtime(config_url(context), company) as runtime:
        book = AgeSampler()
        page = Page(lambda: measure(runtime, book), cache_seconds)
        if once:
            click.echo(page.text().decode(), nl=False)
            return
        with ended_by_ctrl_c(), serving(page, host, port) as address:
            click.echo(f"Serving {address} until Ctrl-C.")
            while True:
                signal.pause()


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise click.BadParameter(f"{listen!r} is not HOST:PORT", param_hint="--listen")
    return host, int(port)
