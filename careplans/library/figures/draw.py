"""A picture's sheet: its frames beside or below one another, as one SVG that needs nothing from the page."""

from __future__ import annotations

from careplans.library.figures.arrange import Placed, Sheet, arranged
from careplans.library.figures.body import HEAD, Flesh, body_of
from careplans.library.figures.pens import FAR, INK, LINE, MOVING, MOVING_FAR, PAPER, Drawing
from careplans.library.figures.positions import Frame, Picture
from careplans.library.figures.props import MAT_THICKNESS, draw_arrow, draw_prop
from careplans.library.figures.shapes import Camera, hull, number
from careplans.library.figures.skeleton import Skeleton, skeleton_of
from careplans.library.figures.vectors import dot, plus

EDGE = 0.75
_DIGITS = {
    1: "M-1.1,-1.3L0.4,-2.6V2.6",
    2: "M-1.6,-1.2C-1.6,-3.2,1.7,-3.2,1.6,-1.1C1.5,0.3,-0.4,1,-1.6,2.6H1.8",
}
_DIGITS[3] = "M-1.5,-2.6H1.5L-0.2,-0.5C2.3,-0.5,2.2,2.6,0,2.6C-0.9,2.6,-1.5,2.2,-1.7,1.6"
_DIGITS[4] = "M0.9,2.6V-2.6L-1.8,1.1H1.9"


def svg_of(picture: Picture, *, mirrored: bool = False) -> str:
    """The picture as SVG, without a word in it; ``mirrored`` for pages that run from right to left."""
    sheet = arranged(picture, [draw_frame(picture, frame) for frame in picture.frames])
    flip = ""
    if mirrored and picture.mirrors:
        flip = f' transform="translate({number(sheet.width)},0) scale(-1,1)"'
    elif mirrored:
        sheet = sheet.from_right_to_left()
    inner = "".join(_group(picture, order, one) for order, one in enumerate(sheet.placed, 1))
    numbers = "".join(_number(order, one, sheet, bool(flip)) for order, one in enumerate(sheet.placed, 1))
    width, height = number(sheet.width), number(sheet.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><g{flip}>{inner}</g>{numbers}</svg>\n'
    )


def _group(picture: Picture, order: int, one: Placed) -> str:
    """A frame at its place; clipped where the picture shows only a part of the figure."""
    clip, attribute, drawing = "", "", one.drawing
    if picture.window:
        name = f"clip-{picture.code}-{order}"
        clip = (
            f'<clipPath id="{name}"><rect x="{number(drawing.left)}" y="{number(drawing.top)}" '
            f'width="{number(drawing.right - drawing.left)}" height="{number(drawing.bottom - drawing.top)}"/></clipPath>'
        )
        attribute = f' clip-path="url(#{name})"'
    elements = "".join(drawing.elements)
    return f'<g transform="translate({number(one.x)},{number(one.y)})">{clip}<g{attribute}>{elements}</g></g>'


def draw_frame(picture: Picture, frame: Frame) -> Drawing:
    """One position: what stands behind the figure, the figure from far to near, what lies before it, arrows."""
    camera, drawing = Camera.of(picture.view), Drawing()
    skeleton = skeleton_of(frame.pose)
    body = body_of(skeleton, camera)
    for prop in frame.props:
        if not prop.in_front:
            draw_prop(drawing, prop, camera, skeleton.points)
    if frame.beside:
        for flesh in sorted(body_of(skeleton_of(frame.beside), camera), key=lambda one: one.depth):
            _draw_flesh(drawing, flesh, camera, FAR)
    for flesh in _from_far_to_near(body, frame):
        _draw_flesh(drawing, flesh, camera, _colour(picture, frame, flesh))
        if flesh.part == "head" and flesh.edged:
            _draw_eyes(drawing, skeleton, camera)
    for prop in frame.props:
        if prop.in_front:
            draw_prop(drawing, prop, camera, skeleton.points)
    for arrow in frame.arrows:
        draw_arrow(drawing, arrow, camera)
    if picture.window:
        left, top, right, bottom = picture.window
        drawing.left, drawing.right, drawing.top, drawing.bottom = left, right, -top, -bottom
    if picture.floor:
        _draw_floor(drawing, frame)
    return drawing


def _from_far_to_near(body: list[Flesh], frame: Frame) -> list[Flesh]:
    def order(flesh: Flesh) -> tuple[int, float]:
        place = (flesh.part in frame.in_front) - (flesh.part in frame.behind)
        return (place, flesh.depth)

    return sorted(body, key=order)


def _draw_flesh(drawing: Drawing, flesh: Flesh, camera: Camera, colour: str) -> None:
    for x, y, radius in flesh.circles(camera):
        drawing.take_room([(x, y)], radius)
    if flesh.edged:
        drawing.fill(flesh.edge(camera), PAPER, PAPER, 2 * EDGE)
    drawing.fill(flesh.path(camera), colour)


def _draw_eyes(drawing: Drawing, skeleton: Skeleton, camera: Camera) -> None:
    """Two light dots where the face is turned to the viewer: from behind there are none."""
    axes = skeleton.axes["head"]
    if dot(axes.front, camera.near) < 0.87:
        return
    face = plus(plus(skeleton.points["head"], axes.front, HEAD * 0.9), axes.up, 1.0)
    for side in (-2.3, 2.3):
        x, y = camera.seen(plus(face, axes.left, side))
        drawing.fill(hull([(x, y, 0.9)]), PAPER)


def _colour(picture: Picture, frame: Frame, flesh: Flesh) -> str:
    moving = picture.moving if frame.moving is None else frame.moving
    near, far = (MOVING, MOVING_FAR) if flesh.part in moving else (INK, FAR)
    return far if flesh.is_far or flesh.part in picture.pale else near


def _draw_floor(drawing: Drawing, frame: Frame) -> None:
    depth = MAT_THICKNESS if any(prop.kind == "mat" for prop in frame.props) else 0.0
    level = depth + 0.6
    drawing.stroke([(drawing.left - 2, level), (drawing.right + 2, level)], LINE, 1.2)


def _number(order: int, one: Placed, sheet: Sheet, flipped: bool) -> str:
    """A figure in a ring by its frame; drawn, so that no font is asked for."""
    if len(sheet.placed) == 1:
        return ""
    x, y = one.number_at
    x = sheet.width - x if flipped else x
    scale = min(1.1, max(0.7, sheet.width / 190))
    return (
        f'<g transform="translate({number(x)},{number(y)}) scale({number(scale)})" '
        f'fill="none" stroke="{LINE}" stroke-linecap="round" stroke-linejoin="round">'
        f'<circle r="4.4" stroke-width="0.8"/><path d="{_DIGITS[order]}" stroke-width="1"/></g>'
    )
