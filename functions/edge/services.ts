import { createStore } from '../store/dynamodb-store.ts';
import { compose } from './compose.ts';

/** The composition root: everything that the functions work with, made once for each function instance. */
export const services = compose(createStore);
