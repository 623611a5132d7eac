const TABS = ["Plan", "Code", "Charts", "Logs"];
const CHARTS_SHOWN = 0;
const CHARTS_HIDDEN = 1;

// Everything is text: nothing that came from a model or a sandbox is ever parsed as markup.
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function fill(panel, name, model) {
  panel.replaceChildren();
  if (name === "Plan") {
    const steps = element("ol", "datalens-run-plan");
    steps.append(...model.get("plan").map((step) => element("li", "", step)));
    panel.append(steps);
  } else if (name === "Code") {
    panel.append(...model.get("code").map((code) => element("pre", "datalens-run-code", code)));
  } else if (name === "Logs") {
    panel.append(element("pre", "datalens-run-log", model.get("log")));
  }
}

function render({ model, el }) {
  const root = element("div", "datalens-run");
  const status = element("div", "datalens-run-status");
  status.setAttribute("role", "status");
  const list = element("div", "datalens-run-tabs");
  list.setAttribute("role", "tablist");
  const panel = element("div", "datalens-run-panel");
  panel.setAttribute("role", "tabpanel");
  let current = "Plan";

  const buttons = TABS.map((name) => {
    const button = element("button", "datalens-run-tab", name);
    button.type = "button";
    button.setAttribute("role", "tab");
    button.addEventListener("click", () => select(name));
    button.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (move) {
        const next = (TABS.indexOf(name) + move + TABS.length) % TABS.length;
        select(TABS[next]);
        buttons[next].focus();
      }
    });
    return button;
  });

  function draw() {
    status.textContent = model.get("status");
    const counts = { Plan: model.get("plan").length, Code: model.get("code").length };
    counts.Charts = model.get("chart_count");
    buttons.forEach((button, index) => {
      const name = TABS[index];
      button.textContent = counts[name] ? `${name} ${counts[name]}` : name;
      button.setAttribute("aria-selected", String(name === current));
      button.tabIndex = name === current ? 0 : -1;
    });
    fill(panel, current, model);
  }

  function select(name) {
    current = name;
    model.set("pane", name === "Charts" ? CHARTS_SHOWN : CHARTS_HIDDEN);
    model.save_changes();
    draw();
  }

  list.append(...buttons);
  root.append(status, list, panel);
  el.append(root);
  model.on("change", draw);
  draw();
  return () => model.off("change", draw);
}

export default { render };
