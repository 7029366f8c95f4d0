import pytest

from fashioncam.learning_protocol import Error, Progress, Result, decode, encode


@pytest.mark.parametrize(
    "event",
    [Progress(37), Result("mine é.pth", 3, 2, 1, 0.931, 0.938, is_held_back=True), Error("no captures\nin it")],
    ids=lambda event: type(event).__name__,
)
def test_event_is_one_line_and_comes_back(event):
    line = encode(event)
    assert "\n" not in line
    assert decode(line + "\n") == event


@pytest.mark.parametrize(
    "line", ["", "\n", "37 %", "37", "[]", "null", "{}", '{"event": "progress"}', '{"event": "tea"}', '{"event": []}']
)
def test_other_lines_are_no_message(line):
    assert decode(line) is None


def test_result_is_said_in_a_sentence():
    said = str(Result("mine.pth", 30, 28, 11, 0.9312, 0.938, is_held_back=True))
    assert said == (
        "28 of 30 filed garments named rightly, before learning 11; of Fashion-MNIST's pictures 93.1%, "
        "before 93.8%; held back further, so that it forgets no more"
    )
