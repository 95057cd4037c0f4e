import { createStore } from '../store/dynamodb-store.ts';
import { compose } from './compose.ts';
import { readSettings } from './settings.ts';

/** The composition root: everything that the functions work with, made once for each function instance. */
export const services = compose(readSettings(process.env), createStore);
