"""The catalogue of errors of rows: a stable code, its message, its cause and its cure, in English and Russian.

`{column}`, `{value}` and `{reason}` of a sentence are filled in by the statement that inserts the err row.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """An error of a row: message, cause and cure; the cure begins with the person who can apply it."""

    code: str
    english: str
    russian: str
    cause: str
    cause_russian: str
    cure: str
    cure_russian: str


CATALOGUE = (
    Fault(
        "NO_ID",
        "in_id and out_id are both empty: fill in_id with the row's id in your system",
        "in_id и out_id пусты: заполните in_id идентификатором записи в вашей системе",
        "in_id and out_id are both empty, so nothing says which instance the row is",
        "in_id и out_id пусты, поэтому неизвестно, какой инстанции соответствует строка",
        "partner: fill in_id",
        "партнёр: заполнить in_id",
    ),
    Fault(
        "OUT_ID_UNKNOWN",
        "out_id {value} names no instance: leave out_id empty or use an id that the platform gave",
        "out_id {value} не соответствует ни одной инстанции: оставьте его пустым или укажите идентификатор платформы",
        "out_id names no instance of the object: it was made up, or comes from another system or object",
        "out_id не соответствует ни одной инстанции объекта: он придуман или взят из другой системы или объекта",
        "partner: leave out_id empty",
        "партнёр: оставить out_id пустым",
    ),
    Fault(
        "IN_ID_TAKEN",
        "in_id {value} belongs to another instance than out_id: correct one of them",
        "in_id {value} принадлежит другой инстанции, чем out_id: исправьте одно из двух",
        "in_id and out_id name two instances",
        "in_id и out_id указывают на две разные инстанции",
        "partner: correct one of them, or leave out_id empty",
        "партнёр: исправить одно из двух или оставить out_id пустым",
    ),
    Fault(
        "NUMBER_NOT_FINITE",
        "{column} is {value}: write a finite number or null",
        "{column} содержит {value}: укажите конечное число или null",
        "a number is NaN or infinity, often from a division by zero",
        "число равно NaN или бесконечности, часто после деления на ноль",
        "partner: write a finite number or null",
        "партнёр: записать конечное число или null",
    ),
    Fault(
        "OPTION_UNKNOWN",
        "{column} is {value}, which is neither the code nor the id of an option (case matters)",
        "{column} содержит {value}: нет варианта с таким кодом или идентификатором (регистр важен)",
        "no option or dictionary row has that code or id; the case of its letters counts",
        "нет варианта или строки справочника с таким кодом или идентификатором; регистр букв важен",
        "partner: write the code of an option; or model author: add the option",
        "партнёр: записать код варианта; или автор модели: добавить вариант",
    ),
    Fault(
        "JSON_INVALID",
        "{column} is not valid JSON",
        "{column} не является корректным JSON",
        "a structured field takes JSON, and the value is none, or none that jsonb can hold",
        "структурированное поле принимает JSON, а значение им не является или не помещается в jsonb",
        "partner: write the platform's JSON or null",
        "партнёр: записать JSON платформы или null",
    ),
    Fault(
        "JSON_SHAPE",
        "{column} is valid JSON of another shape than its field has: write it as docs/partner.md shows",
        "{column} содержит JSON другой структуры, чем у этого поля: запишите его как в docs/partner.md",
        "the value is JSON of another shape than its field's type has",
        "значение — JSON другой структуры, чем у типа поля",
        "partner: write the shape that docs/partner.md shows",
        "партнёр: записать структуру из docs/partner.md",
    ),
    Fault(
        "SYSTEM_FIELD_MISSING",
        "all of {value} are null: the platform shows no such instance, so fill at least one of them",
        "пусты все поля {value}: платформа не покажет такую инстанцию, заполните хотя бы одно из них",
        "a row of Person, Department or PersonGroup fills none of the object's own fields",
        "строка Person, Department или PersonGroup не заполняет ни одного собственного поля объекта",
        "partner: fill at least one of them",
        "партнёр: заполнить хотя бы одно из них",
    ),
    Fault(
        "FILE_UNKNOWN",
        "{column} waited for the file {value} longer than referenceExpiryMinutes: add it and hand the row over again",
        "{column} ожидало файл {value} дольше referenceExpiryMinutes: добавьте файл и передайте запись ещё раз",
        "the file did not come within referenceExpiryMinutes, or its content is over maxValueBytes",
        "файл не появился за время referenceExpiryMinutes, или его содержимое больше maxValueBytes",
        "partner: add the file to in_fileStorage, then offer the row again",
        "партнёр: добавить файл в in_fileStorage и снова предложить строку",
    ),
    Fault(
        "VALUE_TOO_LONG",
        "{column} is longer than maxValueBytes allows",
        "{column} длиннее, чем разрешает maxValueBytes",
        "the value is over maxValueBytes",
        "значение больше maxValueBytes",
        "partner: shorten it; or operator: raise maxValueBytes",
        "партнёр: сократить его; или оператор: увеличить maxValueBytes",
    ),
    Fault(
        "ROW_TOO_LONG",
        "the row's texts have {value} in all: shorten them, or put large ones into files",
        "тексты строки занимают в сумме {value}: сократите их или вынесите большие в файлы",
        "all texts of the row together, with what stays of the instance, are over maxRowBytes",
        "все тексты строки вместе с тем, что остаётся у инстанции, больше maxRowBytes",
        "partner: shorten them, or put large ones into files; or operator: raise maxRowBytes, if it was lowered",
        "партнёр: сократить их или вынести большие в файлы; или оператор: увеличить maxRowBytes, если он был уменьшен",
    ),
    Fault(
        "ROW_TOO_WIDE",
        "the row fills a page of its table, so that no status can be written into it: leave some fields empty",
        "строка занимает всю страницу таблицы, и статус записать некуда: оставьте часть полей пустыми",
        "a row of several hundred filled fields has no room left for in_status and occupied_id",
        "в строке из нескольких сотен заполненных полей не осталось места для in_status и occupied_id",
        "partner: leave some fields empty, or divide the object into several",
        "партнёр: оставить часть полей пустыми или разделить объект на несколько",
    ),
    Fault(
        "UNIQUE_TAKEN",
        "{column} is {value}, which another instance has: correct it here or there",
        "{column} содержит {value}: это значение уже у другой инстанции, исправьте одно из двух",
        "a unique field has a value that another instance has when the batch is merged, its own row rejected perhaps",
        "значение уникального поля и после слияния пакета у другой инстанции, возможно, её строка отклонена",
        "partner: correct it in this row, or in the other instance's row first",
        "партнёр: исправить его в этой строке или сначала в строке другой инстанции",
    ),
    Fault(
        "UNIQUE_TOO_LONG",
        "{column} is a unique field and longer than 2000 bytes",
        "{column} — уникальное поле, значение длиннее 2000 байт",
        "the value of a unique field is over 2000 bytes, and an index keeps no longer one",
        "значение уникального поля длиннее 2000 байт, а индекс длиннее не хранит",
        "partner: shorten it",
        "партнёр: сократить его",
    ),
    Fault(
        "TOO_MANY_DUPLICATES",
        "more than 50 rows of the batch name one instance by a unique value: keep one of them",
        "более 50 строк пакета указывают на одну инстанцию по уникальному значению: оставьте одну из них",
        "more than 50 rows of a batch name one instance by a unique value, often a constant",
        "более 50 строк пакета указывают на одну инстанцию по уникальному значению, часто это константа",
        "partner: delete all of them but one",
        "партнёр: удалить все, кроме одной",
    ),
    Fault(
        "OUT_ID_TWICE",
        "several rows without in_id name the instance {value} by out_id and say different things: keep one of them",
        "несколько строк без in_id указывают на инстанцию {value} через out_id и говорят разное: оставьте одну из них",
        "rows without in_id name one instance by out_id and differ, so nothing says which of them counts",
        "строки без in_id указывают через out_id на одну инстанцию и различаются: неизвестно, какая из них верна",
        "partner: keep one of them, or fill in_id",
        "партнёр: оставить одну из них или заполнить in_id",
    ),
    Fault(
        "MERGED_BY_VALUE",
        "no instance has this in_id, but one has {column} {value}: the row was merged into it",
        "инстанции с таким in_id нет, но есть инстанция, у которой {column} равно {value}: строка объединена с ней",
        "no fault: a unique value led the new row to an instance, which has its in_id too from now on",
        "не ошибка: уникальное значение привело новую строку к инстанции, и её in_id теперь указывает на неё же",
        "partner: nothing, if both are the same; else correct the value in one of the two rows",
        "партнёр: ничего, если это одно и то же; иначе исправить значение в одной из двух строк",
    ),
    Fault(
        "ROW_OVERRULED",
        "another row of the batch, {value}, names the same instance, and the store has what that row says",
        "другая строка пакета, {value}, указывает на ту же инстанцию, и в хранилище то, что говорит она",
        "no fault: several rows name one instance; one that removes gives way, else the highest in_id counts",
        "не ошибка: на инстанцию указывают несколько строк; удаляющая уступает, иначе верна строка с наибольшим in_id",
        "partner: send one row for an instance, or give up the further in_id",
        "партнёр: присылать одну строку на инстанцию или отказаться от лишнего in_id",
    ),
    Fault(
        "LINK_END_EMPTY",
        "{column} is empty, so the link leads to nothing: write the in_id of an instance there",
        "{column} пусто, поэтому связь никуда не ведёт: укажите там in_id инстанции",
        "an end of the link is empty or blank, and no instance has such an in_id",
        "один из концов связи пуст или состоит из пробелов, и ни у одной инстанции нет такого in_id",
        "partner: write the in_id, then offer the row again",
        "партнёр: записать in_id и снова предложить строку",
    ),
    Fault(
        "LINK_END_INVALID",
        "{column} is {value}, which no instance can have: write an external id, or a value of the field's type",
        "{column} содержит {value}: такого нет ни у одной инстанции, укажите внешний идентификатор или другое значение",
        "a link names an end by an id that does not exist, or by a value that its unique field cannot hold",
        "связь указывает на несуществующий идентификатор или на значение, недопустимое для уникального поля",
        "partner: write an external id, or a value of the field's type",
        "партнёр: указать внешний идентификатор или значение подходящего типа",
    ),
    Fault(
        "NOT_UNIQUE",
        "{column} names its target by {value}, and that is no unique field of the target: use one that is",
        "{column} указывает на цель через {value}, но это не уникальное поле цели: используйте уникальное",
        "a link names its target by a field that the metadata of the target do not mark as unique",
        "связь указывает на цель через поле, которое в метаданных цели не помечено как уникальное",
        "partner: name a unique field; or model author: mark the field as unique",
        "партнёр: указать уникальное поле; или автор модели: пометить поле как уникальное",
    ),
    Fault(
        "AMBIGUOUS",
        "{column} is {value}, and instances of several members of the composite have it: say which member is meant",
        "{column} содержит {value}: это есть у инстанций нескольких объектов композита, укажите, какой имеется в виду",
        "a link does not say which member of the composite it means, and more than one has such an instance",
        "связь не указывает объект композита, а такая инстанция есть более чем у одного из них",
        "partner: name the object of the target",
        "партнёр: указать объект цели",
    ),
    Fault(
        "REFERENCE_EXPIRED",
        "the link waited for {value} longer than referenceExpiryMinutes and was given up",
        "связь ожидала {value} дольше referenceExpiryMinutes и снята с ожидания",
        "an end of the link did not come within referenceExpiryMinutes",
        "один из концов связи не появился за время referenceExpiryMinutes",
        "partner: send the missing instance, then offer the link again",
        "партнёр: прислать недостающую инстанцию и снова предложить связь",
    ),
    Fault(
        "BAD_JSON",
        "the message is no JSON: {reason}",
        "сообщение не является JSON: {reason}",
        "the value of a message is no JSON object in plain UTF-8",
        "значение сообщения не является JSON-объектом в UTF-8 без метки порядка байтов",
        "partner: send one JSON object a message",
        "партнёр: отправлять в сообщении один JSON-объект",
    ),
    Fault(
        "BAD_SHAPE",
        "the record has another shape than the guide's: {reason}",
        "структура записи не такая, как в руководстве: {reason}",
        "the JSON of a record has another shape than the guide's, or says two things at once",
        "структура JSON записи не такая, как в руководстве, или запись противоречит себе",
        "partner: write the record as the guide shows",
        "партнёр: записать как показано в руководстве",
    ),
    Fault(
        "TOO_DEEP",
        "objects are nested deeper than maxDepth allows",
        "объекты вложены глубже, чем разрешает maxDepth",
        "the objects of a record are nested too deep",
        "объекты записи вложены слишком глубоко",
        "partner: send inner objects as records of their own; or operator: raise maxDepth",
        "партнёр: отправлять вложенные объекты отдельными записями; или оператор: увеличить maxDepth",
    ),
    Fault(
        "TOO_LARGE",
        "the message has {value} bytes, and maxRecordBytes is {reason}",
        "в сообщении {value} байт, а maxRecordBytes равно {reason}",
        "a message is over maxRecordBytes",
        "сообщение больше maxRecordBytes",
        "partner: divide the record; or operator: raise maxRecordBytes",
        "партнёр: разделить запись; или оператор: увеличить maxRecordBytes",
    ),
    Fault(
        "UNKNOWN_OBJECT",
        "there is no business object {value}{reason}: write its code exactly",
        "бизнес-объекта {value} нет{reason}: напишите его код точно",
        "no business object has the code, whose capitals count",
        "нет бизнес-объекта с таким кодом; регистр букв важен",
        "partner: write the code of the object",
        "партнёр: указать код объекта",
    ),
    Fault(
        "NOT_ALLOWED",
        "records may not change objects of {value}",
        "записи не могут изменять объекты {value}",
        "the object takes no records: it has no instances, or allowedBusinessObjects leaves it out",
        "объект не принимает записи: у него нет инстанций или его нет в allowedBusinessObjects",
        "operator: add it to allowedBusinessObjects; or partner: send no such records",
        "оператор: добавить его в allowedBusinessObjects; или партнёр: не отправлять такие записи",
    ),
    Fault(
        "UNKNOWN_FIELD",
        "the object has no field {value}{reason} that records may change",
        "у объекта нет поля {value}{reason}, доступного записям",
        "no field of the object has the code, or allowedFields leaves it out; capitals count",
        "нет поля объекта с таким кодом или его нет в allowedFields; регистр букв важен",
        "partner: write the code of the field; or model author: add the field, then the operator resends the record",
        "партнёр: указать код поля; или автор модели: добавить поле, после чего оператор отправляет запись снова",
    ),
    Fault(
        "BAD_VALUE",
        "{column} is {value}, which {reason}",
        "{column} содержит {value}: такого значения у поля быть не может ({reason})",
        "a value is none of its field's type",
        "значение не подходит к типу поля",
        "partner: write a value of the field's type or null",
        "партнёр: записать значение подходящего типа или null",
    ),
    Fault(
        "BAD_ID",
        "{reason}",
        "идентификатор недопустим: {reason}",
        "an id is longer than ids can be, or has a character that no text can hold",
        "идентификатор длиннее допустимого или содержит недопустимый символ",
        "partner: shorten it",
        "партнёр: сократить его",
    ),
    Fault(
        "KEY_DIFFERS",
        "{column} is the key field and has {value}, another value than externalId: write one of them, or the same",
        "{column} — ключевое поле со значением {value}, отличным от externalId: укажите одно из двух или одинаковые",
        "the key field and externalId are one thing, and a record gives two values",
        "ключевое поле и externalId — одно и то же, а в записи два разных значения",
        "partner: write one of them",
        "партнёр: указать одно из двух",
    ),
    Fault(
        "UNKNOWN_STATE",
        "the state {value} is none of ACTUAL, REMOVED, ARCHIVED, TEST",
        "состояние {value} не из списка ACTUAL, REMOVED, ARCHIVED, TEST",
        "a record gives a state that instances cannot have",
        "в записи состояние, которого у инстанций не бывает",
        "partner: write a state of the guide, or none",
        "партнёр: указать состояние из руководства или не указывать",
    ),
    Fault(
        "WRONG_TARGET",
        "{column} links to {reason}, not to {value}",
        "{column} ссылается на {reason}, а не на {value}",
        "a record names a target of another object than the field links to",
        "в записи цель другого объекта, чем тот, на который ссылается поле",
        "partner: name an object of the field's targets",
        "партнёр: указать объект, на который ссылается поле",
    ),
    Fault(
        "RECORD_ID_REUSED",
        "recordId {value} was merged before with another content ({reason}): this record is ignored",
        "recordId {value} уже обработан с другим содержимым ({reason}): эта запись не учтена",
        "two records of a topic have one recordId and differ; the first one counts",
        "у двух разных записей топика один recordId; учтена первая",
        "partner: give each record a recordId of its own, and send this one again",
        "партнёр: давать каждой записи свой recordId и отправить эту ещё раз",
    ),
    Fault(
        "NOT_TEXT",
        "a number or boolean was taken as its text: write values in quotes",
        "число или логическое значение принято как текст: пишите значения в кавычках",
        "no fault: a value of a record is no text, but can be taken as one",
        "не ошибка: значение в записи не текст, но может быть принято как текст",
        "partner: write values in quotes",
        "партнёр: писать значения в кавычках",
    ),
    Fault(
        "ROW_QUARANTINED",
        "the server refuses the row: {reason}",
        "сервер не принимает строку: {reason}",
        "the server rejected the row, alone among those of its chunk: a constraint or trigger of the store, or "
        "one of the server's limits; the message has its word",
        "сервер не выдержал именно эту строку порции: ограничение или триггер хранилища либо предел сервера; "
        "сообщение приводит его слова",
        "operator: fix what the message says, or let the partner do it, then etl errors retry --code ROW_QUARANTINED",
        "оператор: устранить то, что в сообщении, сам или с партнёром, затем etl errors retry --code ROW_QUARANTINED",
    ),
    Fault(
        "CHUNK_QUARANTINED",
        "the row was not read: merging it together with others of its chunk ended the runner each time",
        "строка не прочитана: её слияние вместе с другими строками порции каждый раз обрывало работу исполнителя",
        "merging the chunk with this row killed the runner, or met a fault that no single row explains, more often "
        "than taskAttempts allows",
        "слияние порции с этой строкой обрывало работу или вызывало ошибку, которую не объясняет ни одна строка, чаще, "
        "чем разрешает taskAttempts",
        "operator: fix what the task's error and the logs show, then etl errors retry --code CHUNK_QUARANTINED",
        "оператор: устранить то, что в ошибке задачи и журналах, затем etl errors retry --code CHUNK_QUARANTINED",
    ),
)


def fault_of(code: str) -> Fault | None:
    """The catalogue's entry of a code; None for a code that only an older version wrote."""
    return next((fault for fault in CATALOGUE if fault.code == code), None)


def sentences() -> str:
    """The catalogue as a JSON object, code -> [English, Russian], for statements that write err rows."""
    return json.dumps({fault.code: [fault.english, fault.russian] for fault in CATALOGUE}, ensure_ascii=False)
