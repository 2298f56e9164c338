// What a panel outside the overlay draws over itself: the time cursor, the slot's row, and the cell under the pointer.

/** Draws the marks of `unit`, as overlay.js does for the panels of the figure. */
export function drawMarks(unit, view) {
  const { panel, shown, width, height } = unit;
  const context = unit.canvas.getContext("2d");
  context.strokeStyle = context.fillStyle = view.ink.ink;
  if (shown.rows === "slot" || shown.columns === "slot") slotLines(context, unit, view);
  context.lineWidth = 1.25;
  if (panel.cursor === "t" && shown.form !== "lines") context.strokeRect((view.t * width) / view.T + 0.5, 0.5, width / view.T - 1, height - 1);
  if (panel.cursor === "t" && shown.form === "lines") thin(context, [((view.t + 0.5) * width) / view.T, 0, 1, height]);
  if (view.hover?.unit === unit && shown.form === "heatmap") cell(context, unit, view.hover);
}

function thin(context, rect) {
  context.globalAlpha = 0.35;
  context.fillRect(...rect);
  context.globalAlpha = 1;
}

/** Dashed lines around the slot of the story, along every axis that has slots on it. */
function slotLines(context, { shown, width, height }, { slots, slot }) {
  const place = slots.indexOf(slot);
  if (place < 0) return;
  const lanes = slots.length + (shown.form === "events" ? 1 : 0);
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  context.setLineDash([3, 3]);
  context.beginPath();
  for (const edge of [place / lanes, (place + 1) / lanes]) {
    if (shown.rows === "slot" || shown.form === "bars") line(context, [0, edge * height], [width, edge * height]);
    if (shown.columns === "slot" && shown.form !== "bars") line(context, [edge * width, 0], [edge * width, height]);
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function line(context, from, to) {
  context.moveTo(...from);
  context.lineTo(...to);
}

function cell(context, { grid, order, width, height, shown }, { row, column }) {
  const sorted = order && shown.rows === "slot";
  const [across, down] = [width / grid.columns, height / (sorted ? order.length : grid.rows)];
  context.lineWidth = 1.5;
  context.strokeRect(column * across - 0.5, (sorted ? order.indexOf(row) : row) * down - 0.5, across + 1, down + 1);
}
