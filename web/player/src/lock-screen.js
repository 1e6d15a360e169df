// The lock screen, headphones and media keys (W3C Media Session).

/** Name what is played and listen to the keys. */
export function announce(playback, { title, artist, album }) {
  const session = navigator.mediaSession;
  if (!session) return;
  session.metadata = new MediaMetadata({ title, artist, album });
  const handlers = {
    play: () => playback.start(),
    pause: () => playback.pause(),
    seekbackward: ({ seekOffset }) => playback.seek(playback.now_s - (seekOffset || 10)),
    seekforward: ({ seekOffset }) => playback.seek(playback.now_s + (seekOffset || 10)),
    seekto: ({ seekTime }) => playback.seek(seekTime),
    previoustrack: () => playback.stepSentence(-1),
    nexttrack: () => playback.stepSentence(1),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // A browser that doesn't know an action goes without it.
    }
  }
}

/** Tell the lock screen where the recording is. */
export function announcePlace(playback) {
  const { now_s, length_s, audio } = playback;
  if (!navigator.mediaSession?.setPositionState || !length_s) return;
  navigator.mediaSession.setPositionState({
    duration: length_s,
    position: Math.min(now_s, length_s),
    playbackRate: audio.playbackRate,
  });
}
