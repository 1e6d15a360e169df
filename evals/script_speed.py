"""What the script costs on one core: start, characters a second, peak memory. `python evals/script_speed.py [ARTICLE]`.

Times are of the processor, so that what else the machine does counts little. Start is all that `vivavoce script` does
before its first sentence: imports, lexicons, tagger. Without ARTICLE the news sentences of evals/listening are read.
Fails above 3 s of start or 400 MB, or below 5,000 characters a second.
"""

import resource
import sys
import time
from pathlib import Path

SENTENCES = Path(__file__).parent / "listening" / "sentences.txt"
ROUNDS = 5


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
    print(f"start {start_s:.2f} s; first round {speeds[0]:,.0f}, best {max(speeds):,.0f} characters a second", end="; ")
    print(f"peak memory {peak_mb:.0f} MB")
    assert start_s < 3, "starts too slowly"
    assert speeds[0] > 5_000, "reads too slowly"
    assert peak_mb < 400, "takes too much memory"


if __name__ == "__main__":
    main()
