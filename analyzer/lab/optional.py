"""Packages that only trainings need."""

from __future__ import annotations

import importlib.util

from analyzer.errors import AnalyzerError


def require_onnx() -> None:
    """Raise AnalyzerError where onnx, with which trainings read and write networks, is missing."""
    if importlib.util.find_spec("onnx") is None:
        raise AnalyzerError(
            "training and export read and write ONNX files with the package onnx, which is not "
            "installed; run: uv sync --extra train, or: pip install onnx"
        )
