"""Action models: labelled clips, training, baselines and evaluation."""
