"""Expression models: data sets, augmentation, training, export and evaluation."""
