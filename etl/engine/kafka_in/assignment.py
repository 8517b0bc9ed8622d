"""The partitions that the group gives to one worker: which of them it holds, and what becomes of the others."""

import time
from collections.abc import Iterable, Mapping

from etl.engine.kafka_in.batches import Gathering
from etl.engine.kafka_in.jobs import StoreThread
from etl.engine.kafka_in.taking import TakenPartitions, client_partitions
from etl.kafka import Consumer
from etl.kafka import Partition as ClientPartition
from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.positions import HeldPartition, PartitionPosition

# A partition that goes is given this time for a batch, and its rollback that time: five seconds in all.
FINISH_SECONDS = 3.0
ROLLBACK_SECONDS = 1.0


class Assignment:
    """`held` are read; `wanted` are to be taken in the store, not before `take_at` of the monotonic clock; `left` are
    left alone although they are assigned; `gone` are to be given back in the store. `is_ending`: the worker itself has
    ended the batch in the store.

    The client calls assigned(), revoked() and lost() within consume() and close().
    """

    def __init__(self, consumer: Consumer[Message], store: StoreThread, gathering: Gathering) -> None:
        self._consumer, self._store, self._gathering = consumer, store, gathering
        self.held: dict[Partition, HeldPartition] = {}
        self.wanted: set[Partition] = set()
        self.left: dict[Partition, HeldPartition | None] = {}
        self.gone: list[HeldPartition] = []
        self.take_at = 0.0
        self.is_ending = False

    def assigned(self, partitions: tuple[ClientPartition, ...]) -> None:
        """They are taken in the store, in the other thread, and read from there on."""
        self.wanted.update(Partition(*one) for one in partitions)
        self.take_at = 0.0

    def revoked(self, partitions: tuple[ClientPartition, ...]) -> None:
        """The batch in the store is finished within five seconds, or rolled back."""
        if not self.is_ending and not self._store.wait(FINISH_SECONDS):
            self._store.cancel(ROLLBACK_SECONDS)
        self._forget(partitions)

    def lost(self, partitions: tuple[ClientPartition, ...]) -> None:
        """They may be another worker's: the batch in the store is rolled back, unless the token has done that."""
        if not self.is_ending:
            self._store.cancel(ROLLBACK_SECONDS)
        self._forget(partitions)

    def _forget(self, partitions: Iterable[ClientPartition]) -> None:
        ours = [Partition(*one) for one in partitions]
        self.gone += [self.held[one] for one in ours if one in self.held]
        self.gone += [held for one in ours if (held := self.left.get(one))]
        for one in ours:
            self.held.pop(one, None)
            self.left.pop(one, None)
            self.wanted.discard(one)
        self._gathering.keep(self.held)

    def accept(self, taken: TakenPartitions) -> dict[Partition, HeldPartition]:
        """Notes what was taken in the store; returns what is to be read from now on. What the group has taken away
        meanwhile is to be given back."""
        mine = {one: held for one, held in taken.held.items() if one in self.wanted}
        stopped = {one: held for one, held in taken.stopped.items() if one in self.wanted}
        self.gone += [
            one for one in (*taken.held.values(), *taken.stopped.values()) if one.partition not in self.wanted
        ]
        self.wanted -= {*mine, *stopped}
        for one in (*mine, *stopped):
            self.left.pop(one, None)
        self.left |= stopped
        self.held |= mine
        return mine

    def moved(self, known: Mapping[Partition, PartitionPosition]) -> list[Partition]:
        """Those that are held but, by the positions of the store, have been given to another worker."""
        return [one for one, held in self.held.items() if one not in known or known[one].token != held.token]

    def leave_alone(self, partitions: list[Partition]) -> None:
        """Reads them no further until want_free() finds that they can be taken."""
        self._leave(partitions)
        self.left |= dict.fromkeys(partitions)

    def want_free(self, known: Mapping[Partition, PartitionPosition]) -> None:
        """Those that are left alone are to be taken when an operator has moved them or their owner has given them
        back."""
        self.wanted |= {one for one, held in self.left.items() if _is_free(held, known.get(one))}

    def take_again(self, partitions: Iterable[Partition], seconds: float | None = None) -> None:
        """Takes them once more, not before `seconds` have passed, to compare them with their topics before a merge."""
        ours = [one for one in partitions if one in self.held]
        self._leave(ours)
        self.wanted.update(ours)
        if seconds is not None:
            self.take_at = time.monotonic() + seconds

    def _leave(self, partitions: list[Partition]) -> None:
        self._consumer.leave(client_partitions(partitions))
        for one in partitions:
            self.held.pop(one, None)
        self._gathering.keep(self.held)

    def give_all_back(self) -> None:
        """All that was taken in the store is to be given back."""
        self.gone += [*self.held.values(), *filter(None, self.left.values())]
        self.held, self.left = {}, {}


def _is_free(held: HeldPartition | None, position: PartitionPosition | None) -> bool:
    if position is None:
        return True
    return not position.owner and not (held and held.token == position.token)
