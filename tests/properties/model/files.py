"""Files: contents are stored, and fields that waited for one get it."""

from collections import Counter

from etl.metadata import names
from etl.quoting import fold
from tests.properties.model.world import Change, Fault, FileReference, Policy, World


def upload_files(world: World, policy: Policy, run: int) -> Counter[str]:
    """Each content is stored once; a file_id means the content that was delivered under it last. Fields that waited for
    one get it. Counts what the receipt of files says."""
    counts = Counter[str]()
    for file in world.files.values():
        if not file.uploaded and file.content is not None and len(file.content) <= policy.max_value_bytes:
            counts["unchanged" if file.content in world.contents else "created"] += 1
            file.out_file = world.contents.setdefault(file.content, f"file {file.content.decode()}")
            file.uploaded = True
    for file_id, file in world.files.items():
        if file.uploaded and file.out_file:
            world.file_aliases[file_id] = file.out_file
    for file_id, file in world.files.items():
        if not file.uploaded and file.content is not None and len(file.content) > policy.max_value_bytes:
            size = f"{len(file.content)} bytes"
            fault = Fault(run, "in_fileStorage", None, file_id, "content", "VALUE_TOO_LONG", size, "error")
            world.faults.append(fault)
            counts["rejected"] += 1
    for reference, file_id in list(world.file_references.items()):
        stored = world.file_aliases.get(file_id)
        instance = world.instances[reference.bo][reference.instance]
        if stored:
            del world.file_references[reference]
            world.overdue.discard(reference)
        elif reference in world.overdue:
            _give_up(world, reference, run)
        if stored and instance.values.get(reference.field) != stored:
            instance.values = instance.values | {reference.field: stored}
            instance.modified = instance.migrated = run
            world.journal.append(Change(run, reference.bo, None, instance.id, None, "changed"))
    return counts


def _give_up(world: World, reference: FileReference, run: int) -> None:
    file_id = world.file_references.pop(reference)
    world.overdue.discard(reference)
    in_id = world.instances[reference.bo][reference.instance].in_id
    table, column = names.in_table(reference.bo), fold(reference.field)
    world.faults.append(Fault(run, table, None, in_id, column, "FILE_UNKNOWN", file_id, "error"))
