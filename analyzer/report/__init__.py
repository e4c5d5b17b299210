"""Offline HTML reports of a case, with pictures from its recordings where available."""
