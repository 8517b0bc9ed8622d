"""What pages and actions receive and return. They know nothing of HTTP."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, PlainSerializer

from etl.database import Connection, read_only_transaction
from etl.engine import Runtime
from etl.operations import Installation
from etl.web.faults import ConfigurationFault
from etl.web.filling.uploads import Uploads
from etl.web.identity.audit import Audit
from etl.web.identity.own_sign_ins import OwnSignIns
from etl.web.problems import bad_request, not_found
from etl.web.roles import Role
from etl.web.texts.sentence import sentence_of

PAGE_SECONDS: Final = 2.0
"""How long one statement of a page may take."""

# The largest number of PostgreSQL's bigint.
_LARGEST_ID = (1 << 63) - 1


Id = Annotated[int, PlainSerializer(str, return_type=str, when_used="json")]
"""A number of 64 bits: a text in JSON, since a browser would round what is above 2^53."""


class Model(BaseModel):
    """Base of what pages return. Times have their zone; numbers of runs, rows and instances are `Id`."""

    model_config = ConfigDict(frozen=True)

    @property
    def is_unavailable(self) -> bool:
        """Whether the page says that it has no values now, which the status of the answer says too."""
        return False


@dataclass(frozen=True)
class Viewer:
    """Who looks at a page. `role` is that in the company of the page; `address` is where the request came from."""

    name: str
    role: Role
    language: str
    address: str = ""


@dataclass(frozen=True)
class PageRequest:
    """What a page function receives. `query` and `path` are the values of the address: `?code=` and `{run}`.

    `runtime` is that of the company. Whatever is done with it is read-only, ends after two seconds a statement, and has
    the database role of the partner if the viewer is one: the database itself refuses the rest.
    """

    company: str
    viewer: Viewer
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    prefix: str = ""
    companies: tuple[str, ...] = ()
    open_runtime: Callable[[], Runtime] = field(default=lambda: _no_runtime(), repr=False)
    # What the viewer has just done, from the audit: shown above the page.
    notice: str = ""
    audit: Audit | None = field(default=None, repr=False)
    can_sign_out: bool = False
    open_uploads: Callable[[], Uploads] = field(default=lambda: _no_uploads(), repr=False)
    open_engine_runtime: Callable[[], Runtime] = field(default=lambda: _no_runtime(), repr=False)
    # The same question about a company of the viewer; None for one that is not.
    of_company: Callable[[str], "PageRequest | None"] = field(default=lambda _: None, repr=False)
    # Why the last good values of the configuration count; none if its values of now do.
    faults_of_configuration: Callable[[], Sequence[ConfigurationFault]] = field(default=tuple, repr=False)
    # The viewer's own; None for one who has not signed in here.
    sign_ins: OwnSignIns | None = field(default=None, repr=False)
    # Also of companies that are not there yet: such a viewer sees what belongs to no company.
    is_operator_of_all: bool = False
    # The documents of the company's business objects, path -> text, as the configuration has them now.
    open_documents: Callable[[], Mapping[str, str]] = field(default=dict, repr=False)

    @property
    def runtime(self) -> Runtime:
        """The company's settings, metadata and connections. Raises our errors where they cannot be had."""
        return self.open_runtime()

    @property
    def uploads(self) -> Uploads:
        """Files that wait to be loaded."""
        return self.open_uploads()

    @property
    def engine_runtime(self) -> Runtime:
        """The same under the engine's role, for a page about its privileges; that of a partner under the partner's."""
        return self.open_engine_runtime()

    def reading(self) -> AbstractContextManager[Connection]:
        """A read-only transaction in the database of the in_ tables."""
        return read_only_transaction(self.runtime.engine, seconds=PAGE_SECONDS)

    @contextmanager
    def reading_store(self) -> Iterator[Connection]:
        """A read-only transaction in the database of the golden store."""
        with read_only_transaction(self.runtime.store_engine, seconds=PAGE_SECONDS) as connection:
            yield connection

    def number(self, name: str, default: int | None = None) -> int | None:
        """A number of the query, 0 or more."""
        text = self.query.get(name, "")
        return _number(name, text) if text else default

    def path_number(self, name: str) -> int:
        """A number of the path; what cannot be one is not found."""
        return _path_number(self.path[name])


