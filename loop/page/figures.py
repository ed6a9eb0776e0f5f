"""Screenshots with what was done drawn on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from attrs import frozen

from ..computers.pictures import size_of
from .markup import element, escape, void
from .story import Act

Images: TypeAlias = Mapping[str, tuple[bytes, str]]
"""By digest: bytes and media type."""

_NO_SIZE: Final = "what was done cannot be drawn on it: its size is not known"


@frozen(kw_only=True)
class Gallery:
    """The pictures of a page. Each stands in it once, however often it is shown."""

    images: Images

    def figure(self, digest: str, caption: str, acts: Sequence[Act] = ()) -> str:
        """Return a picture with the points of actions on it."""
        found = self.images.get(digest)
        if found is None:
            missing = element("p", escape(f"The picture {digest[:12]}... is not stored."), class_="missing")
            return element("figure", missing, element("figcaption", escape(caption)))
        size = size_of(found[0])
        drawn = [act for act in acts if act.points]
        width, height = (size.width, size.height) if size is not None else (None, None)
        picture = void("img", alt=caption, data_image=digest, width=width, height=height)
        marks = "" if size is None or not drawn else _marks(drawn, size.width, size.height)
        if size is None and drawn:
            caption = f"{caption}; {_NO_SIZE}"
        # A button, so that the keyboard can enlarge it too.
        frame = element("button", picture + marks, type="button", class_="picture", aria_label=f"{caption}. Enlarge")
        return element("figure", frame, element("figcaption", escape(caption)))


def _marks(acts: Sequence[Act], width: int, height: int) -> str:
    unit = max(width, height) / 1024
    shapes = "".join(_mark(act, str(number) if len(acts) > 1 else "", unit) for number, act in enumerate(acts, 1))
    return element("svg", shapes, class_="marks", viewBox=f"0 0 {width} {height}", aria_hidden="true")


def _mark(act: Act, label: str, unit: float) -> str:
    """Draw one action: a ring at each point, a line along a path, a filled dot where it ends."""
    outcome = act.outcome or "unfinished"
    shapes = ""
    if len(act.points) > 1:
        path = " ".join(f"{x},{y}" for x, y in act.points)
        shapes += element("polyline", points=path, class_="halo") + element("polyline", points=path, class_="line")
    last = len(act.points) - 1
    for index, (x, y) in enumerate(act.points):
        where = {"data_x": x, "data_y": y, "data_action": act.name}
        shapes += element("circle", cx=x, cy=y, r=f"{16 * unit:.1f}", class_="halo")
        shapes += element("circle", cx=x, cy=y, r=f"{16 * unit:.1f}", class_="point", **where)
        if index == last:
            shapes += element("circle", cx=x, cy=y, r=f"{3.5 * unit:.1f}", class_="dot")
    x, y = act.points[0]
    if label:
        shapes += element(
            "text", escape(label), x=x + 20 * unit, y=y - 12 * unit, class_="label", font_size=f"{24 * unit:.0f}"
        )
    return element("g", shapes, class_=f"mark {outcome}")
