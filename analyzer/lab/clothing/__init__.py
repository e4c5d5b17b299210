"""Evaluation of the description of clothes, on tracks labelled by eye."""
