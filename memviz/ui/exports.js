// The figure as a file, drawn in the browser by the plotly that our own server keeps: no network beyond it.

const LIBRARY = "/memviz/plotly.js";
const SCALE = 3; // pixels of a PNG for one of the screen
let loading = null;

/** plotly, fetched when the first figure is saved. */
function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: LIBRARY });
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = () => reject(new Error("the drawing library did not come"));
    document.head.append(script);
  });
  loading.catch(() => (loading = null)); // the next press tries again
  return loading;
}

/** Saves the figure; `format` is "svg" or "png". */
async function save(format, { figure, name, width, height }) {
  const library = await plotly();
  const url = await library.toImage(JSON.parse(figure[format]), { format, width, height, scale: format === "png" ? SCALE : 1 });
  Object.assign(document.createElement("a"), { href: url, download: `${name}.${format}` }).click();
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".exports");
  const said = Object.assign(document.createElement("span"), { role: "status" });
  const buttons = [["svg", "SVG, for a paper"], ["png", "PNG, for a slide"]].map(([format, text]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.onclick = async () => {
      button.disabled = true;
      said.textContent = "drawing …";
      try {
        await save(format, data);
        said.textContent = "saved";
      } catch (error) {
        said.textContent = `It could not be drawn: ${error.message}. Press again, or take the camera above the figure.`;
      }
      button.disabled = false;
    };
    return button;
  });
  root.replaceChildren(...buttons, said);
}
