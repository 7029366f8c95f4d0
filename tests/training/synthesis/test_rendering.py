import numpy as np
import pytest

from training.data.cutouts import EDGE_PX
from training.synthesis.rendered.bags import Backpack, ShoulderBag, Sling, Tote, TravelBag
from training.synthesis.rendered.clothes import Coat, Pullover, Shirt
from training.synthesis.rendered.dresses import Dress, Top
from training.synthesis.rendered.objects import Heap, Vessel
from training.synthesis.rendered.renderer import Viewpoint, axes, normals_of, painted, render, trace
from training.synthesis.rendered.sandals import Sandal
from training.synthesis.rendered.shapes import (
    Noise,
    Union,
    capsule,
    cord,
    ellipsoid,
    ring,
    rotation,
    rounded_box,
    smooth_union,
    sparse,
    vector,
)
from training.synthesis.rendered.shoes import SECOND, Boot, Pair, Sneaker

ROOMS = np.full((1, 180, 240, 3), 90, np.uint8)
BODIES = (
    Backpack, Sling, ShoulderBag, Tote, TravelBag, Boot, Sneaker, Sandal, Coat, Pullover, Shirt, Top,
    Dress, Vessel, Heap,
)  # fmt: skip
FRONT = Viewpoint(0.0, 0.0, 0.0)


class Ball:
    """Of radius 0.5, red on its right half and blue on its left."""

    middle = (0.0, 0.0, 0.0)
    span = 2.0
    gloss = 0.0

    def surface(self, points):
        return np.linalg.norm(points, axis=1) - 0.5, (points[:, 0] > 0).astype(np.int8)

    def colours(self, points, part, normals):
        return painted(np.tile(vector(200, 0, 0), (len(points), 1)), part == 1, vector(0, 0, 200))


def test_ball_is_a_disc_with_its_right_side_on_the_right():
    picture = render(Ball(), FRONT, np.random.default_rng(0))
    assert picture.shape == (EDGE_PX, EDGE_PX, 4)
    rows, columns = np.mgrid[:EDGE_PX, :EDGE_PX] - (EDGE_PX - 1) / 2
    radius = np.hypot(rows, columns)
    assert (picture[radius < 61, 3] == 255).all()
    assert (picture[radius > 66] == 0).all()
    assert picture[64, 90, 2] > 50 and picture[64, 90, 0] == 0
    assert picture[64, 38, 0] > 50 and picture[64, 38, 2] == 0


@pytest.mark.parametrize(
    ("view", "red"),
    [(Viewpoint(0, np.pi, 0), (64, 38)), (Viewpoint(0, 0, np.pi / 2), (90, 64)), (Viewpoint(1.5, np.pi, 0), (64, 38))],
    ids=["from behind", "rolled", "from above, turned"],
)
def test_where_it_is_seen_from(view, red):
    picture = render(Ball(), view, np.random.default_rng(0))
    assert picture[red][2] > 30 and picture[red][0] == 0


def test_axes_are_unit_vectors_at_right_angles():
    basis = np.stack(axes(Viewpoint(0.7, -1.1, 0.3)))
    assert basis @ basis.T == pytest.approx(np.eye(3), abs=1e-6)
    assert axes(Viewpoint(np.pi / 2, 0, 0))[2] == pytest.approx((0, 1, 0), abs=1e-6)  # the eye is above


def test_rays_meet_the_surface_or_nothing():
    rays = np.stack((vector(0, 0, -1), vector(0, 1, 0)))
    hit, points = trace(Ball(), vector(0, 0.3, 4.5), rays)
    assert hit.tolist() == [0]
    assert points[0] == pytest.approx((0, 0.3, 0.4), abs=0.01)


def test_distances_of_the_shapes():
    points = np.stack((vector(2, 0, 0), vector(0, 0.5, 0), vector(0, 0, 0)))
    assert rounded_box(points, vector(1, 1, 1), 0.2) == pytest.approx((1, -0.5, -1))
    assert capsule(points, vector(0, 0, 0), vector(1, 0, 0), 0.1) == pytest.approx((0.9, 0.4, -0.1))
    assert capsule(points, vector(0, 0, 0), vector(1, 0, 0), 0.1, 0.3) == pytest.approx((0.7, 0.4, -0.1))
    assert ellipsoid(points, vector(1, 2, 1)) == pytest.approx((1, -0.75, -1))
    assert ring(points, 1.0, 0.1) == pytest.approx((0.9, 0.4, 0.9))
    corner = np.array(((0, 0, 0), (1, 0, 0), (1, 1, 0)))
    assert cord(points, corner, 0.1) == pytest.approx((0.9, 0.4, -0.1))


