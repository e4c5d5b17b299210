"""Training and evaluation of the look (person re-identification); never imported by a run."""
