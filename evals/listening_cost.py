"""What listening costs beside synthesis: python evals/listening_cost.py [--sentences N].

Each sentence is said by plain ONNX Runtime (the int8 graph as it comes, one thread) and listened to at once, so that
whatever else the machine does falls on both; both are counted in CPU time. Prints the CPU seconds for a second of audio
and the share of the one in the other, and fails where it is larger than `MOST`.
"""

import argparse
import sys
import time

from listening.corpus import VOICES, make_utterance, read_sentences
from vivavoce.script import speak_line
from vivavoce.settings import read_places
from vivavoce.studio import open_ears, open_pronouncer, open_voice
from vivavoce.synthesise import Precision, synthesise_utterance
from vivavoce.verify import hear_take

MOST = 0.2
"""Of the CPU time of synthesis."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=20)
    asked = parser.parse_args()
    places = read_places()
    pronouncer, ears = open_pronouncer("en-US", (), places), open_ears(places)
    voice = open_voice(VOICES[0], places, threads=1, precision=Precision.INT8)
    audio_s = synthesis_s = listening_s = 0.0
    for index, text in enumerate(read_sentences()[: asked.sentences + 1]):
        utterance = make_utterance(index, speak_line(text, pronouncer=pronouncer), text)
        begun_s = time.process_time()
        take = synthesise_utterance(utterance, voice=voice)
        said_s = time.process_time()
        hear_take(utterance, take, ears=ears)
        if index:  # the first one loads the weights
            audio_s += len(take.samples) / take.sample_rate_hz
            synthesis_s += said_s - begun_s
            listening_s += time.process_time() - said_s
    share = listening_s / synthesis_s
    print(f"{asked.sentences} sentences, {audio_s:.0f} s of audio; CPU seconds a second of audio:")
    print(f"synthesis by plain ONNX Runtime, int8   {synthesis_s / audio_s:.3f}")
    print(f"listening                               {listening_s / audio_s:.3f}   {share:.0%} of it")
    sys.exit(0 if share <= MOST else 1)


if __name__ == "__main__":
    main()
