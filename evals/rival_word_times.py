"""Run inside faster-whisper's own environment: print each word of a recording with its start, as JSON."""

import json
import sys

from faster_whisper import WhisperModel


def main() -> None:
    """Transcribe the recording named second with the model named first."""
    model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    segments, _ = model.transcribe(sys.argv[2], language="en", word_timestamps=True, beam_size=1)
    json.dump([(word.word, word.start) for segment in segments for word in segment.words], sys.stdout)


if __name__ == "__main__":
    main()
