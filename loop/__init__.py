"""Run a computer-use sampling loop over any of the providers."""
