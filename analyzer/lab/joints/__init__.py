"""Training and evaluation of the joints of people; never imported by a run."""
