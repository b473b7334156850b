// Parts of a page that move by themselves.
// <div data-live-url="/fragment/" data-live-every="5" data-live-events="/stream/">: the fragment is fetched when the
// stream says so, and every few seconds where there is no stream. Hidden pages rest.
(() => {
  // Browsers write Arabic with Latin digits unless asked; the rest of the page does not.
  const digits = { ar: "ar-u-nu-arab", fa: "fa-u-nu-arabext" };
  const locale = () => digits[document.documentElement.lang] ?? document.documentElement.lang;
  const relative = () => new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "long" });

  function ago(moment, now) {
    const seconds = Math.round((moment - now) / 1000);
    for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
      if (Math.abs(seconds) >= size) return relative().format(Math.trunc(seconds / size), unit);
    }
    return relative().format(Math.min(seconds, 0), "second");
  }

  function tick() {
    const now = Date.now();
    document.querySelectorAll("time[data-relative]").forEach((time) => {
      const text = ago(Date.parse(time.dateTime), now);
      if (time.textContent !== text) time.textContent = text;
    });
  }

  function swap(place, html) {
    const old = new Map([...place.querySelectorAll("[data-live-key]")].map((node) => [node.dataset.liveKey, node.textContent]));
    place.innerHTML = html;
    place.querySelectorAll("[data-live-key]").forEach((node) => {
      if (old.has(node.dataset.liveKey) && old.get(node.dataset.liveKey) !== node.textContent) node.classList.add("changed");
    });
    if (window.htmx) window.htmx.process(place);
    place.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
    tick();
  }

  function follow(place) {
    const every = Number(place.dataset.liveEvery || 5) * 1000;
    let etag = place.dataset.liveEtag ?? null;
    let failures = 0;
    let timer = null;
    let source = null;

    async function load() {
      if (!place.isConnected) return stop();
      try {
        const answer = await fetch(place.dataset.liveUrl, {
          headers: { "X-Live": "1", ...(etag ? { "If-None-Match": etag } : {}) },
          credentials: "same-origin",
        });
        if (answer.status === 200) {
          etag = answer.headers.get("ETag");
          const html = await answer.text();
          if (html !== place.dataset.liveLast) swap(place, html);
          place.dataset.liveLast = html;
        } else if (answer.status !== 304) throw new Error(String(answer.status));
        failures = 0;
        place.dataset.liveState = "live";
      } catch {
        failures += 1;
        place.dataset.liveState = "late";
      }
    }

    function poll() {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        await load();
        poll();
      }, Math.min(every * 2 ** failures, 60000));
    }

    function listen() {
      if (!place.dataset.liveEvents || !window.EventSource) return poll();
      source = new EventSource(place.dataset.liveEvents);
      source.onmessage = load;
      source.onerror = () => {
        if (source?.readyState === EventSource.CLOSED) {
          source = null;
          poll();
        }
      };
    }

    function stop() {
      clearTimeout(timer);
      source?.close();
      source = null;
    }

    document.addEventListener("visibilitychange", () => {
      stop();
      if (!document.hidden) load().then(listen);
    });
    if (!document.hidden) listen();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-live-url]").forEach(follow);
    tick();
    setInterval(tick, 1000);
  });
})();
