"""Computer actions, keys and coordinates: one vocabulary, exact points, no guess."""
