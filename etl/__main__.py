"""`python -m etl`: the command `etl`, where its script is not on the path."""

from etl.cli import main

if __name__ == "__main__":
    main()
