"""What people do: quantities measured on a track, and probabilities of actions."""
