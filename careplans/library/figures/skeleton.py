"""Forward kinematics: from joint angles to points. Pure; a bone keeps its length whatever the pose.

A body frame is (front, up, left). Where a limb is given by its end point, the two angles that bring it there are
worked out first, so that a hand or foot lies exactly where the data put it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from careplans.library.figures.positions import Limb, Pelvis, Pose, Spine
from careplans.library.figures.vectors import (
    Vector,
    cross,
    dot,
    length,
    minus,
    plus,
    scaled,
    square_to,
    turned,
    unit,
)

# Hundredths of body height, as measured on adults and rounded.
BONES = {
    "pelvis": 8.0,
    "lumbar": 10.0,
    "thorax": 15.0,
    "neck": 5.0,
    "head": 5.0,
    "upper_arm": 17.0,
    "forearm": 14.5,
    "hand": 5.5,
    "thigh": 24.5,
    "shank": 23.0,
    "foot": 8.5,
}
HIP_HALF = 4.2
SHOULDER_HALF = 8.5
SHOULDER_DROP = 3.0
# How far a foot's sole lies below the ankle.
SOLE = 4.0


class OutOfReach(ValueError):
    """The data put a hand or foot farther away than the limb is long."""


@dataclass(frozen=True)
class Axes:
    front: Vector
    up: Vector

    @property
    def left(self) -> Vector:
        return cross(self.up, self.front)

    def bent(self, degrees: float) -> Axes:
        return Axes(turned(self.front, scaled(self.up, -1), degrees), turned(self.up, self.front, degrees))

    def twisted(self, degrees: float) -> Axes:
        return Axes(turned(self.front, self.left, degrees), self.up)

    def leaning(self, degrees: float) -> Axes:
        return Axes(self.front, turned(self.up, self.left, degrees))


@dataclass(frozen=True)
class Skeleton:
    """Points by name, and the directions the flesh needs."""

    points: dict[str, Vector]
    axes: dict[str, Axes]
    # Directions below the ankle, square to the foot.
    soles: dict[str, Vector]
    belly: float


def skeleton_of(pose: Pose) -> Skeleton:
    """All joints of a pose; raises OutOfReach."""
    points, axes = _trunk(pose.pelvis, pose.spine)
    soles: dict[str, Vector] = {}
    for side, sign in (("right", -1.0), ("left", 1.0)):
        root = plus(points["hips"], axes["pelvis"].left, sign * HIP_HALF)
        leg = pose.right_leg if side == "right" else pose.left_leg
        soles[side] = _leg(points, side, axes["pelvis"], leg, root=root)
        shoulder = plus(points["neck"], axes["thorax"].up, -SHOULDER_DROP)
        shoulder = plus(shoulder, axes["thorax"].left, sign * SHOULDER_HALF)
        shoulder = plus(shoulder, axes["thorax"].front, -pose.spine.shoulders_back)
        arm = pose.right_arm if side == "right" else pose.left_arm
        _arm(points, side, axes["thorax"], arm, root=shoulder)
    return Skeleton(points, axes, soles, pose.spine.belly)


def _trunk(pelvis: Pelvis, spine: Spine) -> tuple[dict[str, Vector], dict[str, Axes]]:
    lean = math.radians(pelvis.lean)
    base = Axes((math.sin(lean), -math.cos(lean), 0.0), (math.cos(lean), math.sin(lean), 0.0))
    hip = _yawed(base.twisted(pelvis.roll), pelvis.turn)
    lumbar = hip.bent(spine.lumbar).twisted(spine.twist / 2).leaning(spine.side / 2)
    thorax = lumbar.bent(spine.thorax).twisted(spine.twist / 2).leaning(spine.side / 2)
    neck = thorax.bent(spine.neck)
    head = neck.bent(spine.head).twisted(spine.face)
    axes = {"pelvis": hip, "lumbar": lumbar, "thorax": thorax, "neck": neck, "head": head}
    points = {"hips": pelvis.at}
    at = pelvis.at
    chain = (("pelvis", "waist"), ("lumbar", "back"), ("thorax", "neck"), ("neck", "skull"), ("head", "head"))
    for bone, end in chain:
        at = plus(at, axes[bone].up, BONES[bone])
        points[end] = at
    return points, axes


def _yawed(axes: Axes, degrees: float) -> Axes:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def about_y(a: Vector) -> Vector:
        return (cos * a[0] + sin * a[2], a[1], cos * a[2] - sin * a[0])

    return Axes(about_y(axes.front), about_y(axes.up))


def _root_angles(axes: Axes, limb: Limb, sign: float) -> tuple[Vector, Vector]:
    """Direction of thigh or upper arm, and the direction its front faces."""
    down = turned(scaled(axes.up, -1), axes.front, limb.swing)
    front = turned(axes.front, axes.up, limb.swing)
    out = scaled(axes.left, sign)
    bone = turned(down, out, limb.spread)
    sideways = turned(out, scaled(down, -1), limb.spread)
    return bone, turned(front, sideways, limb.turn)


def _reached(
    root: Vector, limb: Limb, lengths: tuple[float, float], pole: Vector
) -> tuple[Vector, Vector, float]:
    """Upper bone's direction, the direction the middle joint points to, and its bend in degrees."""
    given = limb.reach or ()
    target: Vector = (given[0], given[1], given[2] if len(given) > 2 else root[2])
    way = minus(target, root)
    far = length(way)
    first, second = lengths
    if far > first + second + 0.05 or far < abs(first - second):
        raise OutOfReach(f"{target} is {far:.1f} away; the limb is {first + second:.1f} long")
    far = min(far, first + second)
    axis = unit(way)
    outward = square_to(pole, axis)
    cos = (first**2 + far**2 - second**2) / (2 * first * far)
    bone = turned(axis, outward, math.degrees(math.acos(max(-1.0, min(1.0, cos)))))
    cos_bend = (first**2 + second**2 - far**2) / (2 * first * second)
    bend = 180 - math.degrees(math.acos(max(-1.0, min(1.0, cos_bend))))
    points_to = square_to(outward, bone) if abs(dot(outward, bone)) < 0.999 else square_to(pole, bone)
    return bone, points_to, bend


