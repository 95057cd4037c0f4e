import { createReferrals, ReferralsProblem } from '../client/index.ts';
import type { Referrals } from '../snippet/snippet.ts';
import { confirmSignUp, type Pool, signIn, signUp } from './users.ts';

/** Undefined if the script could not be loaded. */
const { referrals } = window as { referrals?: Referrals };

const pool: Pool = await (await fetch('/demo/pool.json')).json();
const api = createReferrals({
  apiUrl: location.origin,
  token: async () => sessionStorage.getItem('token') ?? undefined,
});

const element = <Type extends HTMLElement = HTMLElement>(id: string): Type =>
  document.getElementById(id) as Type;
const show = (id: string, isShown = true) => {
  element(id).hidden = !isShown;
};
const write = (id: string, text: string) => {
  element(id).textContent = text;
};

/** The address of the person who is signing up. */
let email = '';
let password = '';

/** Tells a visitor who invited them. */
async function greet(): Promise<void> {
  const invitation = await referrals?.attribution();
  if (!invitation || sessionStorage.getItem('token') !== null) return;
  const { invitedBy = `the owner of ${invitation.code}` } = invitation;
  write('inviter', `${invitedBy}`);
  show('invited');
}

/** Records what the visitor does. */
async function viewPricing(): Promise<void> {
  show('pricing');
  const recorded = await referrals?.record('VIEWED_PRICING');
  write(
    'recorded',
    !recorded
      ? 'Nobody invited you, so this was not recorded.'
      : `Recorded as VIEWED_PRICING, and credited to the link ${recorded.code}.`,
  );
}

/** Shows the user's link, and what happened on it. */
async function showMine(): Promise<void> {
  const isUser = sessionStorage.getItem('token') !== null;
  show('entrance', !isUser);
  show('account', isUser);
  if (!isUser) return;
  show('invited', false);
  write('who', sessionStorage.getItem('email') ?? '');
  const link = await api.mine().catch(signOutIfExpired);
  element<HTMLInputElement>('link').value = link.url;
  write('clicks', `${link.clicks}`);
  write('visitors', `${link.uniqueVisitors}`);
  const items: HTMLElement[] = [];
  for await (const { actionDisplay, createdAt } of api.responses(link.code, { pageSize: 10 })) {
    const item = document.createElement('li');
    const time = document.createElement('time');
    time.dateTime = createdAt;
    time.textContent = new Date(createdAt).toLocaleString();
    item.append(actionDisplay, time);
    items.push(item);
    if (items.length === 10) break;
  }
  element('responses').replaceChildren(...items);
  show('nothing', items.length === 0);
  show('mine');
}

function signOut(): void {
  sessionStorage.clear();
  location.reload();
}

function signOutIfExpired(error: unknown): never {
  if (error instanceof ReferralsProblem && error.code === 'unauthorized') signOut();
  throw error;
}

async function enter(): Promise<void> {
  sessionStorage.setItem('token', await signIn(pool, email, password));
  sessionStorage.setItem('email', email);
  await showMine();
}

/** Shows one of the forms. */
function showForm(shown: string): void {
  for (const id of ['sign-up', 'confirm', 'sign-in']) show(id, id === shown);
  element(shown).querySelector('input')?.focus();
}

/** Handles a form. Its own words go to the visitor if it fails. */
const onSubmit = (id: string, handle: (fields: FormData) => Promise<void>) =>
  element(id).addEventListener('submit', (event) => {
    event.preventDefault();
    write('problem', '');
    handle(new FormData(event.target as HTMLFormElement)).catch((error: Error) =>
      write('problem', error.message),
    );
  });

onSubmit('sign-up', async (fields) => {
  [email, password] = [`${fields.get('email')}`, `${fields.get('password')}`];
  await signUp(pool, email, password);
  showForm('confirm');
});
onSubmit('confirm', async (fields) => {
  await confirmSignUp(pool, email, `${fields.get('code')}`, await referrals?.session());
  await enter();
});
onSubmit('sign-in', async (fields) => {
  [email, password] = [`${fields.get('email')}`, `${fields.get('password')}`];
  await enter();
});
for (const button of document.querySelectorAll<HTMLElement>('[data-show]')) {
  button.addEventListener('click', () => showForm(button.dataset.show ?? ''));
}
element('view-pricing').addEventListener('click', viewPricing);
element('refresh').addEventListener('click', showMine);
element('sign-out').addEventListener('click', signOut);
element('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(element<HTMLInputElement>('link').value);
  write('copy', 'Copied');
});

await Promise.all([greet(), showMine()]);
