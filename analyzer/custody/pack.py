"""Archive of a case: all its products and its manifest in one ZIP file that can be verified.

Every file is hashed while it is packed and compared with the manifest, so that an archive never
holds what the case does not vouch for. Equal cases give equal archives: names are in order, and the
times in the archive are one constant.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer.custody.manifest import MANIFEST_NAME, read_manifest, renew_manifest
from analyzer.errors import CaseError, UsageError
from analyzer.hashing import sha256_file
from analyzer.store.case import Case
from analyzer.store.errors import case_errors, output_errors

_PACKED_ALREADY = {".jpg", ".jpeg", ".png", ".mp4", ".webm", ".pdf", ".zip"}
"""What does not become smaller; the rest is deflated."""

_CHUNK = 1 << 20
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment that ZIP can tell."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The archive made: where, how large, its SHA-256, and how many files of the case it holds."""

    case: str
    archive: str
    files: int
    size: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)


def pack_case(folder: Path, target: Path) -> Packed:
    """Write the case at ``folder`` into the archive ``target``, whole or not at all, and log it.

    Sources are not in it. Raises CaseError for a case without a manifest, one that is being
    written, and one with a product that is not as the manifest lists it; UsageError where the
    archive exists, lies inside the case, or cannot be written.
    """
    with output_errors(target, "--out"):
        _require_free(folder, target)
    unfinished = target.with_name(f".{target.name[:200]}.{os.getpid()}.tmp")
    with Case.open(folder, create=False, check=False) as case:
        manifest = read_manifest(folder)
        case.close_database()
        names = [product["path"] for product in manifest["products"]]
        recorded = {product["path"]: product["sha256"] for product in manifest["products"]}
        top = folder.resolve().name or "case"
        try:
            with output_errors(target, "--out"), zipfile.ZipFile(unfinished, "w") as archive:
                for name in (*names, MANIFEST_NAME):
                    with case_errors(folder):
                        digest = _add(archive, folder / name, f"{top}/{name}")
                    if digest != recorded.get(name, digest):
                        raise CaseError(
                            f"{folder / name}: not as the manifest lists it; run "
                            "`analyzer verify` on the case"
                        )
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    packed = Packed(
        str(folder), str(target), len(names) + 1, target.stat().st_size, sha256_file(target)
    )
    with Case.open(folder, create=False, check=False) as case:
        case.log("packed", {"archive": target.name, "sha256": packed.sha256})
        renew_manifest(case)
    return packed


def _require_free(folder: Path, target: Path) -> None:
    if target.exists():
        raise UsageError(f"{target}: is there already; choose another --out")
    if folder.resolve() in target.resolve().parents:
        raise UsageError(f"{target}: lies inside the case; choose another --out")


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> str:
    """Add a file to the archive and return its SHA-256."""
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.external_attr = 0o644 << 16
    stored = path.suffix.lower() in _PACKED_ALREADY
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as member:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            member.write(chunk)
    return digest.hexdigest()


_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError)  # of names that are no text, too


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield the case inside the archive ``path``, unpacked into a temporary folder.

    Raises CaseError for what is no archive of a case, is damaged, or does not fit on the disk.
    """
    with tempfile.TemporaryDirectory(prefix="analyzer-archive-") as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                top = _checked(path, archive, Path(scratch))
                archive.extractall(scratch)
        except (*_DAMAGED, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise CaseError(
                f"{path}: cannot be unpacked ({error}); copy the archive again, or set TMPDIR to a "
                "disk with more room"
            ) from error
        yield Path(scratch) / top


def _checked(path: Path, archive: zipfile.ZipFile, scratch: Path) -> str:
    """Return the folder that holds all of the archive; CaseError for anything but a case."""
    entries = archive.infolist()
    names = [PurePosixPath(entry.filename) for entry in entries]
    tops = {name.parts[0] for name in names if name.parts}
    odd = any(name.is_absolute() or ".." in name.parts or "\\" in str(name) for name in names)
    if odd or len(tops) != 1 or PurePosixPath(*tops, MANIFEST_NAME) not in names:
        raise CaseError(f"{path}: not an archive of a case; `analyzer pack` makes one")
    if len(set(names)) < len(names):
        raise CaseError(f"{path}: holds a file twice; ask for the archive again")
    room = shutil.disk_usage(scratch).free
    if sum(entry.file_size for entry in entries) > room:
        raise CaseError(f"{path}: does not fit on the disk of {scratch}; set TMPDIR to another one")
    return tops.pop()
