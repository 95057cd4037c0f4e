import { type Referrals, startReferrals } from './snippet.ts';

declare global {
  interface Window {
    referrals: Referrals;
  }
}

const { src, dataset } = document.currentScript as HTMLScriptElement;
// It comes from the API.
window.referrals = startReferrals({
  apiUrl: new URL(src).origin,
  consent: dataset.consent,
});
