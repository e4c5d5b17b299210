"""One network that finds people and faces in a single pass over a picture."""
