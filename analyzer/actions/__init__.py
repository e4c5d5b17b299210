"""Actions: quantities measured on a track, and probabilities of actions per window."""
