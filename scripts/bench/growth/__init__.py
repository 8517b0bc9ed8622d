"""One object in stores of several sizes: what a feed takes when the store is large."""

from scripts.bench.growth.handovers import play as play_handovers
from scripts.bench.growth.report import measurements, show
from scripts.bench.growth.rounds import Round, check_room, warm_up

__all__ = ["Round", "check_room", "measurements", "play_handovers", "show", "warm_up"]
