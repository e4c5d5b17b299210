"""Alerts: messages about events of a case, each incident told once through each channel."""
