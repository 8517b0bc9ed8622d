"""Finds the rows that cause a fault by halving failing parts until a part cannot be divided. No I/O: `probe` does
it."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Part = TypeVar("Part")
Fault = TypeVar("Fault")


@dataclass(frozen=True)
class PoisonRows(Generic[Part, Fault]):
    """A part that fails by itself, and its fault."""

    part: Part
    fault: Fault


def bisect(
    whole: PoisonRows[Part, Fault],
    cut: Callable[[Part], Sequence[Part]],
    probe: Callable[[Part], Fault | None],
    *,
    probes: int,
) -> list[PoisonRows[Part, Fault]]:
    """The parts of a failing whole that fail by themselves; empty if only a combination of parts fails.

    `cut` divides a part; it returns the part alone if that cannot be divided, and nothing if it is empty. `probe`
    returns the fault of a part, None if it does not fail. All failing parts are halved in turn, so that when the probes
    are used up the remaining parts and the poison rows are about equally small.
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