@dataclass(frozen=True)
class ActionRequest:
    """What an action receives. `form` has its parameters; `runtime` may write.

    A run of its own, with a lease, needs `own_runtime`: each runtime is a runner with a name of its own.
    """

    company: str
    viewer: Viewer
    form: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    open_runtime: Callable[[], Runtime] = field(default=lambda: _no_runtime(), repr=False)
    open_own_runtime: Callable[[], AbstractContextManager[Runtime]] = field(
        default=lambda: _none_of_its_own(), repr=False
    )
    open_uploads: Callable[[], Uploads] = field(default=lambda: _no_uploads(), repr=False)
    sign_ins: OwnSignIns | None = field(default=None, repr=False)
    # The documents of the company's business objects, path -> text, as the configuration has them now.
    open_documents: Callable[[], Mapping[str, str]] = field(default=dict, repr=False)
    open_installation: Callable[[], AbstractContextManager[Installation]] = field(
        default=lambda: _no_installation(), repr=False
    )
    is_operator_of_all: bool = False

    @property
    def runtime(self) -> Runtime:
        """The company's settings, metadata and connections."""
        return self.open_runtime()

    @property
    def uploads(self) -> Uploads:
        """Files that wait to be loaded."""
        return self.open_uploads()

    def own_runtime(self) -> AbstractContextManager[Runtime]:
        """A runtime for the time of a `with` block, as a command has one."""
        return self.open_own_runtime()

    def installation(self) -> AbstractContextManager[Installation]:
        """All databases of the company for the time of a `with` block, as a command has them."""
        return self.open_installation()

    def required(self, name: str) -> str:
        """A parameter that must be given."""
        if not (text := self.form.get(name, "").strip()):
            raise bad_request(sentence_of("sentence.missing", name=name))
        return text

    def exact(self, name: str) -> str:
        """The same with the blanks around it: an external id with blanks is another one than without."""
        if not (text := self.form.get(name, "")):
            raise bad_request(sentence_of("sentence.missing", name=name))
        return text

    def path_number(self, name: str) -> int:
        """A number of the path; what cannot be one is not found."""
        return _path_number(self.path[name])

    def number(self, name: str) -> int:
        """A parameter that must be a number, 0 or more."""
        return _number(name, self.required(name))

    def numbers(self, name: str) -> tuple[int, ...]:
        """A parameter of numbers with spaces between them; it may be missing."""
        return tuple(_number(name, text) for text in self.form.get(name, "").split())


@dataclass(frozen=True)
class Done:
    """What an action has done. `location` is the page that shows it, as `/runs/17` below that of the company.

    `sentence` says it in English, for audit and API; one of `sentence_of` is shown in the viewer's language. `values`
    are for the API.
    """

    location: str
    sentence: str
    values: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Attachment:
    """A file that a browser saves. `name` is what it is called there; with `path` it is a file of the disk, which is
    sent block by block instead of `content`."""

    name: str
    content: bytes = field(default=b"", repr=False)
    media_type: str = "application/octet-stream"
    path: Path | None = None


def _number(name: str, text: str) -> int:
    if not _is_id(text):
        raise bad_request(sentence_of("sentence.no_number", name=name))
    return int(text)


def _path_number(text: str) -> int:
    if not _is_id(text):
        raise not_found()
    return int(text)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= _LARGEST_ID


def _no_runtime() -> Runtime:
    raise not_found("This page belongs to no company.")


def _no_uploads() -> Uploads:
    raise not_found("This page has no uploads.")


def _no_installation() -> AbstractContextManager[Installation]:
    raise not_found("This action belongs to no company.")


def _none_of_its_own() -> AbstractContextManager[Runtime]:
    raise not_found("This action belongs to no company.")
