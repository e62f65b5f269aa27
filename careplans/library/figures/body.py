"""Flesh on the skeleton: each part of the body as one path, with how near it is to the viewer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from careplans.library.figures.positions import Part
from careplans.library.figures.shapes import Camera, Circle, hull
from careplans.library.figures.skeleton import SOLE, Skeleton
from careplans.library.figures.vectors import Vector, plus, scaled

Ball = tuple[Vector, float]

# Radii in hundredths of body height.
HEAD = 6.5
SHOULDER, ELBOW, WRIST, FINGERS = 3.3, 2.5, 2.0, 1.5
HIP, KNEE, ANKLE, HEEL, TOES = 4.7, 3.4, 2.4, 1.9, 1.3
HALF_SEAT, HALF_WAIST, HALF_CHEST, HALF_SHOULDERS = 3.2, 3.4, 4.6, 6.6
SEAT, WAIST, CHEST, COLLAR, NECK = 5.6, 5.0, 5.9, 3.5, 2.8


# Cross-sections between two joints of the back: enough for a smooth curve, few enough to print fast.
STEPS = 2
# Where along the sections of the back the belly stands out, and how much.
_BELLY = (0, 0.3, 1, 0.7, 0, 0, 0, 0)


@dataclass(frozen=True)
class Flesh:
    """One part: the skins that make it up, the skins a light edge is drawn round, and its depth."""

    part: Part
    skins: tuple[tuple[Ball, ...], ...]
    edged: tuple[tuple[Ball, ...], ...]
    depth: float
    is_far: bool

    def path(self, camera: Camera) -> str:
        return "".join(hull(flat(skin, camera)) for skin in self.skins)

    def edge(self, camera: Camera) -> str:
        return "".join(hull(flat(skin, camera)) for skin in self.edged)

    def circles(self, camera: Camera) -> list[Circle]:
        return [circle for skin in self.skins for circle in flat(skin, camera)]


def flat(balls: tuple[Ball, ...], camera: Camera) -> list[Circle]:
    return [(*camera.seen(at), radius) for at, radius in balls]


def body_of(skeleton: Skeleton, camera: Camera) -> list[Flesh]:
    """Trunk, head, arms and legs."""
    parts = [_neck(skeleton, camera), _trunk(skeleton, camera), _head(skeleton, camera)]
    parts += [_leg(skeleton, side, camera) for side in ("right", "left")]
    parts += [_arm(skeleton, side, camera) for side in ("right", "left")]
    return parts


def _trunk(skeleton: Skeleton, camera: Camera) -> Flesh:
    slices = _spine_slices(skeleton)
    skins = tuple((*low, *high) for low, high in itertools.pairwise(slices))
    return Flesh("trunk", skins, (), camera.depth(skeleton.points["back"]), False)


def _spine_slices(skeleton: Skeleton) -> list[tuple[Ball, ...]]:
    """Cross-sections from seat to collar, rounded between the joints so that a bent back is a curve."""
    points, axes = skeleton.points, skeleton.axes
    seat = plus(points["hips"], axes["pelvis"].front, -0.8)
    collar = plus(points["neck"], axes["thorax"].up, -3.2)
    knots = [seat, points["waist"], points["back"], plus(points["back"], axes["thorax"].up, 6), collar]
    lefts = [axes[name].left for name in ("pelvis", "lumbar", "thorax", "thorax", "thorax")]
    halves = [HALF_SEAT, HALF_WAIST, HALF_CHEST, HALF_CHEST + 0.6, HALF_SHOULDERS]
    radii = [SEAT, WAIST, CHEST - 0.3, CHEST, COLLAR]
    slices = []
    for index in range(len(knots) - 1):
        for step in range(STEPS):
            t = step / STEPS
            at = _smooth(knots, index, t)
            half = halves[index] + (halves[index + 1] - halves[index]) * t
            radius = radii[index] + (radii[index + 1] - radii[index]) * t
            belly = skeleton.belly * _BELLY[index * STEPS + step] / 2
            at = plus(at, axes["lumbar"].front, belly)
            slices.append(_slice(at, lefts[index], half, radius + belly))
    slices.append(_slice(knots[-1], lefts[-1], halves[-1], radii[-1]))
    return slices


def _slice(at: Vector, left: Vector, half: float, radius: float) -> tuple[Ball, ...]:
    return ((plus(at, left, half), radius), (plus(at, left, -half), radius))


def _smooth(knots: list[Vector], index: int, t: float) -> Vector:
    """A curve through the knots (Catmull and Rom's)."""
    before, after = knots[max(index - 1, 0)], knots[min(index + 2, len(knots) - 1)]
    here, there = knots[index], knots[index + 1]
    weights = (
        (-t + 2 * t * t - t**3) / 2,
        (2 - 5 * t * t + 3 * t**3) / 2,
        (t + 4 * t * t - 3 * t**3) / 2,
        (t**3 - t * t) / 2,
    )
    total: Vector = (0.0, 0.0, 0.0)
    for weight, knot in zip(weights, (before, here, there, after), strict=True):
        total = plus(total, knot, weight)
    return total


def _neck(skeleton: Skeleton, camera: Camera) -> Flesh:
    """Goes with the head, and grows out from behind the trunk."""
    low = plus(skeleton.points["neck"], skeleton.axes["thorax"].up, -2)
    skin = ((low, NECK), (skeleton.points["skull"], NECK))
    return Flesh("head", (skin,), (), camera.depth(skeleton.points["back"]) - 0.01, False)


def _head(skeleton: Skeleton, camera: Camera) -> Flesh:
    centre, axes = skeleton.points["head"], skeleton.axes["head"]
    nose = plus(plus(centre, axes.front, HEAD + 0.6), axes.up, -1.2)
    bridge = plus(plus(centre, axes.front, HEAD - 1.6), axes.up, 1.2)
    under = plus(plus(centre, axes.front, HEAD - 2.4), axes.up, -1.8)
    skins = (((centre, HEAD),), ((bridge, 0.9), (nose, 0.7), (under, 1.0)))
    # Over the trunk whatever the view: the neck must not be seen through the head.
    return Flesh("head", skins, skins[:1], camera.depth(skeleton.points["back"]) + 0.01, False)


def _leg(skeleton: Skeleton, side: str, camera: Camera) -> Flesh:
    points = skeleton.points
    hip, knee, ankle, toe = (points[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "toe"))
    foot = plus(toe, ankle, -1)
    forward = scaled(foot, 1 / max(1e-9, _size(foot)))
    sole = skeleton.soles[side]
    heel = plus(plus(ankle, sole, SOLE - HEEL), forward, -1.6)
    ball = plus(toe, sole, SOLE - TOES)
    thigh = ((hip, HIP), (knee, KNEE))
    calf = plus(knee, plus(ankle, knee, -1), 0.3)
    lower = ((knee, KNEE), (calf, KNEE - 0.15), (ankle, ANKLE))
    shoe = ((ankle, ANKLE), (heel, HEEL), (ball, TOES))
    half = plus(hip, plus(knee, hip, -1), 0.45)
    edged = (((half, HIP - 0.55), (knee, KNEE)), lower, shoe)
    depth = camera.depth(plus(scaled(hip, 0.5), knee, 0.5))
    side_part: Part = "right_leg" if side == "right" else "left_leg"
    return Flesh(side_part, (thigh, lower, shoe), edged, depth, _is_far(skeleton, "pelvis", side, camera))


def _arm(skeleton: Skeleton, side: str, camera: Camera) -> Flesh:
    points = skeleton.points
    shoulder, elbow, wrist, fingers = (
        points[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist", "fingers")
    )
    upper = ((shoulder, SHOULDER), (elbow, ELBOW))
    lower = ((elbow, ELBOW), (wrist, WRIST))
    hand = ((wrist, WRIST), (fingers, FINGERS))
    half = plus(shoulder, plus(elbow, shoulder, -1), 0.4)
    depth = camera.depth(plus(scaled(shoulder, 0.5), elbow, 0.5))
    part: Part = "right_arm" if side == "right" else "left_arm"
    edged = (((half, SHOULDER - 0.3), (elbow, ELBOW)), lower, hand)
    return Flesh(part, (upper, lower, hand), edged, depth, _is_far(skeleton, "thorax", side, camera))


def _is_far(skeleton: Skeleton, section: str, side: str, camera: Camera) -> bool:
    """Limbs of the side that is turned away from the viewer are drawn lighter."""
    sign = 1 if side == "left" else -1
    return sign * camera.depth(skeleton.axes[section].left) < -0.6


def _size(a: Vector) -> float:
    return float(sum(part * part for part in a) ** 0.5)