def _leg(points: dict[str, Vector], side: str, axes: Axes, limb: Limb, *, root: Vector) -> Vector:
    """Writes hip, knee, ankle and toe; returns the direction from ankle to sole."""
    bone, front = _root_angles(axes, limb, 1.0 if side == "left" else -1.0)
    bend = limb.bend
    if limb.reach is not None:
        pole = limb.joint_to or plus(axes.front, axes.up, 0.2)
        bone, front, bend = _reached(root, limb, (BONES["thigh"], BONES["shank"]), pole)
    shank = turned(bone, scaled(front, -1), bend)
    shank_front = turned(front, bone, bend)
    toes = turned(shank_front, scaled(shank, -1), limb.tip)
    if limb.tip_to is not None:
        toes = unit(limb.tip_to)
    knee = plus(root, bone, BONES["thigh"])
    ankle = plus(knee, shank, BONES["shank"])
    sole = square_to(shank, toes) if abs(dot(shank, toes)) < 0.99 else scaled(shank_front, -1)
    points |= {f"{side}_hip": root, f"{side}_knee": knee, f"{side}_ankle": ankle}
    points[f"{side}_toe"] = plus(ankle, toes, BONES["foot"])
    points[f"{side}_sole"] = plus(plus(ankle, toes, BONES["foot"] / 2), sole, SOLE - 0.5)
    return sole


def _arm(points: dict[str, Vector], side: str, axes: Axes, limb: Limb, *, root: Vector) -> None:
    """Writes shoulder, elbow, wrist and fingers."""
    bone, front = _root_angles(axes, limb, 1.0 if side == "left" else -1.0)
    bend = limb.bend
    if limb.reach is not None:
        pole = limb.joint_to or _backwards(axes)
        bone, back, bend = _reached(root, limb, (BONES["upper_arm"], BONES["forearm"]), pole)
        front = scaled(back, -1)
    forearm = turned(bone, front, bend)
    palm_side = turned(front, scaled(bone, -1), bend)
    hand = turned(forearm, palm_side, limb.tip)
    if limb.tip_to is not None:
        hand = unit(limb.tip_to)
    elbow = plus(root, bone, BONES["upper_arm"])
    wrist = plus(elbow, forearm, BONES["forearm"])
    points |= {f"{side}_shoulder": root, f"{side}_elbow": elbow, f"{side}_wrist": wrist}
    points[f"{side}_fingers"] = plus(wrist, hand, BONES["hand"])


def _backwards(axes: Axes) -> Vector:
    """Elbows point backwards and a little down unless the data say otherwise."""
    return plus(scaled(axes.front, -1), axes.up, -0.3)
