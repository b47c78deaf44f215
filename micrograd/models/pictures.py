"""Pictures of what a model has learnt, over the data that it was not trained on.

Rule: each takes (model, X, y) and returns a matplotlib Figure.
"""
