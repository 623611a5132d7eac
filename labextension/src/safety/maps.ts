/**
 * Maps in plotly figures: drawn without background, from the outlines that are shipped.
 * plotly.js loads a map's background style, its icons and its letters from elsewhere.
 */

export const EMPTY_MAP = 'white-bg';

/** Of the outlines of countries only the coarse ones of these regions are shipped. */
export const OUTLINES = 110;
export const SCOPES: ReadonlySet<unknown> = new Set([
  'world',
  'usa',
  'europe',
  'asia',
  'africa',
  'north america',
  'south america'
]);

type Attributes = Record<string, unknown>;

const TRACE = /^(?:scatter|density|choropleth|)map(box)?$/;
const SUBPLOT = /^map(?:box)?(?:[2-9]|[1-9]\d+)?$/;

/** Whether a trace of this type is drawn on a map with a background. */
export function isMap(kind: unknown): boolean {
  return typeof kind === 'string' && TRACE.test(kind);
}

/** Change the maps of a filtered figure so that drawing them loads nothing. */
export function quietMaps(
  data: Attributes[],
  layout: Attributes,
  frames: Attributes[]
): void {
  const inFrames = frames.flatMap(frame => listOf(frame.data));
  const maps = [...data, ...inFrames].filter(trace => isMap(trace.type));
  for (const trace of maps) {
    const byDefault = String(trace.type).endsWith('mapbox') ? 'mapbox' : 'map';
    const subplot = trace.subplot ?? byDefault;
    if (typeof subplot !== 'string' || !SUBPLOT.test(subplot)) {
      delete trace.subplot;
    }
    layout[String(trace.subplot ?? byDefault)] ??= {};
    quietTrace(trace);
  }
  templateTraces(layout).forEach(quietTrace);
  for (const name of Object.keys(layout).filter(key => SUBPLOT.test(key))) {
    const subplot = isAttributes(layout[name]) ? layout[name] : {};
    layout[name] = { ...subplot, style: EMPTY_MAP };
    if (subplot.layers) {
      const layers = listOf(subplot.layers).filter(layer => layer.type !== 'symbol');
      layout[name] = { ...subplot, style: EMPTY_MAP, layers };
    }
  }
  if (maps.length) {
    [...listOf(layout.updatemenus), ...listOf(layout.sliders)].forEach(keepAnimations);
  }
}

function templateTraces(layout: Attributes): Attributes[] {
  const template = layout.template;
  const data = isAttributes(template) ? template.data : undefined;
  return isAttributes(data)
    ? Object.entries(data).flatMap(([kind, traces]) =>
        isMap(kind) ? listOf(traces) : []
      )
    : [];
}

/** Icons other than the circle are pictures to load; so are the letters of a text. */
function quietTrace(trace: Attributes): void {
  if (isAttributes(trace.marker) && (trace.marker.symbol ?? 'circle') !== 'circle') {
    delete trace.marker.symbol;
  }
  if (typeof trace.mode === 'string') {
    const kept = trace.mode.split('+').filter(part => part !== 'text');
    trace.mode = kept.join('+') || 'markers';
  }
}

/** A button could bring icons or letters back; only those that play frames stay. */
function keepAnimations(menu: Attributes): void {
  for (const name of ['buttons', 'steps']) {
    if (menu[name]) {
      menu[name] = listOf(menu[name]).filter(button => button.method === 'animate');
    }
  }
}

function listOf(value: unknown): Attributes[] {
  return Array.isArray(value) ? value.filter(isAttributes) : [];
}

function isAttributes(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
