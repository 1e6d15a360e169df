"""What the script costs on one core: start, characters a second, peak memory. `python evals/script_speed.py [ARTICLE]`.

Times are of the processor, so that what else the machine does counts little. Start is all that `vivavoce script` does
before its first sentence: imports, lexicons, tagger; the command itself is timed too, from its start to its end on one
short sentence. Without ARTICLE the news sentences of evals/listening are read.
Fails above 3 s of start or 400 MB, or below 5,000 characters a second.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

SENTENCES = Path(__file__).parent / "listening" / "sentences.txt"
ROUNDS = 5
COMMAND = [sys.executable, "-m", "vivavoce", "script", "--lines"]


def main() -> None:
    """Measure in this process, which has loaded nothing yet."""
    from vivavoce.engines.spacy_tagger import SpacyTagger
    from vivavoce.lexicon import Lexicon
    from vivavoce.script.pronounce import build_pronouncer
    from vivavoce.script.write import speak_line

    pronouncer = build_pronouncer(variety="en-US", tagger=SpacyTagger(), house=Lexicon())
    speak_line("Nothing is said yet.", pronouncer=pronouncer)
    start_s = time.process_time()
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else SENTENCES
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    speeds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for line in lines:
            speak_line(line, pronouncer=pronouncer)
        speeds.append(sum(map(len, lines)) / (time.process_time() - began))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    command_s, wall_s = _time_command()
    print(f"start {start_s:.2f} s; first round {speeds[0]:,.0f}, best {max(speeds):,.0f} characters a second", end="; ")
    print(f"peak memory {peak_mb:.0f} MB; the command on one sentence {command_s:.2f} s, by the clock {wall_s:.2f} s")
    assert start_s < 3, "starts too slowly"
    assert command_s < 3, "the command starts too slowly"
    assert speeds[0] > 5_000, "reads too slowly"
    assert peak_mb < 400, "takes too much memory"


def _time_command() -> tuple[float, float]:
    """Give the fastest of a few runs: seconds of the processor, and seconds by the clock."""
    times = []
    for _ in range(ROUNDS):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(COMMAND, input=b"Nothing is said yet.", stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began))
    return min(times)


if __name__ == "__main__":
    main()
