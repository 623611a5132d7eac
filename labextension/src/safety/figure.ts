/**
 * Plotly figures, reduced to what may be drawn. The server filters what comes from a sandbox;
 * this filter is the page's own, so that nothing that is drawn here can load or link anything,
 * wherever the figure came from.
 */

import { ATTRIBUTES } from './attributes';
import { EMPTY_MAP, isMap, OUTLINES, quietMaps, SCOPES } from './maps';

export const PLOTLY_MIME = 'application/vnd.plotly.v1+json';

export interface IFigure {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  frames?: Record<string, unknown>[];
}

const MAX_DEPTH = 40;
const NEVER = new Set([
  'images',
  'config',
  'accesstoken',
  'topojsonurl',
  'plotlyserverurl',
  'tiles',
  '__proto__'
]);
const ADDRESS = new Set(['source', 'geojson', 'sourcelayer', 'url', 'href']);
/** Whatever is below these is data of the figure's author, not plotly's attributes. */
const FREE = new Set(['customdata', 'meta', 'geojson', 'source']);
/** What a button may not set: it would load a background or outlines. */
const LOADING = new Set(['style', 'resolution', 'scope']);
const FONT_STYLES = new Set(['normal', 'italic']);
const PICTURE = /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]*$/;
/**
 * A `<` that begins none of these, whole: plotly.js joins texts (prefixes, templates, labels)
 * and only then reads tags, so half a tag here and its rest there would make one that fetches.
 */
const NO_TAG =
  /<(?!(?:\/?(?:b|i|em|strong|u|s|sub|sup|br|span|extra)\s*\/?>)|span\s+style=(["'])(?![^"']*url)[A-Za-z0-9 :;,.#%()-]*\1\s*>)/gi;
const LINK = /<\/?a(\s[^<>]*)?>/gi;

/** The figure without anything that loads or links; null if it is no figure. */
export function safeFigure(value: unknown): IFigure | null {
  if (!isObject(value) || !Array.isArray(value.data) || !isObject(value.layout ?? {})) {
    return null;
  }
  const data = value.data.filter(isObject).map(trace => filterObject(trace, 0));
  const layout = filterObject((value.layout ?? {}) as Record<string, unknown>, 0);
  const frames = Array.isArray(value.frames)
    ? value.frames.filter(isObject).map(frame => filterObject(frame, 0))
    : [];
  quietMaps(data, layout, frames);
  return frames.length ? { data, layout, frames } : { data, layout };
}

function filterObject(
  value: Record<string, unknown>,
  depth: number,
  free = false
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const parts = partsOf(key);
    const last = lastOf(key);
    if (parts.some(part => NEVER.has(part)) || !(free || parts.every(isAttribute))) {
      continue;
    }
    if (last === 'style' && typeof item !== 'number') {
      kept[key] = typeof item === 'string' && FONT_STYLES.has(item) ? item : EMPTY_MAP;
    } else if (last === 'resolution') {
      kept[key] = OUTLINES;
    } else if (last === 'scope') {
      if (SCOPES.has(item)) {
        kept[key] = item;
      }
    } else if (ADDRESS.has(last) && typeof item === 'string') {
      if (last === 'source' && PICTURE.test(item)) {
        kept[key] = item;
      }
    } else {
      kept[key] = filterValue(key, item, depth, free || FREE.has(last));
    }
  }
  return kept;
}

/** Each part of a path, the numbers of subplots (`xaxis2`) and of lists left out. */
function isAttribute(part: string): boolean {
  const name = part.replace(/\d+$/, '');
  return !name || ATTRIBUTES.has(name);
}

function filterValue(key: string, value: unknown, depth: number, free: boolean): unknown {
  if (depth > MAX_DEPTH) {
    return null;
  }
  if (Array.isArray(value)) {
    if (/^args2?$/.test(key) && value.some(loads)) {
      return [];
    }
    // Numbers are nodes of a sankey's links; text would be an address in a list.
    const inAddress = ADDRESS.has(lastOf(key));
    return value
      .filter(item => !inAddress || typeof item !== 'string')
      .map(item => filterValue(inAddress ? key : '', item, depth + 1, free));
  }
  if (isObject(value)) {
    return filterObject(value, depth + 1, free);
  }
  return typeof value === 'string' ? filterText(value) : value;
}

/** Whether a button's argument is an attribute path, or makes a trace, that loads. */
function loads(argument: unknown): boolean {
  if (isObject(argument)) {
    return Object.entries(argument).some(
      ([key, kind]) => lastOf(key) === 'type' && [kind].flat().some(isMap)
    );
  }
  if (typeof argument !== 'string' || argument.length > 200) {
    return false;
  }
  const loading = partsOf(argument).some(
    part => NEVER.has(part) || ADDRESS.has(part) || LOADING.has(part)
  );
  return loading || isMap(argument);
}

function filterText(text: string): string {
  return text.replace(LINK, '').replace(NO_TAG, '&lt;');
}

/** The figure's own title as plain text; "" if it has none. */
export function titleOf(figure: IFigure): string {
  const title = figure.layout.title;
  const text = isObject(title) ? title.text : title;
  return typeof text === 'string'
    ? text
        .replace(/<[^>]*>/g, ' ')
        .replace(/&lt;/g, '<')
        .trim()
    : '';
}

/** The attributes of a key; relayout takes paths: `map.layers[0].source`. */
function partsOf(key: string): string[] {
  return key
    .toLowerCase()
    .split(/[.[\]]+/)
    .filter(Boolean);
}

function lastOf(key: string): string {
  return partsOf(key).pop() ?? '';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
