import type { Store } from '../core/store.ts';
import { createClients } from '../store/client.ts';
import { createStore } from '../store/dynamodb-store.ts';
import type { Trigger } from '../triggers.ts';
import { compose, type FunctionServices } from './compose.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const { tableName: name, retention } = settings;

/** The composition root: all services of the functions, made once for each function instance. */
export const services = await compose(
  settings,
  createStore({ ...createClients(), name, retention }),
);

/** The services, with only the store methods that the table of triggers lets a function use. */
export type ServicesFor<Invoker extends Pick<Trigger, 'store'>> = FunctionServices<
  Pick<Store, Invoker['store'][number]>
>;
