"""The error tree. Every message names the thing, what was wrong and what to do next."""


class AnalyzerError(Exception):
    """Base of every error that a user can act on; nothing was left half written."""


class UsageError(AnalyzerError):
    """The request cannot be carried out as asked; nothing was started."""


class ConflictError(UsageError):
    """Somebody else decided since the facts were shown; nothing was changed."""


class ConfigError(UsageError):
    """A settings file or value is wrong; nothing was started."""


class VideoError(AnalyzerError):
    """A file cannot be probed or decoded; the batch goes on without it."""


class SourceError(VideoError):
    """A file vanished or changed while it was read; nothing was kept of the part being read."""


class ModelError(AnalyzerError):
    """A model file is missing, of the wrong hash or unreadable; nothing was analysed with it."""


class GalleryError(UsageError):
    """A gallery cannot be used at all (single bad pictures are set aside instead)."""


class CaseError(AnalyzerError):
    """A case folder is missing, locked, of another version or damaged; it was not changed."""


class CaseBusyError(CaseError):
    """Another analyzer works on the case, or writes it for too long; it was not changed."""
