interface Document {
  /** Chromium has it, see https://wicg.github.io/nav-speculation/prerendering.html */
  readonly prerendering?: boolean;
}
