"""The drawn pictures: limbs attached, weight on something, told in words, and safe to put in a document."""

import itertools
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from django.conf import settings

from careplans.library.figures.body import HIP, NECK, SHOULDER, body_of
from careplans.library.figures.pens import FAR, INK, MOVING, PAPER
from careplans.library.figures.positions import (
    Frame,
    Limb,
    Pelvis,
    Picture,
    Pose,
    all_pictures,
    picture_from,
    picture_of,
)
from careplans.library.figures.shapes import Camera
from careplans.library.figures.skeleton import BONES, OutOfReach, skeleton_of
from careplans.library.figures.vectors import minus, plus, scaled
from careplans.library.load import STARTER_FOLDER
from careplans.library.pictures import (
    PICTURE_LANGUAGES,
    picture_alt,
    picture_codes,
    picture_files,
    picture_svg,
)

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
# Joints at which a limb begins, and how thick it is there.
ROOTS = {"shoulder": SHOULDER, "hip": HIP}
SHARES = (
    ("hip", "knee", 0.1),
    ("knee", "ankle", 0.045),
    ("ankle", "toe", 0.015),
    ("shoulder", "elbow", 0.028),
    ("elbow", "wrist", 0.016),
    ("wrist", "fingers", 0.006),
)
PATH = re.compile(r'<path d="([^"]+)"')
# How far a drawn sole, back or hand may be off what it rests on before a patient sees it (hundredths of body height).
SLACK = 1.3


def bend(a, b, c):
    """Degrees by which the limb a-b-c is bent at b."""
    first = [b[i] - a[i] for i in range(3)]
    second = [c[i] - b[i] for i in range(3)]
    product = sum(x * y for x, y in zip(first, second, strict=True))
    cos = product / (math.hypot(*first) * math.hypot(*second))
    return math.degrees(math.acos(max(-1, min(1, cos))))


def balls_of(picture, frame):
    """(part, middle, radius) of all that a body is made of."""
    body = body_of(skeleton_of(frame.pose), Camera.of(picture.view))
    return [(flesh.part, at, radius) for flesh in body for skin in flesh.skins for at, radius in skin]


def raised_surfaces(frame):
    """(top, left, right) of seats and beds."""
    beds = [(prop.y[1], *sorted(prop.x)) for prop in frame.props if prop.kind == "bed"]
    return beds + [(prop.y[0], *sorted(prop.x)) for prop in frame.props if prop.kind == "chair"]


def touches_something(frame, at, radius):
    pillows = [
        (point[1] + prop.size, point[0] - prop.size, point[0] + prop.size)
        for prop in frame.props
        if prop.kind == "pillow"
        for point in prop.points
        if not isinstance(point, str)
    ]
    for top, left, right in [(0, -math.inf, math.inf), *raised_surfaces(frame), *pillows]:
        if abs(at[1] - radius - top) <= SLACK and left - 2 <= at[0] <= right + 2:
            return True
    walls = [prop.x[0] for prop in frame.props if prop.kind == "wall"]
    return any(abs(abs(at[0] - wall) - radius) <= SLACK for wall in walls)


def middle_of_mass(points):
    """From the shares of the body's parts, roughly."""
    parts = [(points["head"], 0.08)]
    along = minus(points["neck"], points["hips"])
    parts += [(plus(points["hips"], along, share), 0.25) for share in (0.25, 0.7)]
    for side in ("right", "left"):
        for start, end, share in SHARES:
            middle = plus(scaled(points[f"{side}_{start}"], 0.5), points[f"{side}_{end}"], 0.5)
            parts.append((middle, share))
    whole = sum(share for _at, share in parts)
    return [sum(at[axis] * share for at, share in parts) / whole for axis in range(3)]


def grey_of(colour):
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def places_of_numbers(code, *, mirrored=False):
    """How far from the left each frame's number stands, in the order of the frames."""
    return [
        float(x)
        for x in re.findall(
            r'<g transform="translate\(([-.0-9]+),[-.0-9]+\) scale\((?!-)',
            picture_svg(code, mirrored=mirrored),
        )
    ]


def starter_components():
    components = (STARTER_FOLDER / "components").glob("*.yaml")
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in components]


def starter_picture_codes():
    return {one["picture"] for one in starter_components() if one["picture"]}


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
def test_arms_legs_and_head_grow_out_of_the_trunk(picture: Picture, frame: Frame):
    skeleton = skeleton_of(frame.pose)
    trunk = next(part for part in body_of(skeleton, Camera.of(picture.view)) if part.part == "trunk")
    balls = [ball for skin in trunk.skins for ball in skin]
    # Between the two sides of a cross-section the trunk is as thick as at its sides.
    balls += [
        (plus(scaled(a[0], 0.5), b[0], 0.5), a[1]) for a, b in itertools.pairwise(balls) if a[1] == b[1]
    ]
    roots = {f"{side}_{joint}": size for side in ("right", "left") for joint, size in ROOTS.items()}

    for joint, size in {**roots, "neck": NECK}.items():
        gap = min(math.dist(skeleton.points[joint], at) - radius for at, radius in balls) - size
        assert gap < 0, joint


@pytest.mark.parametrize(("picture", "frame"), FRAMES)
def test_nothing_sinks_into_the_floor_the_seat_or_the_bed(picture: Picture, frame: Frame):
    for part, at, radius in balls_of(picture, frame):
        assert at[1] - radius >= -SLACK, part
        for top, left, right in raised_surfaces(frame):
            is_over = left < at[0] < right and at[1] > top
            # Legs hang down before a seat or over the edge of a bed.
            if is_over and part in ("trunk", "head"):
                assert at[1] - radius >= top - SLACK, part


