"""Training and evaluation of models; never imported by a run."""
