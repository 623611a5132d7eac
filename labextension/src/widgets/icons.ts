import { LabIcon } from '@jupyterlab/ui-components';

/** A lens over three bars. */
export const dataLensIcon = new LabIcon({
  name: 'datalens:lens',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="dl-stroke" fill="none" stroke="#616161" stroke-width="1.8" stroke-linecap="round">
    <circle cx="10.5" cy="10.5" r="7"/><path d="M15.7 15.7 21 21"/>
    <path d="M7.6 13V10.8M10.5 13V7.6M13.4 13V9.6"/>
  </g></svg>`
});

export const sendIcon = new LabIcon({
  name: 'datalens:send',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M19 5v6.2a2 2 0 0 1-2 2H8.4l3.3 3.3-1.4 1.4-5.7-5.7 5.7-5.7 1.4 1.4-3.3 3.3H17V5z"/>
  </svg>`
});
