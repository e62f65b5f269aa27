"""Things round the figure: mat, chair, bed, box, wall, pillow, pack, towel, signs for heat, cold and breath, arrows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from careplans.library.figures.pens import INK, LINE, PAPER, SIGN, THING, Drawing
from careplans.library.figures.positions import Arrow, Prop
from careplans.library.figures.shapes import Camera, Point, curve, polygon
from careplans.library.figures.vectors import Vector

MAT_THICKNESS = 2.0
Joints = dict[str, Vector]


def draw_prop(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    _KINDS[prop.kind](drawing, prop, camera, joints)


def places_of(points: Sequence[str | Vector], camera: Camera, joints: Joints) -> list[Point]:
    """Where named joints and given points are seen; KeyError for a joint there is not."""
    return [camera.seen(joints[one] if isinstance(one, str) else one) for one in points]


def box(
    drawing: Drawing,
    camera: Camera,
    x: tuple[float, float],
    y: tuple[float, float],
    z: tuple[float, float],
    *,
    colour: str = THING,
) -> None:
    """The sides of a box that can be seen: towards the viewer, on top, and to one hand."""

    def seen(*corners: Vector) -> list[Point]:
        return [camera.seen(corner) for corner in corners]

    (x0, x1), (y0, y1), (z0, z1) = x, y, z
    if abs(camera.near[0]) > 0.01:
        side = x1 if camera.near[0] > 0 else x0
        drawing.face(seen((side, y0, z0), (side, y1, z0), (side, y1, z1), (side, y0, z1)), colour)
    if camera.near[2] > 0.01:
        drawing.face(seen((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)), colour)
    if camera.near[1] > 0.01:
        drawing.face(seen((x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)), colour)


def _mat(drawing: Drawing, prop: Prop, camera: Camera, _joints: Joints) -> None:
    """Lies with its top at the height of the floor: ``x`` and ``z`` say how far it reaches."""
    box(drawing, camera, prop.x, (-MAT_THICKNESS, 0), prop.z)


def _box(drawing: Drawing, prop: Prop, camera: Camera, _joints: Joints) -> None:
    box(drawing, camera, prop.x, prop.y, prop.z, colour=PAPER)


def _wall(drawing: Drawing, prop: Prop, camera: Camera, _joints: Joints) -> None:
    """A line at ``x[0]`` with short strokes on the side of ``x[1]``, from ``y[0]`` up to ``y[1]``."""
    at, away = prop.x
    low, high = prop.y
    height = low + 4
    while height <= high:
        drawing.stroke([camera.seen((at, height, 0)), camera.seen((away, height - 4, 0))], width=0.7)
        height += 6
    drawing.stroke([camera.seen((at, low, 0)), camera.seen((at, high, 0))], width=1.4)


def _chair(drawing: Drawing, prop: Prop, camera: Camera, _joints: Joints) -> None:
    """Back at ``x[0]``, front edge at ``x[1]``, seat's top at ``y[0]``, back's top at ``y[1]`` (no back if lower)."""
    (back, front), (seat, top) = prop.x, prop.y
    lean = 1.6 if front > back else -1.6
    for at in (back + lean, front - lean):
        drawing.stroke([camera.seen((at, seat - 3, 0)), camera.seen((at, 0.8, 0))], width=1.6)
    if top > seat:
        low, high = sorted((back - lean * 1.5, back))
        box(drawing, camera, (low, high), (seat - 3, top), prop.z)
    low, high = sorted((back, front))
    box(drawing, camera, (low, high), (seat - 3, seat), prop.z)


def _bed(drawing: Drawing, prop: Prop, camera: Camera, _joints: Joints) -> None:
    """A mattress from ``x[0]`` to ``x[1]`` with its top at ``y[1]``, on legs that stand at ``y[0]``."""
    (x0, x1), (floor, top) = prop.x, prop.y
    under = top - 7
    for at in (x0 + 4, x1 - 4):
        drawing.stroke(
            [camera.seen((at, under, prop.z[1])), camera.seen((at, floor + 0.8, prop.z[1]))], width=2
        )
    box(drawing, camera, prop.x, (under, top), prop.z)


def _pillow(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """Soft, round the ``points``, ``size`` thick to each side."""
    drawing.skin([(x, y, prop.size) for x, y in places_of(prop.points, camera, joints)], PAPER, 1.0)


def _pack(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """A pack or bottle in its cloth: soft, in the accent colour, with a light middle."""
    places = places_of(prop.points, camera, joints)
    for radius, colour in ((prop.size, SIGN), (prop.size - 1.2, PAPER)):
        drawing.skin([(x, y, radius) for x, y in places], colour, 0)


def _cushion(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """Cushion or wrapped pack: like a pillow, but dark, as where it lies is what the picture is about."""
    drawing.skin([(x, y, prop.size) for x, y in places_of(prop.points, camera, joints)], SIGN, 0)


def _cloth(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """A towel seen from its edge."""
    places = places_of(prop.points, camera, joints)
    drawing.stroke(places, LINE, 2.6)
    drawing.stroke(places, PAPER, 1.3)


def _line(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    drawing.stroke(places_of(prop.points, camera, joints), INK, prop.size or 1.2, edged=True)


def _mark(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """A light line on the figure itself."""
    drawing.stroke(places_of(prop.points, camera, joints), PAPER, prop.size or 1.0)


def _heat(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """Three rising waves over each point."""
    for x, y in places_of(prop.points, camera, joints):
        for shift in (-4.5, 0.0, 4.5):
            wave = [(x + shift + 1.3 * math.sin(step * 0.7), y - step * 0.75) for step in range(15)]
            drawing.stroke(wave, SIGN, 1.3)


def _cold(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """A snow crystal at each point, ``size`` from middle to tip."""
    size = prop.size or 5.5
    for x, y in places_of(prop.points, camera, joints):
        for arm in range(6):
            cos, sin = math.cos(arm * math.pi / 3 + math.pi / 6), math.sin(arm * math.pi / 3 + math.pi / 6)
            drawing.stroke([(x, y), (x + size * cos, y + size * sin)], SIGN, 1.1)
            for turn in (-0.6, 0.6):
                angle = arm * math.pi / 3 + math.pi / 6 + turn
                start = (x + 0.6 * size * cos, y + 0.6 * size * sin)
                tip = (start[0] + 0.35 * size * math.cos(angle), start[1] + 0.35 * size * math.sin(angle))
                drawing.stroke([start, tip], SIGN, 0.9)


def _breath(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """Two short waves that run away from each point to the right: air at the nose."""
    for x, y in places_of(prop.points, camera, joints):
        for drop, far in ((0.0, 13), (3.6, 10)):
            wave = [(x + step * 0.75, y + drop + 0.9 * math.sin(step * 0.8)) for step in range(far)]
            drawing.stroke(wave, SIGN, 1.1)


def _clock(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """A clock's face at each point, ``size`` from middle to rim: half of it, as also when it is turned round."""
    size = prop.size or 8
    for x, y in places_of(prop.points, camera, joints):
        drawing.skin([(x, y, size)], PAPER, 1.2)
        half = [
            (x + 0.72 * size * math.sin(a / 12 * math.pi), y - 0.72 * size * math.cos(a / 12 * math.pi))
            for a in range(13)
        ]
        drawing.fill(polygon(half), SIGN)
        for hour in range(12):
            sin, cos = math.sin(hour * math.pi / 6), math.cos(hour * math.pi / 6)
            ends = [(x + far * size * sin, y - far * size * cos) for far in (0.82, 0.92)]
            drawing.stroke(ends, LINE, 0.7)
        drawing.stroke([(x, y - 0.72 * size), (x, y + 0.72 * size)], INK, 1.0)


