"""Structure exports as a test writes them; the shape is that of the platform's own."""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PREFIX = "kz.greetgo.mybpm.reg.structure.model.dto."
Plain = dict[str, Any]

CLIENT: Plain = {
    "@class": f"{PREFIX}BoStructDto",
    "code": "Client",
    "category": "BO",
    "name": {"rus": "Клиент"},
    "oldId": "WbX5Wa8gcabbVbF1",
    "orderIndex": 2,
    "dynamicFields": {
        "IIN": {"code": "IIN", "type": "INPUT_TEXT", "isUnique": True, "useAsKeyInMigration": True,
                "needLoadFromInTables": False, "needUploadToOutTable": True},
        "No": {"code": "No", "type": "DATE", "needLoadFromInTables": True, "inMigrationTimezoneMinutes": 300},
        "Kind": {"code": "Kind", "type": "DROPDOWN_SINGLE", "needLoadFromInTables": True, "fieldOptionsStruct": {
            "optionSource": "FROM_BO", "options": {},
            "dictionaryBoInfo": {"code": "Kinds", "name": "Виды", "boCategory": "BO_DICTIONARY"}}},
        "St": {"code": "St", "type": "DROPDOWN_SINGLE", "needLoadFromInTables": True, "fieldOptionsStruct": {
            "optionSource": "FROM_FIELD", "options": {
                "old": {"fieldOption": {"code": "old", "label": "Старый", "orderIndex": 1}, "newOptionId": "i2"},
                "new": {"fieldOption": {"code": "new", "label": "Новый", "orderIndex": 0}, "newOptionId": "i1"}}}},
        "Boss": {"code": "Boss", "type": "BO", "viewType": "SINGLE", "needLoadFromInTables": True,
                 "boRefStruct": {"boInfo": {"code": "Client", "boCategory": "BO"}}},
        "Sibling": {"code": "Sibling", "type": "BO", "viewType": "TABLE", "oldRefBoId": "WbX5Wa8gcabbVbF1"},
        "Party": {"code": "Party", "type": "CO", "viewType": "TABLE", "needLoadFromInTables": True,
                  "boRefStruct": {"boInfo": {"code": "Parties", "boCategory": "BO_COMPOSITE"}}},
    },
    "nativeFields": {
        "CREATED_AT": {"nativeFieldId": "CREATED_AT", "type": "FULL_DATE", "needUploadToOutTable": True},
        "CREATED_BY": {"nativeFieldId": "CREATED_BY", "type": "BO"},
    },
}  # fmt: skip
KINDS: Plain = {"@class": f"{PREFIX}BoStructDto", "code": "Kinds", "category": "BO_DICTIONARY", "name": {"rus": "Виды"},
                "dictionaryFields": ["CODE", "LABEL"], "dynamicFields": {
                    "code": {"code": "code", "type": "INPUT_TEXT", "isUnique": True, "isRequired": True},
                    "label": {"code": "label", "type": "INPUT_TEXT_LANG", "isRequired": True}}}  # fmt: skip
PARTIES: Plain = {"@class": f"{PREFIX}BoStructDto", "code": "Parties", "category": "BO_COMPOSITE",
                  "bos": [{"code": "Client", "name": "Клиент", "boCategory": "BO"}], "dynamicFields": {
                      "IIN": {"code": "IIN", "type": "INPUT_TEXT",
                              "boFieldCodes": [{"boCode": "Client", "fieldCode": "IIN"}]}}}  # fmt: skip
COMPANY: Plain = {"@class": f"{PREFIX}CompanyMetadataStructDto", "personBoId": "x"}


def export(path: Path, *objects: Plain, count: int | None = None, members: Iterable[str] = ()) -> Path:
    """Write an archive; `members` are further, empty files."""
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in objects)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data-2026/0000001.mybpm", lines)
        archive.writestr("data-2026/metadata.mybpm", f"objectCount-{len(objects) if count is None else count}")
        for name in members:
            archive.writestr(name, b"")
    return path
