"""Measurements of polyloop: how exact it is over recorded traffic, and how fast."""
