// Draws the figures of {% chart %}: Plotly is fetched when a page has one; colours come from the page's custom properties.
(() => {
  const loader = document.currentScript;
  const nonce = loader.nonce;
  const series = {
    light: ["", "#0f9488", "#b45309", "#7c3aed", "#be185d", "#4d7c0f"],
    dark: ["", "#2dd4bf", "#fbbf24", "#a78bfa", "#f472b6", "#a3e635"],
  };

  function hue(hex) {
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    return (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180 / Math.PI + 360) % 360;
  }

  function palette() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    const dark = document.documentElement.dataset.bsTheme === "dark";
    const accent = dark ? read("--sharik-accent-text") : read("--tblr-primary");
    const colours = [...(dark ? series.dark : series.light)];
    colours[0] = accent;
    const near = (one, other) => Math.min(Math.abs(one - other), 360 - Math.abs(one - other)) < 40;
    const own = hue(accent);
    colours.splice(1, 5, ...colours.slice(1).sort((a, b) => near(hue(a), own) - near(hue(b), own)));
    return {
      accent, colours, dark,
      text: read("--tblr-secondary"),
      ink: read("--tblr-body-color"),
      line: read("--tblr-border-color"),
      ground: dark ? "#141c26" : "#ffffff",
      soft: read("--sharik-accent-soft"),
      good: dark ? "#4ade80" : "#1a8f4f",
      bad: dark ? "#f87171" : "#c9322f",
      font: getComputedStyle(document.body).fontFamily,
    };
  }

  // The picture is laid out from left to right; each written text keeps the reader's direction by isolation.
  function written(value) {
    if (document.documentElement.dir !== "rtl" || value === undefined || value === null) return value;
    if (Array.isArray(value)) return value.map(written);
    return typeof value === "string" && value ? `\u2067${value}\u2069` : value;
  }

  function isolate(figure) {
    figure.data.forEach((trace) => {
      for (const name of ["customdata", "text", "name", "labels"]) {
        if (name in trace) trace[name] = written(trace[name]);
      }
      for (const name of ["x", "y"]) {
        if (typeof trace[name]?.[0] === "string") trace[name] = written(trace[name]);
      }
    });
    for (const axis of [figure.layout?.xaxis, figure.layout?.yaxis]) {
      if (axis?.ticktext) axis.ticktext = written(axis.ticktext);
    }
    (figure.layout?.annotations || []).forEach((note) => (note.text = written(note.text)));
    return figure;
  }

  function colourTrace(trace, look) {
    const role = trace.meta?.role || "accent";
    const index = role.startsWith("series-") ? Number(role.slice(7)) - 1 : 0;
    const colour = look.colours[index];
    if (role === "parts") {
      trace.marker = { colors: look.colours, line: { color: look.ground, width: 2 } };
    } else if (role === "heat") {
      trace.colorscale = [[0, look.soft], [1, look.accent]];
    } else if (role === "waterfall") {
      trace.increasing = { marker: { color: look.accent } };
      trace.decreasing = { marker: { color: look.bad } };
      trace.totals = { marker: { color: look.good } };
      trace.connector = { line: { color: look.line, width: 1 } };
    } else if (trace.type === "bar") {
      trace.marker = { ...trace.marker, color: colour, cornerradius: 4 };
    } else {
      trace.line = { ...trace.line, color: colour, width: 2.5 };
      trace.marker = { ...trace.marker, color: colour, size: trace.mode?.includes("text") ? 11 : 6 };
      trace.cliponaxis = false;
      if (trace.fill) trace.fillcolor = look.soft;
    }
    return trace;
  }

  function layout(figure, look, height) {
    const rtl = document.documentElement.dir === "rtl";
    const narrow = window.innerWidth < 560;
    const axis = { color: look.text, gridcolor: look.line, linecolor: look.line, zerolinecolor: look.line, automargin: true, fixedrange: true };
    const own = figure.layout || {};
    delete own.template;
    // Labels below the plot may be turned and grow long; a ring has none.
    const ring = figure.data.some((trace) => trace.type === "pie");
    const below = ring ? { y: -0.18 } : { y: 1.02, yanchor: "bottom" };
    return {
      ...own,
      height,
      font: { family: look.font, size: narrow ? 11 : 12, color: look.text },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 8, r: 8, t: 8, b: 8, pad: 4 },
      bargap: 0.38,
      xaxis: { ...axis, showgrid: false, ...own.xaxis },
      yaxis: { ...axis, ...own.yaxis, side: rtl && own.yaxis?.type !== "category" ? "right" : own.yaxis?.side },
      legend: { orientation: "h", x: rtl ? 1 : 0, xanchor: rtl ? "right" : "left", ...below, ...own.legend, font: { color: look.ink } },
      hoverlabel: { bgcolor: look.ground, bordercolor: look.line, font: { family: look.font, color: look.ink } },
      annotations: (own.annotations || []).map((note) => ({ ...note, font: { size: note.text.length > 8 ? 13 : 18, color: look.ink } })),
      shapes: (own.shapes || []).map((shape) => ({ ...shape, line: { ...shape.line, color: look.text } })),
    };
  }

  function draw(place) {
    const figure = isolate(JSON.parse(place.nextElementSibling.textContent));
    const look = palette();
    const height = Math.max(place.clientHeight, 176);
    const traces = figure.data.map((trace) => colourTrace(trace, look));
    window.Plotly.react(place, traces, layout(figure, look, height), {
      displayModeBar: false, responsive: true, locale: "en",
    });
    follow(place);
  }

  // A point leads to its page where the figure names one of this host.
  function follow(place) {
    if (!place.on || place.dataset.follows) return;
    place.dataset.follows = "1";
    place.on("plotly_click", (event) => {
      const point = event.points[0];
      // A cell of a heat map is named by row and column.
      const at = [point?.pointIndex ?? point?.pointNumber].flat();
      const link = at.reduce((links, index) => links?.[index], point?.data.meta?.links);
      if (typeof link === "string" && link.startsWith("/") && !link.startsWith("//")) window.location.assign(link);
    });
    if (place.data.some((trace) => trace.meta?.links?.length)) place.classList.add("chart-leads");
  }

  let loading = null;
  function plotly() {
    loading ??= new Promise((done, failed) => {
      if (window.Plotly) return done();
      const script = document.createElement("script");
      script.src = loader.dataset.plotly;
      // The bundle adds a style sheet while it loads: it carries the nonce of the page's policy.
      const create = document.createElement;
      document.createElement = function (name, ...rest) {
        const element = create.call(document, name, ...rest);
        if (name === "style") element.nonce = nonce;
        return element;
      };
      const settle = (then) => () => {
        document.createElement = create;
        then();
      };
      script.onload = settle(done);
      script.onerror = settle(failed);
      document.head.append(script);
    });
    return loading;
  }

  async function drawAll(root) {
    const places = [...root.querySelectorAll("[data-chart]")];
    if (!places.length) return;
    await plotly();
    await document.fonts.ready;
    places.forEach(draw);
    document.documentElement.dataset.chartsDrawn = "1";
  }

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) drawAll(event.detail.elt);
  });
  document.addEventListener("live:changed", (event) => drawAll(event.target));
  window.addEventListener("themechange", () => drawAll(document));
  window.addEventListener("beforeprint", () => drawAll(document));
})();
