"""The drawn pictures: limbs attached, weight on something, told in words, and safe to put in a document."""

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from django.conf import settings

from careplans.library.figures.body import body_of
from careplans.library.figures.positions import Frame, Limb, Pelvis, Picture, Pose, all_pictures, picture_from
from careplans.library.figures.shapes import Camera
from careplans.library.figures.skeleton import BONES, OutOfReach, skeleton_of
from careplans.library.load import STARTER_FOLDER
from careplans.library.pictures import picture_alt, picture_codes, picture_svg

CODES = picture_codes()
FRAMES = [
    pytest.param(picture, frame, id=f"{picture.code}-{number}")
    for picture in all_pictures().values()
    for number, frame in enumerate(picture.frames, 1)
]
LIMBS = (
    ("shoulder", "elbow", "upper_arm"),
    ("elbow", "wrist", "forearm"),
    ("wrist", "fingers", "hand"),
    ("hip", "knee", "thigh"),
    ("knee", "ankle", "shank"),
    ("ankle", "toe", "foot"),
)
TRUNK = (
    ("hips", "waist", "pelvis"),
    ("waist", "back", "lumbar"),
    ("back", "neck", "thorax"),
    ("neck", "skull", "neck"),
    ("skull", "head", "head"),
)
# How far a drawn sole, back or hand may be off what it rests on before a patient sees it (hundredths of body height).
SLACK = 1.3


def bend(a, b, c):
    """Degrees by which the limb a-b-c is bent at b."""
    first = [b[i] - a[i] for i in range(3)]
    second = [c[i] - b[i] for i in range(3)]
    product = sum(x * y for x, y in zip(first, second, strict=True))
    cos = product / (math.hypot(*first) * math.hypot(*second))
    return math.degrees(math.acos(max(-1, min(1, cos))))


def starter_picture_codes():
    components = (STARTER_FOLDER / "components").glob("*.yaml")
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in components]
    return {one["picture"] for one in read if one["picture"]}


@pytest.mark.parametrize(("picture", "frame"), FRAMES)
def test_every_bone_keeps_its_length(picture: Picture, frame: Frame):
    points = skeleton_of(frame.pose).points

    for start, end, bone in TRUNK:
        assert math.dist(points[start], points[end]) == pytest.approx(BONES[bone])
    for side in ("right", "left"):
        for start, end, bone in LIMBS:
            assert math.dist(points[f"{side}_{start}"], points[f"{side}_{end}"]) == pytest.approx(BONES[bone])


@pytest.mark.parametrize(("picture", "frame"), FRAMES)
def test_no_joint_bends_farther_than_a_body_does(picture: Picture, frame: Frame):
    points = skeleton_of(frame.pose).points

    for side in ("right", "left"):
        assert bend(*(points[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))) < 150
        # Only who sits back on the heels bends the knees all the way.
        assert bend(*(points[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))) < 158


@pytest.mark.parametrize(("picture", "frame"), FRAMES)
def test_the_weight_is_on_the_floor_and_nothing_sinks_into_it(picture: Picture, frame: Frame):
    body = body_of(skeleton_of(frame.pose), Camera.of(picture.view))
    bottoms = [at[1] - radius for flesh in body for skin in flesh.skins for at, radius in skin]
    lowest = min(bottoms)
    surfaces = [0.0] + [prop.y[1] for prop in frame.props if prop.kind == "bed"]

    if picture.window:  # cut off above the floor
        return
    assert min(abs(lowest - surface) for surface in surfaces) <= SLACK
    assert lowest >= -SLACK


@pytest.mark.parametrize("code", CODES)
def test_a_picture_is_told_in_words(code):
    alt = picture_alt(code)

    assert len(alt) > 40
    assert alt.endswith(".")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_svg_is_plain_and_stands_alone(code, mirrored):
    svg = picture_svg(code, mirrored=mirrored)
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    tags = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()}

    assert tags <= {"svg", "title", "g", "path", "circle", "clipPath", "rect"}
    assert not re.search(
        r"script|style=|href|<image|url\((?!#clip-)|class=|nan|inf", svg.lower().replace("clippath", "")
    )
    assert root.find("{http://www.w3.org/2000/svg}title").text == picture_alt(code)


@pytest.mark.parametrize("code", CODES)
def test_a_picture_fits_beside_its_text(code):
    root = ElementTree.fromstring(picture_svg(code))  # noqa: S314 - our own
    width, height = float(root.get("width")), float(root.get("height"))

    assert width / height >= 1.25


def test_every_drawn_picture_belongs_to_a_component_and_is_named_as_its_file():
    assert set(CODES) <= starter_picture_codes()
    for path in (Path(settings.BASE_DIR) / "careplans/library/figures/positions").glob("*.yaml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["code"] == path.stem


def test_every_picture_a_component_asks_for_is_drawn():
    assert starter_picture_codes() <= set(CODES)


def test_the_files_are_what_the_code_draws():
    """After a change to a figure: ``manage.py draw_pictures``."""
    files = {path.stem: path for path in (Path(settings.BASE_DIR) / "static/pictures").glob("*.svg")}

    assert set(files) == set(CODES)
    for code, path in files.items():
        assert path.read_text(encoding="utf-8") == picture_svg(code), code


def test_a_code_without_a_picture():
    assert picture_svg("no-such-picture") is None
    assert picture_alt("no-such-picture") == ""


def test_a_hand_out_of_reach_is_refused():
    pose = Pose(pelvis=Pelvis(at=(0, 50, 0)), right_arm=Limb(reach=(90, 90)))

    with pytest.raises(OutOfReach, match=r"the limb is 31\.5 long"):
        skeleton_of(pose)


def test_a_reaching_hand_and_foot_are_where_the_data_say():
    pose = Pose(
        pelvis=Pelvis(at=(0, 50, 0)), right_arm=Limb(reach=(20, 70, 9)), right_leg=Limb(reach=(10, 8, 5))
    )
    points = skeleton_of(pose).points

    assert points["right_wrist"] == pytest.approx((20, 70, 9))
    assert points["right_ankle"] == pytest.approx((10, 8, 5))


def test_knees_bend_backwards_and_elbows_forwards():
    points = skeleton_of(
        Pose(pelvis=Pelvis(at=(0, 50, 0)), right_leg=Limb(bend=90), right_arm=Limb(bend=90))
    ).points

    assert points["right_ankle"][0] == pytest.approx(-BONES["shank"])
    assert points["right_wrist"][0] == pytest.approx(BONES["forearm"])


def test_a_later_frame_says_only_what_differs():
    picture = picture_from(
        {
            "code": "x",
            "alt": "x",
            "starts_from": "standing",
            "frames": [{"props": [{"kind": "wall"}]}, {"pose": {"right_arm": {"swing": 90}}}],
        }
    )

    first, second = picture.frames
    assert second.pose.right_leg == first.pose.right_leg
    assert second.pose.right_arm == Limb(swing=90)
    assert second.props == first.props
