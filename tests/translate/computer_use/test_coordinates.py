"""Points go from model to screen and back within the stated bound, spaces do not mix, and nothing is clamped."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate.computer_use.actions import Click, Drag, Type, points_of
from polyloop.translate.computer_use.coordinates import (
    CoordinateError,
    Frame,
    OutOfRangeError,
    ResizeError,
    Size,
    Space,
    frame_of,
    smart_resize,
)
from polyloop.translate.computer_use.placement import place, unplace
from polyloop.translate.computer_use.points import ImagePoint, ModelPoint, Point, ScreenPoint

SIZES = st.builds(Size, st.integers(200, 7680), st.integers(200, 4320))
SPACES: st.SearchStrategy[Space] = st.sampled_from(("pixels", "thousandths"))


@given(SIZES, SPACES, st.data())
@example(Size(7680, 4320), "pixels", None)
@example(Size(200, 200), "pixels", None)
@example(Size(1920, 1080), "pixels", None)
def test_screen_to_model_to_screen_stays_within_the_bound(size: Size, space: Space, data: st.DataObject | None) -> None:
    frame = frame_of(size, space=space)
    xs, ys = st.integers(0, size.width - 1), st.integers(0, size.height - 1)
    points = [ScreenPoint(0, 0), ScreenPoint(size.width - 1, size.height - 1)]
    if data is not None:
        points.append(ScreenPoint(data.draw(xs), data.draw(ys)))
    across, down = frame.bound
    for point in points:
        back = frame.to_screen(frame.to_model(point))
        assert abs(back.x - point.x) <= across
        assert abs(back.y - point.y) <= down


@pytest.mark.parametrize(
    ("screen", "sent", "worst", "worst_in_thousandths"),
    [
        ((1024, 768), (1036, 756), (0, 1), 1),
        ((1280, 720), (1288, 728), (0, 0), 1),
        ((1280, 800), (1288, 812), (0, 0), 1),
        ((1366, 768), (1372, 756), (0, 1), 1),
        ((1440, 900), (1428, 896), (1, 1), 1),
        ((1920, 1080), (1932, 1092), (0, 0), 1),
        ((2560, 1440), (2548, 1428), (1, 1), 1),
        ((3840, 2160), (3836, 2156), (1, 1), 2),
        ((5120, 2880), (4760, 2688), (1, 1), 3),
    ],
)
def test_the_published_sizes_and_their_errors(
    screen: tuple[int, int], sent: tuple[int, int], worst: tuple[int, int], worst_in_thousandths: int
) -> None:
    """Every column and every row of the usual screens, against the table in the reference."""
    frame = frame_of(Size(*screen), space="pixels")
    assert frame.sent == Size(*sent)
    assert _worst(frame) == worst
    assert max(_worst(evolve(frame, space="thousandths"))) == worst_in_thousandths


def _worst(frame: Frame) -> tuple[int, int]:
    across = max(abs(frame.to_screen(frame.to_model(ScreenPoint(x, 0))).x - x) for x in range(frame.screen.width))
    down = max(abs(frame.to_screen(frame.to_model(ScreenPoint(0, y))).y - y) for y in range(frame.screen.height))
    return across, down


@given(SIZES)
def test_smart_resize_is_idempotent(size: Size) -> None:
    once = smart_resize(size)
    assert smart_resize(once) == once


@given(st.builds(Size, st.integers(1, 9000), st.integers(1, 9000)))
def test_smart_resize_gives_whole_patches_within_the_limits_or_refuses(size: Size) -> None:
    try:
        sent = smart_resize(size)
    except ResizeError:
        assert max(size.width, size.height) > 200 * min(size.width, size.height)
        return
    assert sent.width % 28 == sent.height % 28 == 0
    assert sent.width * sent.height <= 16384 * 28 * 28


def test_sides_are_rounded_half_to_even_as_the_image_processor_does() -> None:
    assert smart_resize(Size(1078, 1078)) == Size(1064, 1064)
    assert smart_resize(Size(1134, 1134)) == Size(1120, 1120)
    assert smart_resize(Size(1190, 1190)) == Size(1176, 1176)


@given(SIZES, SPACES, st.integers(-3, 10**6), st.integers(-3, 10**6))
def test_a_point_outside_its_frame_is_refused_with_its_numbers(size: Size, space: Space, x: int, y: int) -> None:
    frame = frame_of(size, space=space)
    extent = frame.extent
    inside = 0 <= x <= extent.width and 0 <= y <= extent.height
    if inside:
        point = frame.to_screen(ModelPoint(x, y))
        assert 0 <= point.x < size.width
        assert 0 <= point.y < size.height
        return
    with pytest.raises(OutOfRangeError, match=rf"\({x}, {y}\).*{extent.width}x{extent.height}"):
        frame.to_screen(ModelPoint(x, y))


def test_points_outside_and_inside_are_both_reached() -> None:
    frame = frame_of(Size(1280, 720), space="pixels")
    assert find(st.integers(0, 2000), lambda x: x > frame.extent.width)
    assert find(st.integers(0, 2000), lambda x: 0 < x < frame.extent.width)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.5])
def test_numbers_that_are_no_place_are_refused(value: float) -> None:
    with pytest.raises(OutOfRangeError):
        frame_of(Size(1280, 720), space="pixels").to_screen(ModelPoint(value, 1))


def test_spaces_do_not_mix() -> None:
    """The ignores are checked: were mixing no type error, mypy would call them unused."""
    frame = frame_of(Size(1280, 720), space="pixels")
    with pytest.raises(TypeError, match="ModelPoint is needed, not a ScreenPoint"):
        frame.to_screen(ScreenPoint(1, 2))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="ScreenPoint is needed, not a ModelPoint"):
        frame.to_model(ModelPoint(1, 2))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="ScreenPoint is needed, not a ImagePoint"):
        frame.to_image(ImagePoint(1, 2))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="needs a space"):
        Point(1, 2)
    points: list[object] = [ScreenPoint(1, 2), ModelPoint(1, 2), ImagePoint(1, 2)]
    assert all(one != other for one in points for other in points if one is not other)


def test_fractions_are_rounded_half_up() -> None:
    frame = Frame(screen=Size(1000, 1000), sent=Size(1000, 1000))
    assert frame.to_screen(ModelPoint(12.5, 20.25)) == ScreenPoint(13, 20)


def test_an_action_is_placed_with_the_frame_of_its_screenshot() -> None:
    frame = Frame(screen=Size(2000, 1000), sent=Size(1000, 500), space="thousandths")
    drag = Drag(path=(ModelPoint(500, 500), ModelPoint(0, 1000)))
    placed = place(drag, frame)
    assert points_of(placed) == (ScreenPoint(1000, 500), ScreenPoint(0, 999))
    assert unplace(placed, frame).path == (ModelPoint(500, 500), ModelPoint(0, 999))  # type: ignore[union-attr]
    assert place(Type(text="a"), frame) == Type(text="a")
    with pytest.raises(CoordinateError):
        place(Click(at=ModelPoint(1001, 0)), frame)


def test_a_frame_tells_the_pixel_of_the_sent_image() -> None:
    frame = Frame(screen=Size(2000, 1000), sent=Size(1000, 500))
    assert frame.to_image(ScreenPoint(1999, 999)) == ImagePoint(999, 499)
    with pytest.raises(OutOfRangeError):
        frame.to_image(ScreenPoint(2000, 0))


def test_long_images_are_refused() -> None:
    with pytest.raises(ResizeError):
        smart_resize(Size(20_001, 100))
    assert smart_resize(Size(20_000, 100)).height >= 28


@pytest.mark.parametrize("sides", [(0, 1), (1, -1)])
def test_a_size_has_sides(sides: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="must be >= 1"):
        Size(*sides)
