"""The data of a picture: ``positions/<code>.yaml``, read and checked. Lengths are hundredths of body height."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

from careplans.library.figures.vectors import Vector

FOLDER = Path(__file__).parent / "positions"
COMMON_POSES = Path(__file__).parent / "poses.yaml"
Part = Literal["right_arm", "left_arm", "right_leg", "left_leg", "trunk", "head"]


def _in_space(value: object) -> object:
    """Two numbers lie in the plane of the picture."""
    if isinstance(value, list) and len(value) == 2:
        return (*value, 0.0)
    return value


Place = Annotated[Vector, BeforeValidator(_in_space)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Alt(Strict):
    """What the picture shows, in the languages a handout comes in."""

    en: str
    es: str
    ar: str
    tr: str


class Limb(Strict):
    """An arm or a leg: by its angles (degrees; 0 hangs straight down, forward and outward count up), or by where
    wrist or ankle is (``reach``), with the direction knee or elbow points to (``joint_to``)."""

    swing: float = 0
    spread: float = 0
    turn: float = 0
    bend: float = 0
    tip: float = 0
    reach: tuple[float, ...] | None = None
    joint_to: Place | None = None
    tip_to: Place | None = None


class Pelvis(Strict):
    """``lean`` is the direction from seat to waist: 90 upright, 180 on the back with the head to the left, 0 prone."""

    at: Place
    lean: float = 90
    roll: float = 0
    turn: float = 0


class Spine(Strict):
    """Bends forward count up: at the waist, between the shoulder blades, at the neck, of the head on the neck.
    ``twist`` and ``side`` turn and bend to the figure's left; ``belly`` is how far the belly stands out."""

    lumbar: float = 0
    thorax: float = 0
    neck: float = 0
    head: float = 0
    twist: float = 0
    side: float = 0
    face: float = 0
    shoulders_back: float = 0
    belly: float = 0


class Pose(Strict):
    pelvis: Pelvis
    spine: Spine = Spine()
    right_arm: Limb = Limb()
    left_arm: Limb = Limb()
    right_leg: Limb = Limb()
    left_leg: Limb = Limb()


class Prop(Strict):
    """A thing in the picture; which fields a kind reads, ``props.py`` says. A point may be a joint's name."""

    kind: Literal[
        "mat",
        "box",
        "wall",
        "chair",
        "bed",
        "pillow",
        "pack",
        "cushion",
        "cloth",
        "line",
        "heat",
        "cold",
        "breath",
        "mark",
        "clock",
        "plumb",
    ]
    points: tuple[str | Place, ...] = ()
    x: tuple[float, float] = (0, 0)
    y: tuple[float, float] = (0, 0)
    z: tuple[float, float] = (-14, 14)
    size: float = 0
    in_front: bool = False


class Arrow(Strict):
    """From point to point; ``bow`` bends it to its left, as a share of its length."""

    start: Place
    end: Place
    bow: float = 0
    both_ways: bool = False
    # Small and light, to lie on the figure itself.
    light: bool = False


class Frame(Strict):
    pose: Pose
    # A second person, drawn light: whoever shows the movement or helps with it.
    beside: Pose | None = None
    props: tuple[Prop, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    in_front: tuple[Part, ...] = ()
    behind: tuple[Part, ...] = ()
    # What moves in this frame, where it is not what moves in the whole picture.
    moving: tuple[Part, ...] | None = None


class View(Strict):
    """Degrees the viewer walks round to the figure's front, and looks down from above."""

    turn: float = 0
    above: float = 0


class Picture(Strict):
    code: str
    alt: Alt
    view: View = View()
    # Where the frames stand; a grid has two in each row. Left out, the way in which they print largest.
    arrange: Literal["row", "column", "grid"] | None = None
    # Whether the figures turn round on a page that runs from right to left; the order of the frames always does.
    mirrors: bool = True
    moving: tuple[Part, ...] = ()
    # Drawn light like what is turned away, where two parts would run into one another.
    pale: tuple[Part, ...] = ()
    floor: bool = True
    # Left, top, right, bottom of what is shown, where a part of the figure is drawn larger.
    window: tuple[float, float, float, float] | None = None
    # Why the figure rests on nothing that is drawn; empty where it does, as nearly everywhere.
    rests_on_nothing: str = ""
    frames: tuple[Frame, ...]


def picture_from(data: dict[str, Any]) -> Picture:
    """The first frame may start from a common pose (``poses.yaml``); a later one says only what differs from the one
    before: parts of the pose, props, arrows."""
    before: dict[str, Any] = dict(_common_poses()[data["starts_from"]]) if "starts_from" in data else {}
    frames: list[dict[str, Any]] = []
    for given in data["frames"]:
        kept = {key: before[key] for key in ("props", "in_front", "behind", "beside") if key in before}
        pose = {**before.get("pose", {}), **given.get("pose", {})}
        before = {**kept, **given, "pose": pose}
        frames.append(before)
    rest = {key: value for key, value in data.items() if key != "starts_from"}
    return Picture.model_validate({**rest, "frames": frames})


def _read(path: Path) -> Any:
    # The loader written in C: a handout waits for the words of a dozen pictures.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # it is a safe loader


@cache
def _common_poses() -> dict[str, dict[str, Any]]:
    poses: dict[str, dict[str, Any]] = _read(COMMON_POSES)
    return poses


@cache
def picture_codes() -> tuple[str, ...]:
    """The codes of all pictures, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def picture_of(code: str) -> Picture | None:
    """The picture of that code, or None; only its own file is read."""
    if code not in picture_codes():
        return None
    return picture_from(_read(FOLDER / f"{code}.yaml"))


def all_pictures() -> dict[str, Picture]:
    """Every picture there is, by code."""
    return {code: picture for code in picture_codes() if (picture := picture_of(code))}
