"""Use case of `analyzer route`: where one person or group appears, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.identity.route import Stop
from analyzer.store.case import Case
from analyzer.store.routes import route_of


@dataclass(frozen=True, slots=True)
class Route:
    """The appearances of ``who`` in a case, in order of time."""

    case: str
    who: str
    stops: tuple[Stop, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        stops = [stop.as_dict() for stop in self.stops]
        return {"case": self.case, "who": self.who, "stops": stops}


def find_route(folder: Path, who: str) -> Route:
    """Return the route of ``who`` in the case at ``folder``; what was asked goes into its log.

    Raises UsageError where nobody is called so, CaseError for what is no case.
    """
    with Case.open(folder, create=False, check=False, brief=True) as case:
        with case.reader() as reader:
            stops = route_of(reader, who)
        case.log("route", {"who": who, "shown": [stop.track_id for stop in stops]})
    return Route(str(folder), who, stops)
