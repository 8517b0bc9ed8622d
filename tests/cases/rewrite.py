"""Write the expected SQL of every case anew: `python -m tests.cases.rewrite`, then read the difference by eye."""

from tests.cases.case import DIRECTIONS, all_cases


def main() -> None:
    for case in all_cases():
        for direction in DIRECTIONS:
            path = case.expected_path(direction)
            text = case.printed(direction)
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                print(f"rewrote {path}")


if __name__ == "__main__":
    main()
