"""What makes and judges models; never imported by a run."""
