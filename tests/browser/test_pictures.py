"""The script that makes the pictures of docs/console.md."""

from pathlib import Path

import pytest

from scripts import pictures


@pytest.mark.nightly
def test_each_picture_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "FOLDER", tmp_path / "pictures")
    pictures.main()
    made = {one.name: one.read_bytes()[:4] for one in (tmp_path / "pictures").iterdir()}
    assert made == {f"{name}.png": b"\x89PNG" for name, *_ in pictures.PICTURES}
