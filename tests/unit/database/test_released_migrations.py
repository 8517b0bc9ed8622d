"""Migrations that were released never change: what follows is a new file, with a higher number."""

import hashlib
from itertools import pairwise

import pytest

from etl.database import Migration, Part
from etl.database.migrations import StepKind
from etl.engine.upgrading import PARTS

# Part, number and name -> SHA-256 of the file. A line is added with each migration, and none is ever changed.
RELEASED = {
    "import 0000_create": "dd7c183f5454a6c9206bc46833f6c8b5a28411367cf767f5284acfdbc03bb890",
    "import 0001_plain_names": "d7a92e97e9ca350c48b650ee27852189064d389b94b4642264e37c0f56866c1b",
    "import 0002_source": "eb6ce7a44af29507f0fa2563033da8d8d61ce6ea504c3633a8a8fd548d1e2863",
    "import 0003_error_codes": "faf818938b75da28bdaec73b7f3cdd2ea82974589ee292d689ce6d48724049aa",
    "import 0004_receipt_start": "455cffc7a23a35c88ce91b1a9d9af2318ff41e592fdc003d26062e4cc1432f10",
    "import 0005_online_changes": "6026e71779fd1de6acbd4dc0f115a5573bc0479a2434fcf70cd90e7b31174fcb",
    "import 0006_runner_version": "7cece2ac53e8cf46601a8cd1f12d02e338e97ff310f0222745b66fcc785840ae",
    "import 0007_receipt_held": "e3bc26f676f75c643c765645446e228b746b679f1d4c24d2d9221c2728012690",
    "import 0008_receipt_held_comment": "3291054579397fb3ec09f148c606b491109e0999a04abc1fe45de2892315f751",
    "import 0009_comparison": "dfcdfc9eecb22e2b95be1d16f179a853e961a4c94a8125ee7553f3b0e1d77127",
    "store 0000_create": "40c2ce9e0227f252c08431ebba3c0f705f13d398dd9c784e91637ae0289b41d4",
    "store 0001_plain_names": "1ccf1a40a8b19f8f31e9a998e28838a9c68fbd81c031f905671276e642d3fe84",
    "store 0002_units": "e31e3ccec53324da656c8f8639ab44482a17a30763e7e0a920b210918dc44d6e",
    "store 0003_fence_per_source": "122bada6b603023da909ce40d1c7aa48287ab4e31ef1af0a9f27b9ea953e44eb",
    "store 0004_references": "4121f5c0d0a736a45a1a8ad9479fef0744acca4076c9013f2ba068eedbf88160",
    "store 0005_kafka": "7b186127c43eb0a4c27043667ccc0b85e9d6e0ff421d25f798ffc3f2e6c7b97a",
    "store 0006_alerts": "8f058a33eb6bb2822f615a313ee87e2a0b38dc98a235d163cbb91e27dce09c63",
    "store 0007_history": "a6a4e981beec65fd9aeabd5bfeddfea3c34344880c48e4b67cb8121705bb3e92",
    "store 0008_reference_origin": "8f5e3a1a88ce423541907b71b9016c3c70cf402e12605a86137127c82555fe10",
    "store 0009_hold": "d2321dcf81138c4968c0b37e633e7bd717ba9a8f16859248885f37adee997b0f",
    "store 0010_output_topics": "3d840de0a0e5b8d4364347e4fed72ce3bb0f3690bc53bc94fca9447946df7901",
    "store 0011_reading_settings": "fd560cd649def871f7c2bef853ac329afee633acae121dc618f600081a9d27b3",
    "store 0012_adoption": "80d531b07793224cdc6ad41b55efdf321e6fddf3cf34b087d82fc5c8e49bdf0b",
    "store 0013_online_changes": "497d4d70a011d453db22f951d19d92e69c222099f64e0ad802f383ea3ef3eb63",
    "store 0014_directory": "5306467e702d5fb567a13680a8ac38cf482a72126cd10a2249c0d28490a654c4",
    "store 0015_directory_sign_ins": "f09735195aaf3d372a7f84e16ea80c9e7adc4923374cb1725e5282ad9cf0ff78",
    "store 0016_fill_pace": "9dd2e3dfaf255469531b0f16866789705132c4a556dd9856776fbd9a19370a14",
    "store 0017_backups": "80ed98d9995c430b4e2a597ffabb995ef6eb1f0d2b20bb8c9632917c77f5f368",
    "store 0018_pin": "6b8a273e4fa7e28357359f5a3313704aa9470322e46763403fce5a44fd7f8995",
    "store 0019_erasures": "e11dc9c71968f4684ac112a48833c95b5aba4a808bcefb9453b426a1b550772b",
    "store 0020_repairs": "08c46cc4ae763afdf701196fd5814f2b4a3d216a7ec90c4e1f003e7736f5da9f",
    "store 0021_field_owner": "ef02e5a35c7f347a36a81e5ad5ac2ff2f5166242764baac9f0b26a24bda300f0",
    "store 0022_source_time": "614d41c5270d7dd78bf9c683f3c215958c1a73a16192470d91773bde74bb40ab",
    "store 0023_full_sets": "dfe1e387d0af1320928efa62e8da7708fd37c835a914bc334cb5ab0d0006794c",
    "store 0024_state_time": "dd1bc0053b08ae1872a4b12d426484a4c5fcce52b26f957130104f0c43100a1e",
    "out 0000_create": "638b898c43c46f1af09c4da684dac727eccff18e4bf264bcaf4c216e464d4a03",
    "out 0001_plain_names": "9d1411e565d8027ec1c397eb7bce2c8d104f6d517d875cfc5239be2236bfebcf",
    "out 0002_readers": "70a4d7c40647089f269e3152d2d794a06c2bed1b7a2a5e181a6667f4da85ed2a",
    "out 0003_stays_behind": "a4c429950e580b24dc9943c6ebcc05e1feb9265e0dc1ddfe52afbe529fbfb7c8",
    "mirror 0000_create": "6abbcb6fcc36743eef3f51983806bc3509adeb3a93ee97b6aceb6282c760f1dd",
    "mirror 0001_comment": "79828ada87a801fbc994ec39fade3bb4d1aced726d876cbc9eee256da638df23",
}


