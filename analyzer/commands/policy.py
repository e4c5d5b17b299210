"""Use case of `analyzer policy`: what a case forbids is shown, changed, and switched off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analyzer.config import Settings
from analyzer.config_values import words
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import UsageError
from analyzer.store.case import Case
from analyzer.store.policy import Rule, add_rules, forbidden, require_stages, rules_in
from analyzer.store.reader import CaseReader

_SWITCHES = {
    "identify": {"embedding": "enabled"},
    "embeddings": {"embedding": "enabled"},
    "emotion": {"emotions": "enabled"},
    "action": {"actions": "enabled"},
    "crops": {"faces": "crops", "bodies": "crops"},
    "looks": {"looks": "enabled"},
    "clothing": {"clothing": "enabled"},
}
"""The switches of each stage, by section of the settings."""


def under_policy(
    case: Case, settings: Settings, gallery: Path | None
) -> tuple[Settings, tuple[str, ...]]:
    """Return ``settings`` with what the policy of ``case`` forbids switched off, and notes on it.

    ``settings.case.forbid`` becomes part of the policy first, and is empty in what is returned: the
    policy of the case holds from then on, until it is lifted. Raises ConfigError for an unknown
    stage there, and UsageError where a gallery is given and comparing is forbidden.
    """
    named = [stage for each in words(settings.case.forbid) for stage in each.split()]
    wanted = require_stages(named, "case.forbid")
    known = policy_of(case.folder)
    new = [stage for stage in wanted if stage not in known]
    if new:
        by = settings.case.examiner or None
        add_rules(case, new, "forbid", by, settings.case.purpose or None)
    rules = policy_of(case.folder)
    against = rules.get("identify") or rules.get("embeddings")
    if gallery is not None and against is not None:
        raise UsageError(
            f"{gallery}: the policy of this case forbids {against.stage} ({against.words}); leave "
            "the gallery out"
        )
    settings, notes = settings.with_values("case", forbid=()), []
    for stage, rule in rules.items():
        for section, switch in _SWITCHES[stage].items():
            settings = settings.with_values(section, **{switch: False})
        notes.append(f"policy: {stage} is forbidden ({rule.words}) and was left out")
    return settings, tuple(notes)


def policy_of(folder: Path) -> dict[str, Rule]:
    """Return the rule for each stage that the case at ``folder`` forbids now."""
    with CaseReader(folder) as reader:
        return forbidden(rules_in(reader))


def require_allowed(folder: Path, stage: str) -> None:
    """Raise UsageError when the policy of the case at ``folder`` forbids ``stage``."""
    rule = policy_of(folder).get(stage)
    if rule is not None:
        raise UsageError(f"{folder}: the policy of this case forbids {stage} ({rule.words})")


def change_policy(
    folder: Path,
    forbid: Sequence[str],
    allow: Sequence[str],
    by: str | None,
    reason: str | None,
) -> dict[str, Rule]:
    """Add a rule for each stage to ``forbid`` and to ``allow``; return what is forbidden then.

    Raises CaseError for what is no case.
    """
    with Case.open(folder, create=False, check=False) as case:
        if forbid:
            add_rules(case, forbid, "forbid", by, reason)
        if allow:
            add_rules(case, allow, "allow", by, reason)
        renew_manifest(case)
    return policy_of(folder)
