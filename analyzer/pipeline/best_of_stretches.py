"""Best picture of each stretch of a tracklet's time, of bounded number whatever its length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from analyzer.types import Moment


class Scored(Protocol):
    """The quality of a picture."""

    @property
    def score(self) -> float:
        """How far it can be trusted, in [0, 1]."""


class Picture(Protocol):
    """A picture that may be kept."""

    @property
    def moment(self) -> Moment:
        """When it was taken."""

    @property
    def quality(self) -> Scored:
        """How good it is."""


T = TypeVar("T", bound=Picture)


@dataclass(slots=True)
class BestOfStretches(Generic[T]):
    """The best picture of each stretch of ``length_s``; stretches double so as to stay ``most``."""

    length_s: float
    most: int
    _held: dict[int, T] = field(default_factory=dict)

    def at(self, t: float) -> T | None:
        """Return the picture held of the stretch in which ``t`` seconds lie."""
        return self._held.get(int(t // self.length_s))

    def put(self, picture: T) -> None:
        """Hold ``picture`` in place of that of its stretch; the better of two joined ones stays."""
        self._held[int(picture.moment.t // self.length_s)] = picture
        while len(self._held) > self.most:
            self.length_s *= 2
            longer: dict[int, T] = {}
            for kept in self._held.values():
                stretch = int(kept.moment.t // self.length_s)
                held = longer.get(stretch)
                if held is None or held.quality.score < kept.quality.score:
                    longer[stretch] = kept
            self._held = longer

    def pictures(self) -> Iterable[T]:
        """Return the pictures held."""
        return self._held.values()
