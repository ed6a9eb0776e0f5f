"""What a host accepts for a model, as dated data, and what of a request it would refuse: `profile_for`, `check`, `fit`."""

from __future__ import annotations

from .checking import Violation, check
from .fitting import fit
from .record import ImageLimits, Profile
from .table import PROFILES, profile_for

__all__ = ["PROFILES", "ImageLimits", "Profile", "Violation", "check", "fit", "profile_for"]
