"""Joints of people: a network that finds them on crops of tracks."""
