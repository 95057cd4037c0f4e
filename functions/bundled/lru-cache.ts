import QuickLRU from 'quick-lru';

/** What the bundles have for `mnemonist/lru-cache`, which the SDK keeps discovered endpoints in, if at all. */
export default class LRUCache<Key, Value> extends QuickLRU<Key, Value> {
  constructor(maxSize: number) {
    super({ maxSize });
  }
}
