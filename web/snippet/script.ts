import { type Snippet, startReferrals } from './snippet.ts';

declare global {
  interface Window {
    referrals: Snippet;
  }
}

const { src, dataset } = document.currentScript as HTMLScriptElement;
// It comes from the API.
window.referrals = startReferrals({
  apiUrl: new URL(src).origin,
  consent: dataset.consent,
});
