"""Joint detector of people and faces: pseudo-labels, training, export and evaluation."""
