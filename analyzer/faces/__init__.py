"""Faces: landmarks, alignment, pose, quality, crops and embeddings."""
