"""The rooms of ARCHITECTURE.md import in one direction; the contracts stand in pyproject.toml."""

from importlinter.cli import lint_imports

from tests.places import ROOT


def test_every_contract_on_imports_is_kept(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0, capsys.readouterr().out
