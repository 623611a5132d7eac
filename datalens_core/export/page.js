// Charts in the page's own letters and colours, as the panel draws them.
const CLEAR = 'rgba(0, 0, 0, 0)';
const TITLE_PX = 15;
const LETTERS_PX = 12;

const object = value => (value && typeof value === 'object' ? value : {});
const titled = (title, size) => {
  const held = typeof title === 'string' ? { text: title } : object(title);
  return { ...held, font: { ...object(held.font), size } };
};

function themed({ width, height, ...layout }) {
  const page = getComputedStyle(document.body);
  const line = getComputedStyle(document.querySelector('h2')).borderTopColor;
  const axis = (name, given) => ({
    showgrid: name.startsWith('y'),
    ...given,
    title: titled(given.title, LETTERS_PX),
    automargin: true,
    gridcolor: line,
    zerolinecolor: line,
    linecolor: line
  });
  const title = titled(layout.title, TITLE_PX);
  const made = {
    ...layout,
    autosize: true,
    title: { ...title, x: 0, xref: 'container', xanchor: 'left' },
    margin: { l: 48, r: 12, t: title.text ? 48 : 12, b: 40 },
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    font: {
      ...object(layout.font),
      family: page.fontFamily,
      size: LETTERS_PX,
      color: page.color
    }
  };
  const axes = Object.keys(layout).filter(key => /^[xy]axis\d*$/.test(key));
  for (const name of new Set(['xaxis', 'yaxis', ...axes])) {
    made[name] = axis(name, object(layout[name]));
  }
  return made;
}

const root = document.documentElement;
const paints = [];
const paint = () => paints.forEach(again => again());

for (const place of document.querySelectorAll('.chart')) {
  const { data, layout, frames } = JSON.parse(
    document.getElementById(place.dataset.figure).textContent
  );
  const config = {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: ''
  };
  Plotly.newPlot(place, { data, layout: themed(object(layout)), frames, config });
  paints.push(() => Plotly.relayout(place, themed(object(layout))));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
for (const [moment, scheme] of [['beforeprint', 'light'], ['afterprint', '']]) {
  addEventListener(moment, () => {
    root.style.colorScheme = scheme;
    paint();
  });
}
