"""A company with a field of every loadable type, whose labels and options would hurt if they were not escaped."""

from etl.contract import Terms
from etl.metadata import Company, parse_company

IN = "needLoadFromInTables: true"
BOTH = f"{IN}, needUploadToOutTable: true"

DOCUMENTS = {
    "Kind": f"""
code: Kind
category: DICTIONARY
orderIndex: 1
name: {{rus: Вид, eng: Kind}}
fields:
  - {{code: code, type: INPUT_TEXT, {BOTH}}}
  - {{code: label, type: INPUT_TEXT_LANG, {IN}}}
""",
    "Everything": f"""
code: Everything
orderIndex: 2
name: {{rus: "Всё <b>сразу</b> | *и* `больше`", eng: "Everything <script>alert(1)</script> | at *once*"}}
fields:
  - {{code: Text, type: INPUT_TEXT, isRequired: true, label: {{rus: "Текст & <i>", eng: "Text & <i>"}}, {BOTH}}}
  - {{code: Area, type: TEXTAREA, {IN}}}
  - {{code: Number, type: INPUT_NUMBER, {BOTH}}}
  - {{code: Lenient, type: INPUT_NUMBER, onBadValue: skip_value, {BOTH}}}
  - {{code: Flag, type: CHECKBOX, {IN}}}
  - {{code: Day, type: DATE, inMigrationTimezoneMinutes: 300, {BOTH}}}
  - {{code: Moment, type: FULL_DATE, {IN}}}
  - {{code: Clock, type: TIME, {IN}}}
  - {{code: InYear, type: YEAR, {IN}}}
  - {{code: InMonth, type: YEAR_AND_MONTH, {IN}}}
  - {{code: Span, type: PERIOD, {BOTH}}}
  - {{code: Stay, type: PERIOD_TIME, {IN}}}
  - code: Drop
    type: DROPDOWN_SINGLE
    options: [{{code: "a|b", label: "x | y"}}, {{code: "it's \\\\ 'q'", id: WbX5Wa8gcabbVbF1}}, "`c`"]
    needLoadFromInTables: true
    needUploadToOutTable: true
  - {{code: Radio, type: RADIO_BUTTON_GROUP, options: [{{code: new, label: Новый}}, old], {IN}}}
  - {{code: OfKind, type: DROPDOWN_SINGLE, dictionary: Kind, {BOTH}}}
  - {{code: List, type: CHECKLIST, {IN}}}
  - {{code: Answers, type: QUESTIONNAIRE, {IN}}}
  - {{code: Bar, type: PROGRESS_BAR, {IN}}}
  - {{code: Place, type: GEO_POINT, {IN}}}
  - {{code: Site, type: LINK, {IN}}}
  - {{code: Scan, type: FILE_UPLOAD, {BOTH}}}
  - {{code: Mail, type: INPUT_EMAIL, isUnique: true, {BOTH}}}
  - {{code: Phone, type: INPUT_PHONE, {IN}}}
  - {{code: Words, type: INPUT_TEXT_LANG, {IN}}}
  - {{code: LongWords, type: TEXTAREA_LANG, {IN}}}
  - {{code: "Order", type: INPUT_TEXT, {BOTH}}}
  - {{code: Parent, type: BO, bo: Everything, viewType: SINGLE, {BOTH}}}
  - {{code: Party, type: CO, co: Parties, isRequired: true, {BOTH}}}
""",
    "Parties": "code: Parties\ncategory: CO\nbos: [Person, Keyed]\n",
    "Keyed": f"""
code: Keyed
orderIndex: 3
fields:
  - {{code: Login, type: INPUT_EMAIL, useAsKeyInMigration: true}}
  - {{code: Note, type: INPUT_TEXT, {IN}}}
""",
    "Person": f"""
code: Person
orderIndex: 4
fields:
  - {{code: surname, type: INPUT_TEXT, {BOTH}}}
  - {{code: status, type: DROPDOWN_SINGLE, options: [ACTIVE], {IN}}}
  - {{code: Boss, type: BO, bo: Department, {IN}}}
""",
}
TERMS = Terms("in_tables", "out_demo_1_1", "out_demo", max_value_bytes=5000, reference_expiry_minutes=10080)


def company() -> Company:
    return parse_company("demo", {f"companies/demo/business-objects/{code}.yaml": t for code, t in DOCUMENTS.items()})