def digests() -> dict[str, str]:
    found = {}
    for part in PARTS:
        for one in part.migrations:
            name = f"{one.version:04}_{one.name}"
            found[f"{part.name} {name}"] = hashlib.sha256(part.text(name).encode()).hexdigest()
    return found


def test_no_released_migration_was_changed() -> None:
    assert digests() == RELEASED


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_numbers_rise_one_by_one(part: Part) -> None:
    assert [one.version for one in part.migrations] == list(range(len(part.migrations)))


def rules_broken(migrations: tuple[Migration, ...]) -> list[str]:
    """Steps that commands make beside runs must not stop older programs."""
    broken = []
    for before, one in pairwise(migrations):
        if one.kind is StepKind.ADDITIVE and one.oldest_writer > before.version:
            broken.append(f"{one.name}: an additive step shuts no program out")
        if one.oldest_writer < before.oldest_writer or one.oldest_reader < before.oldest_reader:
            broken.append(f"{one.name}: who was shut out stays so")
        if not one.oldest_reader <= one.oldest_writer <= one.version:
            broken.append(f"{one.name}: who may write may read, and the newest may do both")
    return broken


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_rules_are_kept(part: Part) -> None:
    assert rules_broken(part.migrations) == []


@pytest.mark.parametrize(
    "wrong",
    [
        Migration("x", 2, "shuts_out", StepKind.ADDITIVE, 2, 1),
        Migration("x", 2, "lets_in", StepKind.OFFLINE, 0, 0),
        Migration("x", 2, "unreadable", StepKind.OFFLINE, 1, 2),
        Migration("x", 2, "too_new", StepKind.OFFLINE, 3, 1),
    ],
)
def test_what_breaks_them_is_found(wrong: Migration) -> None:
    assert rules_broken((Migration("x", 1, "one", StepKind.OFFLINE, 1, 1), wrong))
