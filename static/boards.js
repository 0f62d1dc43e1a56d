// Charts of a board, drawn above their tables from the tables' own cells where the reader asks for them: the library is 240 KB
// and half a second of a processor.  Without this file or without ECharts the tables are all there is to read.
(function () {
  "use strict";
  var me = document.currentScript, line = navigator.connection || {}, KEY = "xiaohao-charts";
  // Light or dark, as the page is.
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  // Told apart by lightness as well, for whoever does not see red and green.
  var COLOURS = { left: colour("--ahead"), through: colour("--held"), late: colour("--past"), tardy: "#e0a458" };
  var INK = colour("--ink"), SOFT = colour("--soft"), LINE = colour("--line");
  var FONT = '-apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif';

  function read(table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells), rows = Array.prototype.slice.call(table.tBodies[0].rows);
    return {
      labels: rows.map(function (row) { return row.cells[0].textContent.trim(); }),
      series: heads.map(function (head, at) { return { head: head, at: at }; }).filter(function (one) { return one.head.dataset.series; }).map(function (one) {
        return {
          name: one.head.dataset.label || one.head.textContent.trim(), colour: COLOURS[one.head.dataset.series], line: !!one.head.dataset.line,
          values: rows.map(function (row) { var cell = row.cells[one.at]; return Number(cell.dataset.v || cell.textContent.trim()) || 0; })
        };
      })
    };
  }

  function drawn(kind, data, width) {
    var names = { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: INK, interval: kind === "trend" || kind === "columns" ? "auto" : 0, hideOverlap: true } };
    var values = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: SOFT } };
    var flat = kind === "rows" || kind === "funnel";
    var option = {
      animation: false, textStyle: { fontFamily: FONT, color: INK }, color: data.series.map(function (one) { return one.colour; }),
      grid: { left: 4, right: 16, top: kind === "funnel" ? 4 : 30, bottom: 4, containLabel: true },
      legend: { show: kind !== "funnel", top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: INK } }
    };
    // Long names leave the bars at least half of a narrow page; the table below has them whole.
    if (flat) { names.axisLabel.width = Math.round(width * .4); names.axisLabel.overflow = "truncate"; }
    if (flat) { names.inverse = true; option.yAxis = names; option.xAxis = values; } else { option.xAxis = names; option.yAxis = values; }
    option.series = data.series.map(function (one) {
      return one.line ? { name: one.name, type: "line", data: one.values, symbolSize: 6, lineStyle: { width: 2 } }
        : { name: one.name, type: "bar", data: one.values, stack: kind === "trend" ? undefined : "all", barMaxWidth: 18 };
    });
    if (kind === "funnel") {
      // Each step centred under the one before: the same bar with half of what is missing beside it.
      var steps = data.series[0].values, most = Math.max.apply(null, steps.concat(1));
      values.show = false; values.max = most; option.yAxis.axisLine = { show: false };
      option.series = [
        { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: steps.map(function (n) { return (most - n) / 2; }) },
        { type: "bar", stack: "all", barMaxWidth: 22, barCategoryGap: "15%", data: steps.map(function (n, at) {
          return { value: n, itemStyle: { color: ["#b7d3d2", "#d9b23c", "#dd8a2b", "#cf5f28", "#b3261e", "#6d0f14"][at] },
            // Inside a long bar, beside a short one.
            label: { show: true, position: n * 6 > most ? "inside" : "right", color: n * 6 > most ? (at > 2 ? "#fff" : "#17323a") : INK } };
        }) }
      ];
    }
    return option;
  }

  function places() {
    return Array.prototype.map.call(document.querySelectorAll("table[data-chart]"), function (table) {
      var kind = table.dataset.chart, data = read(table), box = document.createElement("div");
      box.className = "x-chart";
      box.setAttribute("aria-hidden", "true");
      // Held free from the start, so that nothing moves under the reader's eyes when the chart comes.
      box.style.height = (kind === "rows" ? 40 + 26 * data.labels.length : kind === "funnel" ? 30 * data.labels.length : 220) + "px";
      table.parentNode.insertBefore(box, table);
      return { box: box, kind: kind, data: data };
    });
  }

  function draw(found) {
    found.forEach(function (one) {
      var chart = window.echarts.init(one.box, null, { renderer: "svg" });
      function fit() {
        chart.resize();
        var svg = one.box.querySelector("svg");
        // So that paper, which is narrower than the screen, shows all of it.
        svg.setAttribute("viewBox", "0 0 " + chart.getWidth() + " " + chart.getHeight());
      }
      chart.setOption(drawn(one.kind, one.data, chart.getWidth()));
      fit();
      window.addEventListener("resize", fit);
    });
  }

  // Paper has nothing to unfold.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".x-board details").forEach(function (one) { one.open = true; });
  });
  function fetch() {
    var found = places(), script = document.createElement("script");
    script.src = me.dataset.echarts;
    script.onload = function () { draw(found); };
    script.onerror = function () { found.forEach(function (one) { one.box.remove(); }); };
    document.head.appendChild(script);
  }
  var first = document.querySelector(".x-board");
  if (!document.querySelector("table[data-chart]") || !first) return;
  // Asked for once, a desk's browser shows them from then on; a phone, or a line that is slow or dear, each time anew.
  var away = window.matchMedia("(max-width: 767px)").matches || line.saveData || /2g/.test(line.effectiveType || "");
  function remember(shown) {
    try { if (shown) localStorage.setItem(KEY, "shown"); else localStorage.removeItem(KEY); } catch (error) { /* asked again */ }
  }
  function remembered() {
    try { return localStorage.getItem(KEY) === "shown"; } catch (error) { return false; }
  }
  var button = document.createElement("button"), shown = false;
  function show() {
    shown = true;
    button.textContent = me.dataset.hide;
    fetch();
  }
  button.type = "button";
  button.className = "x-draw btn btn-outline-primary mb-3 d-print-none";
  button.textContent = me.dataset.draw;
  button.onclick = function () {
    if (!away || shown) remember(!shown);
    if (shown) location.reload(); else show();
  };
  first.parentNode.insertBefore(button, first);
  // After everything else: the tables are read meanwhile.
  if (!away && remembered()) { if (document.readyState === "complete") show(); else window.addEventListener("load", show); }
})();
