"""Points and directions in space: x to the right, y up, z towards the viewer."""

from __future__ import annotations

import math

Vector = tuple[float, float, float]


def plus(a: Vector, b: Vector, times: float = 1.0) -> Vector:
    """``a + times * b``."""
    return (a[0] + times * b[0], a[1] + times * b[1], a[2] + times * b[2])


def minus(a: Vector, b: Vector) -> Vector:
    return plus(a, b, -1.0)


def scaled(a: Vector, times: float) -> Vector:
    return (a[0] * times, a[1] * times, a[2] * times)


def mixed(a: Vector, along_a: float, b: Vector, along_b: float) -> Vector:
    return plus(scaled(a, along_a), b, along_b)


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def length(a: Vector) -> float:
    return math.sqrt(dot(a, a))


def unit(a: Vector) -> Vector:
    """The direction of ``a``; ValueError for a vector without one."""
    size = length(a)
    if size < 1e-9:
        raise ValueError("A direction needs a length.")
    return scaled(a, 1 / size)


def cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def turned(a: Vector, towards: Vector, degrees: float) -> Vector:
    """Unit vector ``a`` turned by ``degrees`` towards ``towards``, a unit vector at right angles to it."""
    angle = math.radians(degrees)
    return mixed(a, math.cos(angle), towards, math.sin(angle))


def square_to(a: Vector, axis: Vector) -> Vector:
    """The direction of what of ``a`` is at right angles to the unit vector ``axis``."""
    return unit(plus(a, axis, -dot(a, axis)))