def _plumb(drawing: Drawing, prop: Prop, camera: Camera, joints: Joints) -> None:
    """A broken line from the first point to the second, to see by how far a part has moved."""
    (x0, y0), (x1, y1) = places_of(prop.points, camera, joints)
    count = max(1, round(math.dist((x0, y0), (x1, y1)) / 3.2))
    for dash in range(count):
        ends = [(x0 + (x1 - x0) * t / count, y0 + (y1 - y0) * t / count) for t in (dash, dash + 0.55)]
        drawing.stroke(ends, LINE, 0.8)


def draw_arrow(drawing: Drawing, arrow: Arrow, camera: Camera) -> None:
    """A bowed line with a full head, light round the edge so that it stands off whatever lies below."""
    line = curve(camera.seen(arrow.start), camera.seen(arrow.end), arrow.bow)
    size, colour, width = (4.2, PAPER, 1.2) if arrow.light else (6.6, SIGN, 1.9)
    tips = [_tip(line, size)] + ([_tip(line[::-1], size)] if arrow.both_ways else [])
    body = line[4 if arrow.both_ways else 0 : -4]
    for head in tips:
        drawing.take_room(head)
        if not arrow.light:
            drawing.fill(polygon(head), PAPER, PAPER, 1.8)
    drawing.stroke(body, colour, width, edged=not arrow.light)
    for head in tips:
        drawing.fill(polygon(head), colour)


def _tip(line: Sequence[Point], size: float) -> list[Point]:
    """The three corners of an arrow's head at the end of a line."""
    (x, y), before = line[-1], line[-6]
    angle = math.atan2(y - before[1], x - before[0])
    corners = [(x, y)]
    for turn in (2.68, -2.68):
        corners.append((x + size * math.cos(angle + turn), y + size * math.sin(angle + turn)))
    return corners


_KINDS: dict[str, Callable[[Drawing, Prop, Camera, Joints], None]] = {
    "mat": _mat,
    "box": _box,
    "wall": _wall,
    "chair": _chair,
    "bed": _bed,
    "pillow": _pillow,
    "pack": _pack,
    "cushion": _cushion,
    "cloth": _cloth,
    "line": _line,
    "heat": _heat,
    "cold": _cold,
    "breath": _breath,
    "mark": _mark,
    "clock": _clock,
    "plumb": _plumb,
}
