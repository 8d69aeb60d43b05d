/** Entry of `npm run simulate`. */
import { main, usageOf } from '../bench/simulate/run.ts';

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage = usageOf(error);
  if (usage === undefined) throw error;
  console.error(`${usage}\nnpm run simulate -- --help tells what there is.`);
  process.exitCode = 2;
}
