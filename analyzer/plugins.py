"""Extension points: implementations by name, ours and those of other installed packages.

Another package adds one without touching ours: by an entry point of the group, called as the
implementation is, whose value is the declaration. Nothing of it is imported before its name is
asked for, so that a broken package only breaks the runs that use it.
"""

from __future__ import annotations

from importlib import metadata
from typing import Generic, Protocol, TypeVar

from analyzer.errors import ConfigError


class Declaration(Protocol):
    """What an extension point holds."""

    @property
    def name(self) -> str:
        """What it is called in settings and on the command line."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names that are understood as well: those it had before."""


T = TypeVar("T", bound=Declaration)


class ExtensionPoint(Generic[T]):
    """The declarations of one kind, by name."""

    def __init__(self, group: str, expected: type[T]) -> None:
        """``group`` is that of the entry points, whose values are of type ``expected``."""
        self.group = group
        self._expected = expected
        self._ours: dict[str, T] = {}
        self._loaded: dict[str, T] = {}

    def add(self, declaration: T) -> None:
        """Add one of our own."""
        self._ours[declaration.name] = declaration

    def ours(self) -> tuple[T, ...]:
        """Return our own, in the order in which they were added."""
        return tuple(self._ours.values())

    def names(self) -> tuple[str, ...]:
        """Return all names: ours, then those that other packages offer."""
        return (*(ours.name for ours in self.ours()), *self.names_of_others())

    def names_of_others(self) -> tuple[str, ...]:
        """Return the names that other packages offer; none of them is imported."""
        offered = {entry.name for entry in metadata.entry_points(group=self.group)}
        return tuple(sorted(offered - self._ours.keys()))

    def our(self, name: str) -> T | None:
        """Return our own of that name or alias, or None."""
        return next((d for d in self.ours() if name == d.name or name in d.aliases), None)

    def find(self, name: str) -> T | None:
        """Return the declaration called ``name``, ours first, or None.

        Raises ConfigError, naming the package, for one of another package that cannot be used.
        """
        found = self.our(name) or self._loaded.get(name)
        entry = None if found is not None else self._entry(name)
        if entry is not None:
            found = self._loaded[name] = self._load(entry)
        return found

    def package_of(self, name: str) -> str | None:
        """Return the package that offers ``name``; None for ours and for unknown names."""
        entry = None if self.our(name) is not None else self._entry(name)
        return None if entry is None else _package(entry)

    def _entry(self, name: str) -> metadata.EntryPoint | None:
        entries = list(metadata.entry_points(group=self.group, name=name))
        if len(entries) > 1:
            packages = ", ".join(sorted(map(_package, entries)))
            raise ConfigError(f"{self.group}: {name!r} is offered by {packages}; keep one of them")
        return entries[0] if entries else None

    def _load(self, entry: metadata.EntryPoint) -> T:
        package = _package(entry)
        try:
            loaded = entry.load()
        except (Exception, SystemExit) as error:
            raise ConfigError(
                f"{package}: its {self.group} {entry.name!r} cannot be loaded ({error!r}); "
                f"update or uninstall {package}"
            ) from error
        if not isinstance(loaded, self._expected) or loaded.name != entry.name:
            raise ConfigError(
                f"{package}: expected a {self._expected.__name__} called {entry.name!r} as its "
                f"{self.group}, got {loaded!r}; update or uninstall {package}"
            )
        return loaded


def _package(entry: metadata.EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value
