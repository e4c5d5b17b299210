"""Detectors of people and faces behind one protocol, and the pairing of faces with bodies."""
