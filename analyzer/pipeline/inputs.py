"""Input files of a run: from files, folders (recursive) and glob patterns; all else is named.

Nothing is passed over in silence: what is not analysed stands in ``Inputs.passed_over`` or
``Inputs.refused`` with its reason.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.errors import UsageError
from analyzer.file_names import is_system_file, system_folder
from analyzer.pipeline.own_products import own_file, own_folder
from analyzer.store.records import PassedOver
from analyzer.video.file_kind import head_of, is_archive, looks_recorded, other_kind
from analyzer.video.picture_series import series_in

NOT_FOOTAGE = frozenset(
    """
    .txt .md .csv .json .jsonl .toml .xml .html .htm .css .js .pdf .doc .docx .xls .xlsx .rtf .log
    .ini .cfg .svg .ico .mp3 .wav .aac .ogg .flac .m4a .zip .gz .7z .rar .tar .db .sqlite .sqlite3
    .db-wal .db-shm .lock .py .sh .bat .exe .dll .idx .sha256 .md5 .srt .vtt .xmp
    """.split()  # noqa: SIM905
)
"""Suffixes of other things. Inside a folder such a file is passed over unless its content looks
like a video or a picture; a file that is named on the command line is always tried."""

_MOST_COUNTED = 100_000
"""Files of a folder that is passed over that are counted at most."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a command line means: ``files`` to analyse, each once, in a stable order.

    ``refused`` could not be reached (folders without permission, broken links, loops, pipes): they
    count as files that failed. Paths are absolute.
    """

    files: tuple[Path, ...]
    refused: tuple[PassedOver, ...]
    passed_over: tuple[PassedOver, ...]

    @property
    def all(self) -> tuple[Path, ...]:
        """Everything that the record of a run names as a file of it."""
        return (*self.files, *(Path(each.path) for each in self.refused))


def find_inputs(
    inputs: Iterable[str],
    case: Path,
    gallery: Path | None = None,
    timelapse_s: float | None = None,
) -> Inputs:
    """Return what the ``inputs`` mean; ``case`` and ``gallery`` of the run are no inputs.

    With ``timelapse_s`` the numbered pictures of a folder are one recording, so many seconds apart.

    A path that does not exist is among the files too, so that it is reported and the rest goes on;
    so are, at the end, patterns that match nothing. Raises UsageError when nothing at all is left
    to try, and for a case that lies inside a given folder.
    """
    inputs = list(inputs)
    _require_apart(inputs, case)
    search = _Search(_real(case), None if gallery is None else _real(gallery), timelapse_s)
    unmatched: dict[Path, None] = {}
    for text in inputs:
        if not search.take(text):
            unmatched.setdefault(_absolute(text))
    if not search.files and not search.refused:
        told = list(search.passed_over.values())[:5]
        also = "".join(f"; {each.path}: {each.reason}" for each in told)
        raise UsageError(
            f"no footage found in {', '.join(inputs)}; give video files, folders that hold some, "
            f"or a pattern in quotes{also}"
        )
    files = (*search.files, *unmatched)
    return Inputs(files, tuple(search.refused.values()), tuple(search.passed_over.values()))


def _require_apart(inputs: Iterable[str], case: Path) -> None:
    own = _real(case)
    for text in inputs:
        if Path(text).is_dir() and _real(Path(text)) in own.parents:
            raise UsageError(
                f"{case}: this case would lie inside its own evidence ({text}), into which nothing "
                "is written; choose a --case outside of it"
            )


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links are kept, ".." is not


@dataclass(slots=True, eq=False)
class _Search:
    """One search for inputs: what was found so far, and the folders it has been in."""

    own_case: Path
    gallery: Path | None
    timelapse_s: float | None = None
    files: dict[Path, None] = field(default_factory=dict)
    refused: dict[str, PassedOver] = field(default_factory=dict)
    passed_over: dict[str, PassedOver] = field(default_factory=dict)
    _entered: dict[tuple[int, int], Path] = field(default_factory=dict)
    _links: deque[Path] = field(default_factory=deque)

    def take(self, text: str) -> bool:
        """Take in what ``text`` means; return False for a pattern that matches nothing."""
        path = _absolute(text)
        if os.path.lexists(path) or not glob.has_magic(text):
            self._named(path)
            return True
        matches = sorted(glob.glob(text, recursive=True, include_hidden=True))
        fixed = _fixed_part(text)
        for match in map(_absolute, matches):
            self._within(match, match.relative_to(fixed).parts if fixed in match.parents else ())
        self._follow_links()
        return bool(matches)

    def _named(self, path: Path) -> None:
        """Take in what is named by itself: a file is always tried, but never our own product."""
        if path.is_dir():
            reason = self._not_to_enter(path)
            if reason is not None:
                self._pass_folder(path, reason)
            else:
                self._enter(path)
                self._follow_links()
        elif self.own_case in _real(path).parents:
            self._pass(path, "lies inside the case itself")
        elif path.is_symlink() and not path.exists():
            self._take(path)  # says where the link leads
        elif path.is_file() and (own := _own(path)) is not None:
            self._refuse(path, f"is {own}, not evidence; give the recording that it was made from")
        elif path.exists() and not path.is_file():
            self._refuse(path, f"is {_special(path.stat().st_mode)}, not a file; leave it out")
        else:
            self._add(path)

    def _within(self, match: Path, parts: tuple[str, ...]) -> None:
        """Take in what a pattern matches, as if its folders had been walked."""
        for depth in range(len(parts) - 1, 0, -1):
            folder = match.parents[depth - 1]
            if self._is_aside(folder) or self._not_to_enter(folder) is not None:
                if str(folder) not in self.passed_over:
                    self._take(folder)
                return
        self._take(match)

    def _follow_links(self) -> None:
        while self._links:
            self._enter(self._links.popleft())

    def _enter(self, folder: Path) -> None:
        """Take in all of ``folder``; linked folders are left for later, each is entered once."""
        try:
            status = folder.stat()
            known = self._entered.setdefault((status.st_dev, status.st_ino), folder)
            if known != folder:
                self._been_there(folder, known)
                return
            entries = sorted(entry.name for entry in os.scandir(folder))
        except OSError as error:
            self._refuse(folder, f"this folder cannot be read ({error.strerror}); grant permission")
            return
        for name in self._without_series(folder, entries):
            self._take(folder / name)

    def _without_series(self, folder: Path, names: list[str]) -> list[str]:
        """Take the time-lapses of a folder, if they are asked for; return all other names."""
        if self.timelapse_s is None:
            return names
        inside: set[str] = set()
        for series in series_in(folder, names, self.timelapse_s):
            self._add(series.path)
            inside |= {file.name for file in series.files()}
        return [name for name in names if name not in inside]

    def _take(self, path: Path) -> None:
        """Take in one entry of a folder."""
        try:
            mode = path.stat().st_mode
        except OSError as error:
            self._refuse(path, _unreachable(path, error))
            return
        if stat.S_ISDIR(mode):
            self._take_folder(path)
        elif stat.S_ISREG(mode):
            self._take_file(path)
        else:
            self._refuse(path, f"is {_special(mode)}, not a file; leave it out")

    def _take_folder(self, path: Path) -> None:
        reason = self._not_to_enter(path)
        if reason is not None:
            self._pass_folder(path, reason)
        elif self._is_aside(path):
            self._pass_aside(path)
        elif path.is_symlink():
            self._links.append(path)
        else:
            self._enter(path)

    def _take_file(self, path: Path) -> None:
        if is_system_file(path.name):
            self._pass(path, "is a file that a system made for itself")
            return
        try:
            head = head_of(path)
            own = own_file(path, head)
        except OSError:
            self._add(path)  # probing tells why it cannot be read
            return
        if own is not None:
            self._pass(path, f"is {own}")
        elif path.name.startswith("."):
            hidden = "is a hidden file; name it to have it analysed"
            self._pass(path, hidden, missed=looks_recorded(head))
        elif (reason := _no_footage(path, head)) is not None:
            self._pass(path, reason, missed=is_archive(reason))
        else:
            self._add(path)

    def _not_to_enter(self, folder: Path) -> str | None:
        """Return why nothing of a folder is evidence, or None."""
        real = _real(folder)
        if real == self.own_case or self.own_case in real.parents:
            return "is the case itself"
        if self.gallery is not None and real == self.gallery:
            return "is the gallery of this run"
        own = own_folder(folder)
        return None if own is None else f"is {own}, not evidence; give the recordings themselves"

    @staticmethod
    def _is_aside(folder: Path) -> bool:
        return folder.name.startswith(".") or system_folder(folder.name) is not None

    def _pass_aside(self, folder: Path) -> None:
        """Pass over a hidden folder, or one that a NAS or a system made."""
        match system_folder(folder.name):
            case "copies":
                reason = "is a folder in which a device keeps copies and records of its own"
                self._pass_folder(folder, reason)
            case "bin":
                reason = "holds what was deleted or set aside; name it to have it analysed"
                self._pass_folder(folder, reason, may_miss=True)
            case _:
                reason = "is a hidden folder; name it to have it analysed"
                self._pass_folder(folder, reason, may_miss=True)

    def _been_there(self, folder: Path, known: Path) -> None:
        if known in folder.parents or _real(folder) in folder.parents:
            self._refuse(folder, f"is a link in a circle, back to {known}; remove the link")
        else:
            self._pass_folder(folder, f"is the same folder as {known}")

    def _pass(self, path: Path, reason: str, files: int = 1, missed: bool = False) -> None:
        self.passed_over[str(path)] = PassedOver(str(path), reason, files, missed)

    def _pass_folder(self, folder: Path, reason: str, may_miss: bool = False) -> None:
        files, footage = _count(folder)
        self._pass(folder, reason, files, may_miss and footage)

    def _refuse(self, path: Path, reason: str) -> None:
        self.refused[str(path)] = PassedOver(str(path), f"{path}: {reason}")

    def _add(self, path: Path) -> None:
        self.files.setdefault(path)


def _fixed_part(pattern: str) -> Path:
    """Return the folder in front of the first part of a pattern that has magic in it."""
    parts = Path(pattern).parts
    fixed = next((n for n, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return _absolute(Path(*parts[:fixed]))


def _no_footage(path: Path, head: bytes) -> str | None:
    """Return why a file in a folder is no recording by suffix and content, or None to try it.

    A file with any other suffix is tried: a recording that was damaged may look like anything.
    """
    suffix = path.suffix.lower()
    if suffix and suffix not in NOT_FOOTAGE:
        return None
    kind = other_kind(head)
    if kind is not None:
        return f"is {kind}"
    if not suffix or looks_recorded(head):
        return None
    return f"is no recording by its suffix {suffix} and its content"


def is_footage(path: Path) -> bool:
    """Whether a file of a watched folder is to be analysed, by the rules for files in folders."""
    if is_system_file(path.name) or path.name.startswith("."):
        return False
    try:
        head = head_of(path)
        return own_file(path, head) is None and _no_footage(path, head) is None
    except OSError:
        return False


def _own(path: Path) -> str | None:
    try:
        return own_file(path, head_of(path))
    except OSError:
        return None


def _unreachable(path: Path, error: OSError) -> str:
    if not path.is_symlink():
        return f"cannot be reached ({error.strerror}); grant permission"
    target = path.readlink()
    if error.errno == errno.ELOOP:
        return f"is a link in a circle ({target}); remove the link"
    return f"is a broken link to {target}; connect the disk that it points to"


def _special(mode: int) -> str:
    names = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")


def _count(folder: Path) -> tuple[int, bool]:
    """Return how many files lie in a folder, and whether there may be footage among them."""
    number, footage = 0, False
    for path in _files_of(folder):
        number += 1
        if not footage:
            try:
                footage = looks_recorded(head_of(path))
            except OSError:
                footage = True
        if number >= _MOST_COUNTED:
            break
    return number, footage


def _files_of(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if path.is_file() and not is_system_file(name):
                yield path