def test_smooth_union_adds_at_the_seam_alone():
    first, second = np.float32((0.1, 0.1)), np.float32((0.1, 0.5))
    assert smooth_union(first, second, 0.1) == pytest.approx((0.075, 0.1))


def test_union_tells_the_nearest_part():
    union = Union(np.float32((0.1, 0.3)), 1)
    union.add(np.float32((0.2, 0.2)), 2)
    assert union.distance == pytest.approx((0.1, 0.2))
    assert union.part.tolist() == [1, 2]


def test_turns_are_those_of_the_right_axis():
    assert vector(1, 0, 0) @ rotation(np.pi / 2, 2) == pytest.approx((0, -1, 0), abs=1e-6)
    assert vector(0, 0, 1) @ rotation(0.3, 2) == pytest.approx((0, 0, 1))
    for axis in range(3):
        assert rotation(0.4, axis) @ rotation(-0.4, axis) == pytest.approx(np.eye(3), abs=1e-6)


def test_path_keeps_its_ends():
    path = np.arange(48.0).reshape(24, 2)
    assert len(sparse(path)) == 9
    assert sparse(path)[[0, -1]].tolist() == path[[0, -1]].tolist()


def test_bumps_are_continuous_and_come_again():
    noise = Noise(np.random.default_rng(0))
    points = np.random.default_rng(1).uniform(-30, 30, (500, 3)).astype(np.float32)
    assert np.abs(noise(points) - noise(points + 1e-3)).max() < 0.02
    assert noise(points) == pytest.approx(noise(points + Noise.PERIOD), abs=1e-3)
    assert noise(np.zeros((1, 3), np.float32)) == pytest.approx(noise.values[0, 0, 0])


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("seed", range(3))
def test_no_body_claims_more_distance_than_there_is(kind, seed):
    """A ray that goes as far as it may must not pass through the surface."""
    rng = np.random.default_rng(seed)
    body = kind(rng, ROOMS)
    starts = rng.uniform(-1, 1, (1_000, 3)).astype(np.float32)
    distance, part = body.surface(starts)
    assert distance.dtype == np.float32 and part.dtype == np.int8
    outside = distance > 0
    ends, _ = body.surface(starts - normals_of(body, starts) * distance[:, None] * 0.98)
    assert np.mean(ends[outside] < -0.02) < 0.005


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_ends_within_what_is_seen(kind):
    """Nothing of it reaches farther than twice its height, in any of many shapes."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        body = kind(rng, ROOMS)
        away = rng.standard_normal((500, 3)).astype(np.float32)
        distance, _ = body.surface(2 * away / np.linalg.norm(away, axis=1, keepdims=True))
        assert distance.min() > 0


def test_shoes_of_a_pair_are_mirror_images():
    rng = np.random.default_rng(3)
    pair = Pair(Sneaker(rng, ROOMS), rng)
    pair.places = [(rotation(0, 1) * vector(side, 1, 1), vector(side * 0.3, 0, 0)) for side in (-1, 1)]
    points = rng.uniform(-0.4, 0.4, (500, 3)).astype(np.float32)
    distance, part = pair.surface(points)
    mirrored, other = pair.surface(points * vector(-1, 1, 1))
    assert distance == pytest.approx(mirrored, abs=1e-5)
    assert (part % SECOND == other % SECOND).all()
    assert set(part.tolist()) >= {0, 1, SECOND, SECOND + 1}


@pytest.mark.parametrize("kind", [Backpack, Sling, ShoulderBag, Tote, TravelBag])
def test_straps_hang_on_the_bag(kind):
    """One whose end is in the air would be a thing of its own."""
    for seed in range(8):
        bag = kind(np.random.default_rng(seed), ROOMS)
        for path, radius in bag.straps:
            distance = bag.body(bag.boxed(path[[0, -1]].astype(np.float32)))
            assert distance.max() < radius + bag.creases + 0.01
