"""Carry translated requests over the providers' real APIs."""
