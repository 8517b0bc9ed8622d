"""Why a record is rejected, or what is to be said about one that is merged: a code of the catalogue and a JSON path."""

from dataclasses import dataclass, replace

from etl.merge.errors.catalogue import fault_of

_SHOWN = 200
# What the catalogue says of rows, in the words of records.
_OF_RECORDS = {
    "NO_ID": (
        "the object has neither id nor externalId, nor a value of a unique field: give one of them",
        "у объекта нет ни id, ни externalId, ни значения уникального поля: укажите что-то из этого",
    ),
    "OUT_ID_UNKNOWN": (
        "id {value} names no instance: leave it out, or use an id that the platform gave",
        "id {value} не соответствует ни одной инстанции: не указывайте его или укажите идентификатор платформы",
    ),
    "IN_ID_TAKEN": (
        "externalId {value} belongs to another instance than id: correct one of them",
        "externalId {value} принадлежит другой инстанции, чем id: исправьте одно из двух",
    ),
    "REFERENCE_EXPIRED": (
        "the link waited for {value} longer than oldRecordDeleteMinutes and was given up",
        "связь ожидала {value} дольше oldRecordDeleteMinutes и снята с ожидания",
    ),
    "FILE_UNKNOWN": (
        "{column} names the file {value}, which the store does not know: send it before, or with the record",
        "{column} указывает на файл {value}, которого нет в хранилище: отправьте его раньше или вместе с записью",
    ),
    "TOO_MANY_DUPLICATES": (
        "more than 50 records of the batch depend on each other by unique values: send it again",
        "более 50 записей пакета зависят друг от друга по уникальным значениям: отправьте её ещё раз",
    ),
}


@dataclass(frozen=True)
class Fault:
    """A fault of a record, or a warning or information about it (`severity`). `path` as in JSONPath, `bo` the object's
    code where it is known, `field` the field's, `value` what was found, `reason` fills in the sentence."""

    code: str
    path: str = "$"
    bo: str = ""
    field: str | None = None
    value: str | None = None
    reason: str = ""
    external_id: str | None = None
    severity: str = "error"

    @property
    def messages(self) -> tuple[str, str]:
        """In English and Russian."""
        known = fault_of(self.code)
        of_catalogue = (known.english, known.russian) if known else ("{reason}", "{reason}")
        given = {"{column}": self.field or "", "{value}": printable_value(self.value), "{reason}": self.reason}
        english, russian = (_filled(text, given) for text in _OF_RECORDS.get(self.code, of_catalogue))
        return english, russian

    def within(self, path: str) -> "Fault":
        """The same, of an object that lies at `path` of the record."""
        return replace(self, path=path + self.path.removeprefix("$"))


class RecordFault(Exception):
    """Ends the reading of a record."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.path}: {fault.code} {fault.messages[0]}")
        self.fault = fault


def printable_value(value: str | None) -> str:
    """A value as a message shows it: an invisible one is quoted."""
    shown = (value or "").replace("\x00", "\\u0000")[:_SHOWN]
    return shown if shown.strip() and shown.isprintable() else repr(shown)


def _filled(text: str, given: dict[str, str]) -> str:
    # In one pass: a value may look like a placeholder.
    parts = text.split("{")
    filled = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled += given.get(f"{{{name}}}", f"{{{name}}}") + rest
    return filled
