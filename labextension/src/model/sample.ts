/** A small made-up data set, for a first question without a file at hand. */

const REGIONS = ['North', 'South', 'East', 'West'];
const PRODUCTS = ['Notebook', 'Pen', 'Lamp', 'Chair', 'Desk'];
const PRICES = [4.5, 1.2, 39, 120, 310];
const ROWS = 480;

export const SAMPLE_NAME = 'sample-orders.csv';

export function sampleFile(): File {
  return new File([sampleCsv()], SAMPLE_NAME, { type: 'text/csv' });
}

/** The same rows every time: a linear congruential generator stands in for chance. */
export function sampleCsv(): string {
  let state = 20_261;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const rows = ['order_id,date,region,product,quantity,unit_price,revenue'];
  for (let i = 0; i < ROWS; i++) {
    const day = new Date(Date.UTC(2025, 0, 1 + Math.floor((i * 365) / ROWS)));
    const product = next(PRODUCTS.length);
    const region = next(REGIONS.length);
    const quantity = 1 + next(4 + region * 2);
    const price = PRICES[product];
    rows.push(
      [
        1001 + i,
        day.toISOString().slice(0, 10),
        REGIONS[region],
        PRODUCTS[product],
        i % 97 === 0 ? '' : quantity,
        price.toFixed(2),
        (quantity * price).toFixed(2)
      ].join(',')
    );
  }
  return `${rows.join('\n')}\n`;
}
