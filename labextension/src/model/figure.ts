import { type IFigure, isObject } from '../safety/figure';

/** Colours of Lab's theme, as they are right now. */
export interface IChartTheme {
  text: string;
  grid: string;
  font: string;
}

export const CHART_HEIGHT = 280;

/** The figure as the panel draws it: in the theme's colours, as wide as the panel, no title. */
export function panelFigure(
  figure: IFigure,
  theme: IChartTheme
): Record<string, unknown> {
  const layout = { ...figure.layout };
  ['title', 'width', 'height'].forEach(key => delete layout[key]);
  const themed: Record<string, unknown> = {
    ...layout,
    autosize: true,
    height: CHART_HEIGHT,
    margin: { l: 48, r: 12, t: 12, b: 40 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { ...asObject(layout.font), family: theme.font, size: 11, color: theme.text }
  };
  for (const [key, value] of Object.entries(layout)) {
    if (/^[xy]axis\d*$/.test(key)) {
      themed[key] = themedAxis(key, asObject(value), theme);
    }
  }
  for (const key of ['xaxis', 'yaxis']) {
    themed[key] ??= themedAxis(key, {}, theme);
  }
  const coloraxis = asObject(layout.coloraxis);
  if (layout.coloraxis) {
    const colorbar = { ...asObject(coloraxis.colorbar), thickness: 10, outlinewidth: 0 };
    themed.coloraxis = { ...coloraxis, colorbar };
  }
  if (figure.data.length > 1 || layout.showlegend === true) {
    const legend = asObject(layout.legend);
    themed.legend = {
      ...legend,
      title: { text: '' },
      orientation: 'h',
      x: 0,
      y: -0.22,
      yanchor: 'top',
      bgcolor: 'rgba(0,0,0,0)'
    };
  }
  return {
    data: figure.data,
    layout: themed,
    frames: figure.frames ?? [],
    config: {
      displaylogo: false,
      displayModeBar: false,
      responsive: true,
      showLink: false
    }
  };
}

function themedAxis(
  name: string,
  axis: Record<string, unknown>,
  theme: IChartTheme
): object {
  const title =
    typeof axis.title === 'string' ? { text: axis.title } : asObject(axis.title);
  return {
    showgrid: name.startsWith('y'),
    ...axis,
    title: { ...title, font: { ...asObject(title.font), size: 11 } },
    automargin: true,
    gridcolor: theme.grid,
    zerolinecolor: theme.grid,
    linecolor: theme.grid
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
