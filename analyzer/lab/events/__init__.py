"""Evaluation of events: what is told of labelled incidents, and what of ordinary footage."""
