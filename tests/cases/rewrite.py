"""Write the expected SQL of every case again: `python -m tests.cases.rewrite`, then read the difference by eye."""

from pathlib import Path

from tests.cases.case import DIRECTIONS, all_cases
from tests.cases.merge_case import MERGES


def main() -> None:
    for case in all_cases():
        for direction in DIRECTIONS:
            _write(case.expected_path(direction), case.printed(direction))
    for merge in MERGES:
        rendered = merge.rendered()
        for path in merge.folder.rglob("*.sql"):
            if str(path.relative_to(merge.folder).with_suffix("")) not in rendered:
                path.unlink()
        for name, text in rendered.items():
            _write(merge.folder / f"{name}.sql", text)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"rewrote {path}")


if __name__ == "__main__":
    main()
