"""`etl kafka`: records from topics of Kafka, and changes into them."""

import click

from etl.cli.findings import report
from etl.cli.kafka_out import add_out_commands
from etl.cli.printing import COMPANY, config_url
from etl.monitoring.kafka_check import check_kafka


@click.group()
def kafka() -> None:
    """Check brokers and topics of Kafka."""


@kafka.command()
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(context: click.Context, company: str | None, as_json: bool) -> None:
    """Check brokers, topics, ACLs, limits, error topics and clocks.

    Writes nothing, in Kafka or in a database. Each line: what was checked, what was found, what to do. Exits with
    status 1 when something keeps records from being read or written; with 0 when there are only warnings.
    """
    report(check_kafka(config_url(context), company), as_json=as_json)


add_out_commands(kafka)
