"""Standard output as rich writes it."""

from rich.console import Console


class Output(Console):
    """A console that leaves a closed pipe to the end of the command; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError
