import QuickLRU from 'quick-lru';

/** Replaces `mnemonist/lru-cache`. The SDK keeps discovered endpoints in it. */
export default class LRUCache<Key, Value> extends QuickLRU<Key, Value> {
  constructor(maxSize: number) {
    super({ maxSize });
  }
}
