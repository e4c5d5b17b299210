"""Simulated people in front of simulated cameras: training data for actions."""
