import type { Store } from '../core/store.ts';
import { createStore } from '../store/dynamodb-store.ts';
import type { Trigger } from '../triggers.ts';
import { compose, type FunctionServices } from './compose.ts';
import { readSettings } from './settings.ts';

/** The composition root: all services of the functions, made once for each function instance. */
export const services = await compose(readSettings(process.env), createStore);

/** The services, with only the store methods that the table of triggers lets a function use. */
export type ServicesFor<Invoker extends Pick<Trigger, 'store'>> = FunctionServices<
  Pick<Store, Invoker['store'][number]>
>;
