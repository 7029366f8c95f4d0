import pytest
from fake_session import TOP5, item_view, reading

from fashioncam.messages import Failure, State, Stream
from fashioncam.ui.texts import legend_ends, question, words
from fashioncam.view import View


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (View(), "Starting"),
        (View(reading=reading(State.LEARNING, learned=0.4), model="hybrid"), "Learning the background"),
        (View(reading=reading(State.EMPTY)), "Loading the model"),
        (View(reading=reading(State.EMPTY), model="hybrid"), "Hold up a garment"),
        (View(reading=reading(State.ITEM, TOP5), model="hybrid"), "class 0"),
        (View(reading=reading(State.UNCERTAIN, TOP5), model="hybrid"), "Not sure"),
        (View(reading=reading(State.SCENE_CHANGED), model="hybrid"), "The scene has changed"),
        (View(reading=reading(State.ITEM, TOP5), failure=Failure("unplugged", by_user=True)), "Stopped"),
        (item_view(stream=Stream.ENDED), "The end"),
        (View(reading=reading(State.LEARNING), stream=Stream.ENDED), "Too short"),
        (item_view(stream=Stream.LOST), "Camera lost"),
        (item_view(stream=Stream.LOST, device="http://camera.local/video"), "Stream lost"),
        (item_view(stream=Stream.PAUSED), "class 0"),
        (View(stream=Stream.PAUSED), "Paused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_state_has_its_words(view, said):
    assert said in words(view).headline


def test_learning_shows_how_far_it_is():
    assert words(View(reading=reading(State.LEARNING, learned=0.4), model="hybrid")).progress == 0.4


def test_item_that_an_edge_cuts_is_to_be_moved():
    turned, moved = (words(View(reading=reading(State.UNCERTAIN, TOP5, is_cut=cut), model="hybrid")) for cut in (0, 1))
    assert turned.advice == "Perhaps class 0: turn it, spread it. Nothing in hand? Press N"
    assert moved.advice == "Perhaps class 0: show all of it. Nothing in hand? Press N"


def test_failure_is_told_in_full():
    assert words(View(failure=Failure("the cable is out", by_user=True))).advice == "the cable is out"


def test_question_is_said_in_words():
    assert question(reading(State.ITEM, TOP5, explained="Shirt")) == "Why Shirt?"
    contrast = reading(State.ITEM, TOP5, explained="Shirt", against="Coat")
    assert question(contrast) == "Shirt rather than Coat?"
    assert legend_ends(contrast) == ("for Coat", "for Shirt")
