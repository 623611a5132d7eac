import { type IFigure, isObject } from '../safety/figure';

/** Colours of Lab's theme, as they are right now. */
export interface IChartTheme {
  text: string;
  grid: string;
  font: string;
}

/** Where a chart is drawn. */
export interface IChartPlace {
  /** In pixels; null where it takes the height that there is. */
  height: number | null;
  fontSize: number;
  /** The room for a legend below the chart: its width in pixels, and how many lines of it. */
  legend: { width: number; lines: number };
  /** Whether plotly's own tools (zoom, pan, download) are offered while it is pointed at. */
  tools: boolean;
}

export const IN_PANEL = {
  height: 280,
  fontSize: 11,
  legend: { width: 280, lines: 4 },
  tools: false
} as const satisfies IChartPlace;
export const IN_WORKSPACE: IChartPlace = {
  height: null,
  fontSize: 12,
  legend: { width: 640, lines: 6 },
  tools: true
};

/** Of an entry in a legend: its symbol with the gaps, and a letter's width to its height. */
const SYMBOL_PX = 45;
const LETTER = 0.6;

/** The figure in the theme's colours, as wide as its place, without its title. */
export function themedFigure(
  figure: IFigure,
  theme: IChartTheme,
  place: IChartPlace
): Record<string, unknown> {
  const layout = { ...figure.layout };
  ['title', 'width', 'height'].forEach(key => delete layout[key]);
  const themed: Record<string, unknown> = {
    ...layout,
    autosize: true,
    ...(place.height === null ? {} : { height: place.height }),
    margin: { l: 48, r: 12, t: 12, b: 40 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: {
      ...asObject(layout.font),
      family: theme.font,
      size: place.fontSize,
      color: theme.text
    }
  };
  for (const [key, value] of Object.entries(layout)) {
    if (/^[xy]axis\d*$/.test(key)) {
      themed[key] = themedAxis(key, asObject(value), theme, place.fontSize);
    }
  }
  for (const key of ['xaxis', 'yaxis']) {
    themed[key] ??= themedAxis(key, {}, theme, place.fontSize);
  }
  const coloraxis = asObject(layout.coloraxis);
  if (layout.coloraxis) {
    const colorbar = { ...asObject(coloraxis.colorbar), thickness: 10, outlinewidth: 0 };
    themed.coloraxis = { ...coloraxis, colorbar };
  }
  if (legendLines(figure, place) > place.legend.lines) {
    themed.showlegend = false; // it would leave no room for the chart; pointing at it names each
  } else if (figure.data.length > 1 || layout.showlegend === true) {
    themed.legend = {
      ...asObject(layout.legend),
      title: { text: '' },
      orientation: 'h',
      x: 0,
      // At the figure's lower edge, whatever the axes above it need.
      yref: 'container',
      y: 0,
      yanchor: 'bottom',
      bgcolor: 'rgba(0,0,0,0)'
    };
  }
  return {
    data: figure.data,
    layout: themed,
    frames: figure.frames ?? [],
    config: {
      displaylogo: false,
      displayModeBar: place.tools ? 'hover' : false,
      responsive: true,
      showLink: false
    }
  };
}

/** How many lines the legend takes: its columns are as wide as the longest name. */
function legendLines(figure: IFigure, { legend, fontSize }: IChartPlace): number {
  const shown = figure.data.filter(trace => trace.showlegend !== false);
  const names = new Set(shown.map(trace => String(trace.name ?? '')));
  const longest = Math.max(0, ...[...names].map(name => name.length));
  const columns = Math.floor(legend.width / (SYMBOL_PX + longest * fontSize * LETTER));
  return Math.ceil(names.size / Math.max(1, columns));
}

/** Ink on white paper, as in exported pages by day. */
const PAPER: IChartTheme = {
  text: '#1f2328',
  grid: '#d5d9de',
  font: 'system-ui, sans-serif'
};

/** The figure as its picture shows it, with its title: on paper, of this size in pixels. */
export function paperFigure(
  figure: IFigure,
  width: number,
  height: number
): { data: unknown; layout: Record<string, unknown> } {
  // Nobody points at a picture, so its legend is never left out.
  const legend = { width, lines: Infinity };
  const place = { height, fontSize: 12, legend, tools: false };
  const { data, layout } = themedFigure(figure, PAPER, place);
  const { title } = figure.layout;
  const shown =
    typeof title === 'string' ? { text: title } : (title as object | undefined);
  return {
    data,
    layout: {
      ...asObject(layout),
      width,
      height,
      paper_bgcolor: '#ffffff',
      ...(shown && {
        title: { ...shown, x: 0, xref: 'container', xanchor: 'left' },
        margin: { l: 48, r: 12, t: 48, b: 40 }
      })
    }
  };
}

function themedAxis(
  name: string,
  axis: Record<string, unknown>,
  theme: IChartTheme,
  fontSize: number
): object {
  const title =
    typeof axis.title === 'string' ? { text: axis.title } : asObject(axis.title);
  return {
    showgrid: name.startsWith('y'),
    ...axis,
    title: { ...title, font: { ...asObject(title.font), size: fontSize } },
    automargin: true,
    gridcolor: theme.grid,
    zerolinecolor: theme.grid,
    linecolor: theme.grid
  };
}

/** Read on a light page and on a dark one: 4.5 to 1 on white, 4.2 to 1 on Lab's darkest. */
const NEUTRAL = '#777777';
const NEUTRAL_GRID = 'rgba(128, 128, 128, 0.3)';
const CLEAR = 'rgba(0, 0, 0, 0)';
const AXES: Record<string, string[]> = {
  polar: ['angularaxis', 'radialaxis'],
  ternary: ['aaxis', 'baxis', 'caxis']
};

/**
 * The figure as it stands in a notebook, where the theme may change after it was drawn: what plotly
 * takes for granted (white paper, dark letters) becomes neutral. What its code chose stays.
 */
export function neutralFigure(figure: IFigure): IFigure {
  const template = asObject(figure.layout.template);
  const given = asObject(template.layout);
  if (!/^(white|#fff(fff)?)?$/i.test(String(given.paper_bgcolor ?? ''))) {
    return figure; // a template of another colour was chosen
  }
  const axis = (of: Record<string, unknown>, name: string) => ({
    ...asObject(of[name]),
    gridcolor: NEUTRAL_GRID,
    linecolor: NEUTRAL_GRID,
    zerolinecolor: NEUTRAL_GRID
  });
  const layout: Record<string, unknown> = {
    ...given,
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    font: { ...asObject(given.font), color: NEUTRAL },
    xaxis: axis(given, 'xaxis'),
    yaxis: axis(given, 'yaxis'),
    geo: { ...asObject(given.geo), bgcolor: CLEAR }
  };
  for (const [name, axes] of Object.entries(AXES)) {
    const part = asObject(given[name]);
    const drawn = axes.map(axisName => [axisName, axis(part, axisName)]);
    layout[name] = { ...part, ...Object.fromEntries(drawn), bgcolor: CLEAR };
  }
  return {
    ...figure,
    layout: { ...figure.layout, template: { ...template, layout } }
  };
}

/** What a chart is, in a few words: bar chart, 5 points. */
export function describeFigure(figure: IFigure): { kind: string; points: number } {
  const first = figure.data[0] ?? {};
  const type = String(first.type ?? 'scatter');
  const isLine = type.startsWith('scatter') && String(first.mode ?? '').includes('lines');
  const points = figure.data.reduce((sum, trace) => sum + pointCount(trace), 0);
  return { kind: isLine ? 'line' : type, points };
}

const VALUES = ['x', 'y', 'z', 'values', 'labels', 'locations'];
const BYTES: Record<string, number> = { i1: 1, u1: 1, i2: 2, u2: 2, i4: 4, u4: 4, f4: 4 };

function pointCount(trace: Record<string, unknown>): number {
  return Math.max(0, ...VALUES.map(key => arrayLength(trace[key])));
}

/** Arrays are plain, or base64 typed arrays {dtype, bdata}. */
function arrayLength(value: unknown): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  if (isObject(value) && typeof value.bdata === 'string') {
    const bytes = Math.floor((value.bdata.replace(/=+$/, '').length * 3) / 4);
    return Math.floor(bytes / (BYTES[String(value.dtype)] ?? 8));
  }
  return 0;
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
