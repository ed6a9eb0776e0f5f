"""Translate LLM conversations between providers' wire formats, with nothing lost in silence."""
