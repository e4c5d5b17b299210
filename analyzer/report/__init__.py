"""Offline HTML reports, made from a case database alone."""
