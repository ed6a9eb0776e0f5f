"""Whether the images of a request are images, and within the host's limits. The complaint is Anthropic's; others wrap it."""

from __future__ import annotations

from attrs import frozen

from .. import images
from ..failures import Rejected
from ..settings import Limits
from .shape import Path, complaint


@frozen(kw_only=True)
class Picture:
    """An inline image and where it stands: the path of its data."""

    media_type: str
    data: str
    path: Path


def check_bytes(picture: Picture, limits: Limits) -> images.Size | None:
    """Raise `Rejected` unless the data is an image of its media type within the byte limit; return its size."""
    raw = images.decode(picture.data)
    if raw is None:
        raise complaint(picture.path, "The data is not valid base64")
    if len(picture.data) > limits.image_bytes:
        problem = (
            f"image exceeds {limits.image_bytes // (1024 * 1024)} MB maximum: "
            f"{len(picture.data)} bytes > {limits.image_bytes} bytes"
        )
        raise complaint(picture.path, problem)
    found = images.media_type(raw)
    if found is None:
        raise complaint(picture.path, "Could not process image")
    if found != picture.media_type:
        problem = f"The image was specified using the {picture.media_type} media type, but the image appears to be a {found} image"
        raise complaint(picture.path, problem)
    return images.size(raw)


def check_sizes(sizes: list[tuple[Path, images.Size]], count: int, limits: Limits, toolset: bool) -> None:
    """Raise `Rejected` where there are too many images, or one is too large for how many there are."""
    if count > limits.images:
        raise Rejected(f"messages: at most {limits.images} images are allowed in one request, found {count}")
    many = count > limits.many_images
    limit = limits.many_images_pixels_per_side if many else limits.image_pixels_per_side
    for path, size in sizes:
        longest = max(size.width, size.height)
        if longest > limit:
            which = " for many-image requests" if many else ""
            problem = f"At least one of the image dimensions exceed max allowed size{which}: {limit} pixels"
            failed = complaint(path, problem)
            raise Rejected(str(failed), code="image_dimensions_too_large")
        if toolset and longest > limits.toolset_pixels_per_side:
            problem = f"image is larger than {limits.toolset_pixels_per_side} pixels on its long edge"
            raise complaint(path, f"{problem}, which a computer toolset does not scale down")
