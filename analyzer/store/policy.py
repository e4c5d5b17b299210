"""Policy of a case: rules on what it must not be used for; the last rule on a stage holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from analyzer.config import STAGES
from analyzer.config_values import likely
from analyzer.errors import ConfigError
from analyzer.store.case import Case
from analyzer.store.decisions import append_decision
from analyzer.store.reader import CaseReader
from analyzer.store.records import utc_now

RuleKind = Literal["forbid", "allow"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; ``by`` and ``reason`` None where they were not given."""

    seq: int
    at: str
    by: str | None
    stage: str
    rule: RuleKind
    reason: str | None

    @property
    def words(self) -> str:
        """Who set the rule, when and why, for a message."""
        parts = [self.at[:10], f"by {self.by}" if self.by else "", self.reason or ""]
        return ", ".join(part for part in parts if part)


def require_stages(names: Iterable[str], origin: str) -> tuple[str, ...]:
    """Return ``names`` when all are stages; raise ConfigError, naming ``origin``, otherwise."""
    names = tuple(names)
    for name in names:
        if name not in STAGES:
            nearest = likely(name, STAGES)
            raise ConfigError(f"{origin}: no stage {name!r}{nearest}; known: {', '.join(STAGES)}")
    return names


def add_rules(
    case: Case, stages: Sequence[str], rule: RuleKind, by: str | None, reason: str | None
) -> None:
    """Record a rule for each of ``stages``, as of now."""
    said = {"rule": rule, "by": by, "reason": reason}
    with case.record("policy", {**said, "stages": list(stages)}, "decisions") as tx:
        for stage in stages:
            append_decision(tx, "policy", {"at": utc_now(), "stage": stage, **said})


def rules_in(reader: CaseReader) -> tuple[Rule, ...]:
    """Return every rule of the case, oldest first."""
    return tuple(Rule(**row) for row in reader.rows("policy"))


def forbidden(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Return the rule that forbids each stage that is forbidden now, in the order of STAGES."""
    last = {rule.stage: rule for rule in rules}
    return {name: last[name] for name in STAGES if name in last and last[name].rule == "forbid"}
