// Links that a person copies. They are completed here, because only the browser knows its own address and its place (#u, t, head).

const HASH_EVERY = 500; // milliseconds between two looks at the address

/** The whole address of a link: where others reach this server, its query, and where the scope is now. */
function address({ query, place }, join) {
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const base = local && join ? join : location.origin;
  return `${base}${location.pathname}?${query}${place ? location.hash : ""}`;
}

/** Copies a text; without the clipboard's permission (plain http) by selecting it. */
async function copy(text, input) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    input.select();
    document.execCommand("copy");
  }
}

function row(link, join) {
  const input = Object.assign(document.createElement("input"), { readOnly: true, value: address(link, join), title: link.about });
  input.setAttribute("aria-label", `${link.title} link`);
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.onclick = async () => {
    await copy(input.value, input);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };
  const words = document.createElement("div");
  words.append(Object.assign(document.createElement("b"), { textContent: link.title }), ` ${link.about}`);
  const line = Object.assign(document.createElement("div"), { className: "line" });
  line.append(input, button);
  const element = Object.assign(document.createElement("div"), { className: "link" });
  element.append(words, line);
  return { element, refresh: () => (input.value = address(link, join)) };
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".links");
  const rows = data.links.map((link) => row(link, data.join));
  root.replaceChildren(...rows.map(({ element }) => element));
  const timer = setInterval(() => rows.forEach(({ refresh }) => refresh()), HASH_EVERY);
  parentElement.memvizStop?.();
  parentElement.memvizStop = () => clearInterval(timer);
  return () => clearInterval(timer);
}
