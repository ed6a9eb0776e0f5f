"""Decisions that depend on data about providers: what a reply costs."""
