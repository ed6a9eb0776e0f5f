"""A job to look at: one HTML page that holds everything and asks for nothing.

page = render_page(await store.rows(job), images, job=job)
"""

from __future__ import annotations

from .losses import spoken
from .page import Page, render_page
from .story import Act, CallStory, Note, Step, Story, images_of, story_of

__all__ = ["Act", "CallStory", "Note", "Page", "Step", "Story", "images_of", "render_page", "spoken", "story_of"]
