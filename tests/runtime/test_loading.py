from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from fashioncam import checkpoint, resources
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.pipeline.segmentation.learned import LearnedSegmenter
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter
from fashioncam.runtime.loading import load_recogniser, load_segmenter
from fashioncam.settings import Settings
from training.export import save_with_twin

HYBRID = resources.own(resources.weights_of("hybrid"))


class TestSegmenter:
    def test_each_name_gives_its_segmenter(self) -> None:
        assert isinstance(load_segmenter("learned"), LearnedSegmenter)
        assert isinstance(load_segmenter("statistical"), StatisticalSegmenter)

    @pytest.mark.parametrize(
        "content", [None, b"", b"no network", b"\x08\x07"], ids=["missing", "empty", "text", "cut"]
    )
    def test_unusable_file_is_one_line_that_says_what_to_do(
        self, tmp_path: Path, content: bytes | None, capfd: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "segmenter.onnx"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(UserError) as error:
            load_segmenter("learned", path)
        assert str(path) in str(error.value)
        assert "--segmenter statistical" in str(error.value)
        assert capfd.readouterr().err == ""


class TestRecogniser:
    @pytest.mark.parametrize(
        ("method", "compute", "runtime"),
        [
            ("gradcam", "auto", "onnxruntime"),
            ("occlusion", "cpu", "onnxruntime"),
            ("hirescam", "auto", "torch"),
        ],
    )
    def test_twin_is_used_where_it_does_what_is_asked_for(self, method: str, compute: str, runtime: str) -> None:
        assert load_recogniser(Settings(cam_method=method, compute=compute)).runtime == runtime

    def test_twin_of_another_checkpoint_is_passed_over(self, tiny_hybrid: LoadedModel, tmp_path: Path) -> None:
        settings = Settings(model="hybrid", weights=tmp_path / "tiny.pth")
        save_with_twin(tiny_hybrid, tmp_path / "tiny.pth")
        assert load_recogniser(settings).runtime == "onnxruntime"
        for parameter in tiny_hybrid.model.parameters():
            parameter.data += 0.01
        checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
        assert load_recogniser(settings).runtime == "torch"

    @pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x07"], ids=["empty", "text", "cut"])
    def test_damaged_twin_is_passed_over(self, tiny_hybrid: LoadedModel, tmp_path: Path, content: bytes) -> None:
        checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
        (tmp_path / "tiny.onnx").write_bytes(content)
        assert load_recogniser(Settings(weights=tmp_path / "tiny.pth")).runtime == "torch"

    @pytest.mark.parametrize("name", ["missing.pth", "x" * 300, ""], ids=["missing", "long", "folder"])
    def test_unreadable_weights_are_one_line(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(UserError, match="name other weights") as error:
            load_recogniser(Settings(weights=tmp_path / name))
        assert str(error.value).startswith(str(tmp_path))

    @pytest.mark.parametrize("method", ["gradcam", "hirescam"], ids=["twin", "torch"])
    def test_weights_of_another_model_than_the_one_asked_for(self, method: str) -> None:
        with pytest.raises(UserError, match="holds 'hybrid', not 'simplecnn'; give --model hybrid"):
            load_recogniser(Settings(model="simplecnn", weights=HYBRID, cam_method=method))


class TestWithoutTorch:
    """What needs torch says so, with the command that installs it."""

    @pytest.fixture(autouse=True, params=["torch", "pytorch_grad_cam"])
    def missing(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, request.param, None)

    def refusal(self, settings: Settings) -> str:
        with pytest.raises(UserError) as error:
            load_recogniser(settings)
        text = str(error.value)
        assert len(text.splitlines()) == 1
        assert text.endswith('needs torch, which is not installed: python -m pip install "fashioncam[torch]"')
        return text

    @pytest.mark.parametrize(
        "settings",
        [Settings(compute="cuda"), Settings(compute="mps"), Settings(cam_method="eigengradcam")],
        ids=["cuda", "mps", "package"],
    )
    def test_option_that_needs_it(self, settings: Settings) -> None:
        option = settings.cam_method if settings.compute == "auto" else settings.compute
        assert option in self.refusal(settings)

    def test_weights_without_a_twin(self, tmp_path: Path) -> None:
        alone = Path(shutil.copy(HYBRID, tmp_path / "alone.pth"))
        assert "there is no alone.onnx beside it" in self.refusal(Settings(weights=alone))

    def test_weights_beside_the_twin_of_others(self, tmp_path: Path) -> None:
        weights = Path(shutil.copy(HYBRID, tmp_path / "mine.pth"))
        shutil.copy(HYBRID.with_name("hybrid-benchmark.onnx"), tmp_path / "mine.onnx")
        assert "mine.onnx beside it was made from another checkpoint" in self.refusal(Settings(weights=weights))

    @pytest.mark.parametrize("model", ["hybrid", "simplecnn"])
    @pytest.mark.parametrize("method", ["gradcam", "occlusion"])
    def test_shipped_models_do_without(self, model: str, method: str) -> None:
        assert load_recogniser(Settings(model=model, cam_method=method)).runtime == "onnxruntime"
