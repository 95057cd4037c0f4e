import QuickLRU from 'quick-lru';

/** Stands in for `mnemonist/lru-cache`, in which the SDK keeps discovered endpoints. */
export default class LRUCache<Key, Value> extends QuickLRU<Key, Value> {
  constructor(maxSize: number) {
    super({ maxSize });
  }
}
