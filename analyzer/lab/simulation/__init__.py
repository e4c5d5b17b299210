"""Simulated people before simulated cameras: training data for actions."""
