"""`etl web user`, `etl web token`: who may use the console."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path

import click

from etl.cli.screen.printing import config_url
from etl.config import open_source
from etl.errors import ConfigurationError
from etl.quoting import printable
from etl.quoting.json_text import json_text
from etl.settings.company import company_folders
from etl.settings.web import web_settings
from etl.web.identity.users import Users
from etl.web.roles import Role
from etl.web.store_of import web_store

_ROLE = click.Choice([str(one) for one in Role])
_COMPANIES = click.option(
    "--company", "companies", multiple=True, metavar="CODE", help="In this company, may be repeated; without it in all."
)


@click.group()
def user() -> None:
    """Add, change and remove users with passwords."""


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What the user may see and do.")
@_COMPANIES
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The first line is the password. Without it the terminal asks, else standard input has it.",
)
@click.pass_context
def add(context: click.Context, name: str, role: str, companies: tuple[str, ...], password_file: Path | None) -> None:
    """Add a user, or give one another password and role. Earlier sign-ins of the user end."""
    password = _password(password_file)
    with _users(context, companies) as users:
        users.add(name, password, Role(role), companies)
    click.echo(f"{printable(name)}: {role} {_where(companies)}")


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice([*map(str, Role), "none"]))
@_COMPANIES
@click.pass_context
def role(context: click.Context, name: str, role: str, companies: tuple[str, ...]) -> None:
    """Give a user another role, or none. Earlier sign-ins of the user end."""
    # A role in a company that is there no more can be taken away.
    with _users(context, () if role == "none" else companies) as users:
        users.set_role(name, None if role == "none" else Role(role), companies)
    click.echo(f"{printable(name)}: {role} {_where(companies)}")


@user.command()
@click.argument("name")
@click.pass_context
def remove(context: click.Context, name: str) -> None:
    """Remove a user with all sign-ins. The audit keeps the name."""
    with _users(context) as users:
        users.remove(name)
    click.echo(f"{printable(name)}: removed")


@user.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List users with their roles."""
    with _users(context) as users:
        found = users.all()
    if as_json:
        click.echo(json_text({"users": [vars(one) for one in found]}))
        return
    for one in found:
        roles = ", ".join(f"{company or 'all companies'}={role}" for company, role in one.roles.items()) or "no role"
        click.echo(f"{printable(one.name)}  {roles}")


@user.command(name="end-sign-ins")
@click.pass_context
def end_sign_ins(context: click.Context) -> None:
    """End all sign-ins of all users."""
    with _users(context) as users:
        click.echo(f"{users.end_sign_ins()} sign-ins have ended")


@click.group()
def token() -> None:
    """Add, list and remove tokens, with which programs use the API."""


@token.command(name="add")
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What the program may see and do.")
@click.option("--company", default="", metavar="CODE", help="In this company only; without it in all.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it is good for.")
@click.pass_context
def add_token(context: click.Context, name: str, role: str, company: str, days: int) -> None:
    """Make a token and print it, this once. One of the same name means nothing any more."""
    with _users(context, (company,) if company else ()) as users:
        click.echo(users.add_token(name, Role(role), company, days))


@token.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_tokens(context: click.Context, as_json: bool) -> None:
    """List tokens with their roles and when they end. Only their digests are kept."""
    with _users(context) as users:
        found = users.tokens()
    if as_json:
        click.echo(json_text({"tokens": [vars(one) for one in found]}))
        return
    for one in found:
        end = f"{'ended' if one.is_expired else 'until'} {one.expires_at:%F}" if one.expires_at else "without end"
        click.echo(f"{printable(one.name)}  {one.company or 'all companies'}={one.role}  {end}")


@token.command(name="remove")
@click.argument("name")
@click.pass_context
def remove_token(context: click.Context, name: str) -> None:
    """Make a token useless."""
    with _users(context) as users:
        users.remove_token(name)
    click.echo(f"{printable(name)}: removed")


@contextmanager
def _users(context: click.Context, companies: Sequence[str] = ()) -> Iterator[Users]:
    """Users and tokens. Raises ConfigurationError where one of the companies does not exist."""
    with open_source(config_url(context)) as source:
        tree = source.snapshot()
    known = company_folders(tree.texts)
    if unknown := [one for one in companies if one not in known]:
        there = ", ".join(known) or "none"
        raise ConfigurationError(f"there is no company {unknown[0]!r}: the configuration has {there}")
    settings = web_settings(tree.contents, origin=tree.origin, environ=os.environ, open_texts=tree.open_texts)
    store = web_store(lambda: settings, os.environ)
    try:
        yield Users(store, by=getuser())
    finally:
        store.close()


def _password(file: Path | None) -> str:
    """Never from the command line, which every user of the machine can see."""
    if file:
        text = file.read_text(encoding="utf-8")
    elif sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        text = sys.stdin.readline()
    if not (lines := text.splitlines()):
        raise ConfigurationError("there is no password: write it into the first line")
    return lines[0]


def _where(companies: tuple[str, ...]) -> str:
    return f"in {', '.join(companies)}" if companies else "in all companies"