@pytest.mark.parametrize(("picture", "frame"), FRAMES)
def test_the_weight_is_over_what_carries_it(picture: Picture, frame: Frame):
    """The middle of the body's mass lies between the outermost places where it touches floor, seat, bed or wall."""
    if picture.rests_on_nothing:
        return
    middle = middle_of_mass(skeleton_of(frame.pose).points)[0]
    touching = [
        edge
        for _part, at, radius in balls_of(picture, frame)
        if touches_something(frame, at, radius)
        for edge in (at[0] - radius, at[0] + radius)
    ]

    assert touching, "floats in the air"
    assert min(touching) - 1 <= middle <= max(touching) + 1


@pytest.mark.parametrize(
    "picture", [one for one in all_pictures().values() if one.moving], ids=lambda one: one.code
)
def test_the_part_that_is_shown_as_moving_moves(picture: Picture):
    for part in picture.moving:
        places = [
            [at for skin in flesh.skins for at, _radius in skin]
            for frame in picture.frames
            for flesh in body_of(skeleton_of(frame.pose), Camera.of(picture.view))
            if flesh.part == part
        ]
        several = len(picture.frames)
        one_part = places[: len(places) // several]
        moved = max(
            math.dist(a, b)
            for frame in range(1, several)
            for first, later in zip(one_part, places[frame * len(one_part) :], strict=False)
            for a, b in zip(first, later, strict=True)
        )
        assert moved > 2, part


@pytest.mark.parametrize("picture", all_pictures().values(), ids=lambda one: one.code)
def test_a_limb_that_moves_is_drawn_in_another_tone(picture: Picture):
    greys = [grey_of(tone) for tone in (INK, MOVING, FAR, PAPER)]

    assert all(lighter - darker > 50 for darker, lighter in itertools.pairwise(greys))
    if len(picture.frames) > 1:
        assert picture.moving or any(frame.moving or frame.arrows for frame in picture.frames)


def test_there_are_enough_positions_and_each_exercise_has_its_start_and_its_end():
    pictures = all_pictures()
    exercises = [one for one in starter_components() if one["category"] == "exercise"]

    assert len(pictures) >= 45
    assert sum(len(picture.frames) for picture in pictures.values()) >= 90
    assert [one["code"] for one in exercises if len(pictures[one["picture"]].frames) < 2] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", PICTURE_LANGUAGES)
def test_a_picture_is_told_in_words_in_each_language(code, language):
    alt = picture_alt(code, language)

    assert len(alt) > 40
    assert alt.endswith(".")
    assert (re.search("[\u0600-\u06ff]", alt) is not None) == (language == "ar")
    assert [other for other in PICTURE_LANGUAGES if picture_alt(code, other) == alt] == [language]


def test_a_language_without_words_gets_the_english_ones():
    assert picture_alt("bridge", "fi") == picture_alt("bridge") == picture_alt("bridge", "en")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_svg_is_plain_and_stands_alone(code, mirrored):
    svg = picture_svg(code, mirrored=mirrored)
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    tags = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()}

    assert tags <= {"svg", "g", "path", "circle", "clipPath", "rect"}
    assert not re.search(
        r"script|style=|href|<image|url\((?!#clip-)|class=|nan|inf", svg.lower().replace("clippath", "")
    )
    # No words: what a picture says in one language only, a reader of another would miss.
    assert not "".join(root.itertext()).strip()


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
    folder = Path(settings.BASE_DIR) / "static/pictures"
    drawn = picture_files()

    assert {str(path.relative_to(folder)) for path in folder.rglob("*.svg")} == set(drawn)
    for name, svg in drawn.items():
        assert (folder / name).read_text(encoding="utf-8") == svg, name


@pytest.mark.parametrize("picture", all_pictures().values(), ids=lambda one: one.code)
def test_from_right_to_left_the_frames_run_the_other_way(picture: Picture):
    numbers, turned = places_of_numbers(picture.code), places_of_numbers(picture.code, mirrored=True)

    assert len(numbers) == len(turned) == (len(picture.frames) if len(picture.frames) > 1 else 0)
    width = float(ElementTree.fromstring(picture_svg(picture.code)).get("width"))  # noqa: S314 - our own
    assert turned == [pytest.approx(width - x, abs=0.02) for x in numbers]


def test_a_picture_that_must_not_turn_round_only_changes_the_order_of_its_frames():
    """Seen from the front, a figure has no direction that the page could run against."""
    plain, turned = picture_svg("gentle-mobility"), picture_svg("gentle-mobility", mirrored=True)

    assert not picture_of("gentle-mobility").mirrors
    assert "scale(-1,1)" not in turned
    assert "scale(-1,1)" in picture_svg("bridge", mirrored=True)
    assert PATH.findall(plain) == PATH.findall(turned)
    assert plain != turned


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
            "alt": {"en": "x", "es": "x", "ar": "x", "tr": "x"},
            "starts_from": "standing",
            "frames": [{"props": [{"kind": "wall"}]}, {"pose": {"right_arm": {"swing": 90}}}],
        }
    )

    first, second = picture.frames
    assert second.pose.right_leg == first.pose.right_leg
    assert second.pose.right_arm == Limb(swing=90)
    assert second.props == first.props
