"""The search for the rows that cause a fault: halve what fails until it cannot be halved. No I/O: `probe` does it."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Part = TypeVar("Part")
Fault = TypeVar("Fault")


@dataclass(frozen=True)
class PoisonRows(Generic[Part, Fault]):
    """A part that fails by itself, and how."""

    part: Part
    fault: Fault


def bisect(
    whole: PoisonRows[Part, Fault],
    cut: Callable[[Part], Sequence[Part]],
    probe: Callable[[Part], Fault | None],
    *,
    probes: int,
) -> list[PoisonRows[Part, Fault]]:
    """The parts of a whole that fails which fail by themselves; none if only a combination of parts does.

    `cut` divides a part, or answers with its one piece, or with nothing if nothing is left of it. `probe` says how a
    part fails, None if it does not. All suspects are halved in turn, so that after so many probes those that are left,
    and poison rows, are about equally small.
    """
    suspects, poison = deque([whole]), []
    while suspects and probes > 0:
        suspect = suspects.popleft()
        pieces = cut(suspect.part)
        if len(pieces) == 1:
            poison.append(PoisonRows(pieces[0], suspect.fault))
            continue
        for piece in pieces:
            probes -= 1
            fault = probe(piece)
            if fault is not None:
                suspects.append(PoisonRows(piece, fault))
    return poison + list(suspects)
