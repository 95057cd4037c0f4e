import QuickLRU from 'quick-lru';
import { createStore } from '../store/dynamodb-store.ts';
import { compose } from './compose.ts';

/** The composition root: everything that the functions work with, made once for each function instance. */
export const services = compose(createStore);

/** Hours that were marked as open while they ran, see `changeFollower`. */
export const runningHours = new QuickLRU<string, true>({ maxSize: 10_000 });
