import { tableShape } from '../../functions/store/table-shape.ts';
import type { DynamoDBProxy } from './proxy.ts';
import { writesOf } from './writes.ts';

const { index } = tableShape;

/**
 * An index that shows each new item later than the table, with its own lag, see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
 *
 * @param lag draws the milliseconds of the lag when an item is put for the first time.
 * @example Object.assign(proxy, laggingIndex(() => random.between(0, 500)));
 */
export function laggingIndex(
  lag: () => number,
  now = () => performance.now(),
): Required<Pick<DynamoDBProxy, 'rewrite' | 'reshape'>> {
  const visibleFrom = new Map<string, number>();
  return {
    rewrite(operation, input) {
      const asked = input.ProjectionExpression;
      if (operation !== 'Query' || input.IndexName !== index.name || asked === undefined) {
        return input;
      }
      // Asks for the keys of the items too. A reader that did not ask for them ignores them.
      return { ...input, ProjectionExpression: `${asked}, pk, sk` };
    },

    reshape(operation, input, output) {
      for (const { action, pk, sk, item } of writesOf(operation, input)) {
        // An update leaves the item in the index.
        if (action === 'Update') continue;
        const name = `${pk} ${sk}`;
        if (item?.[index.partitionKey] === undefined) visibleFrom.delete(name);
        else if (!visibleFrom.has(name)) visibleFrom.set(name, now() + lag());
      }
      if (operation !== 'Query' || input.IndexName !== index.name) return output;
      const Items = output.Items.filter(
        ({ pk, sk }: Record<string, { S: string }>) =>
          (visibleFrom.get(`${pk?.S} ${sk?.S}`) ?? 0) <= now(),
      );
      return { ...output, Items, Count: Items.length };
    },
  };
}
