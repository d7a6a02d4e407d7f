"""Trained weights, one folder a model, each with its model card (README.md)."""
