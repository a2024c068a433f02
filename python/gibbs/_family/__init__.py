"""The wider family: bounds, budgets, weights, other divergences and norms, top-k, sinks."""
