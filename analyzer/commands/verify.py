"""Use case of `analyzer verify`: is a case as it was written, and does it come out the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer import exit_codes
from analyzer.custody.pack import unpacked
from analyzer.custody.verify import Verification, verify_case
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.commands.frames import FrameCheck
    from analyzer.commands.replay import Replay


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """What was found; ``replay`` is None where nothing was analysed again.

    ``frames`` are the recordings whose pictures were hashed, None where that was not asked for.
    """

    verification: Verification
    replay: Replay | None
    frames: tuple[FrameCheck, ...] | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        same = all(check.ok for check in self.frames or ())
        return same and self.verification.ok and (self.replay is None or self.replay.equal)

    @property
    def exit_code(self) -> int:
        """0 nothing differs, 1 something does."""
        return exit_codes.DONE if self.ok else exit_codes.ERROR

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        again = None if self.replay is None else self.replay.as_dict()
        frames = None if self.frames is None else [check.as_dict() for check in self.frames]
        own = {"ok": self.ok, "exit": self.exit_code, "replay": again, "frames": frames}
        return self.verification.as_dict() | own


def check_case(
    folder: Path,
    head: str | None = None,
    replay: int | None = None,
    seed: int | None = None,
    frames: bool = False,
) -> CaseCheck:
    """Check every hash, row and audit entry, and analyse segments again where all are right.

    ``head`` is a hash of the audit log noted down earlier. ``replay`` is how many segments are to
    be analysed again, None for none; ``seed`` chooses the same ones again. With ``frames`` every
    picture of every recording is hashed, unless something differs already.

    ``folder`` may be an archive of a case too. Raises as ``verify_case``, ``replay_case`` and
    ``unpacked`` do.
    """
    if folder.is_file():
        if frames:
            raise UsageError(
                f"{folder}: an archive keeps no hashes of frames; unpack it, and use --frames on "
                "the case"
            )
        with unpacked(folder) as inside:
            checked = check_case(inside, head, replay, seed, frames)
        checked.verification.case = str(folder)
        return checked
    found = verify_case(folder, head)
    if not found.ok:
        return CaseCheck(found, None)
    # Only these need models and ffmpeg.
    from analyzer.commands.frames import check_frames
    from analyzer.commands.replay import replay_case

    again = None if replay is None else replay_case(folder, replay, seed)
    return CaseCheck(found, again, check_frames(folder) if frames else None)
