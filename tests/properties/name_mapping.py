"""Which name of the model stands for which value of the real database: ids, runs, times, rows of out_ tables."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class NameMapping:
    """Pairs of a model's name and a real value; each side stands in one pair only."""

    real: dict[Hashable, Any] = field(default_factory=dict)
    model: dict[Hashable, Any] = field(default_factory=dict)

    def bind(self, name: Hashable, value: Hashable) -> None:
        """Makes a pair of two that are both new; what is known already stays, and a comparison will show it."""
        if name not in self.real and value not in self.model:
            self.real[name], self.model[value] = value, name

    def to_real(self, name: Any) -> Any:
        return self.real.get(name, name)

    def to_model(self, value: Any) -> Any:
        """The model's name of a value, or the value itself where it has none."""
        return self.model.get(value, value)
