"use strict";
(() => {
  const audio = document.querySelector("audio");
  let current = null;

  function stop() {
    audio.pause();
    current?.classList.remove("now");
    current = null;
  }

  /** Stop at the end of the stretch; an animation frame is near enough to the sample for an ear. */
  function watch() {
    if (!current) return;
    if (audio.currentTime >= Number(current.dataset.end) || audio.ended) stop();
    else requestAnimationFrame(watch);
  }

  async function start(link) {
    stop();
    current = link;
    link.classList.add("now");
    audio.currentTime = Number(link.dataset.start);
    try {
      await audio.play();
      watch();
    } catch (error) {
      if (error.name !== "AbortError") location.assign(link.href);
    }
  }

  function onClick(event) {
    const link = event.target.closest(".play");
    if (!link) return;
    event.preventDefault();
    if (link === current) stop();
    else start(link);
  }

  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
  });
})();
