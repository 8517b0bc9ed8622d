"""Ranges of the numbers that commands are given: no larger one is known to PostgreSQL or Kafka."""

from typing import Final

import click

LARGEST: Final = 2**63 - 1
ID: Final = click.IntRange(0, LARGEST)
COUNT: Final = click.IntRange(1, LARGEST)
PARTITION: Final = click.IntRange(0, 2**31 - 1)
