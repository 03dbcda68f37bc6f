// The stocktake of January 2026 in Rotterdam: every level counted, about one in ten differs.

const firstMorning = Date.UTC(2026, 0, 3, 7, 0);
const shelfMs = 180_000;

/** Count rows (quantity in hundredths, `counted_at` a Date) for the stock at the end of the year. */
export function makeCounts({ pairs, stock, random }) {
  const counted = pairs.filter((pair) => pair.warehouse === "RTM");
  return counted.map(({ item, warehouse }, at) => {
    const onHand = stock.get(`${item.sku}|${warehouse}`) ?? 0;
    const difference = random.chance(0.1) ? random.pick([-200, -100, -100, 100]) : 0;
    return {
      sku: item.sku,
      warehouse,
      quantity: Math.max(0, onHand + difference),
      counted_at: new Date(firstMorning + at * shelfMs),
    };
  });
}
