import { routes } from '../functions/routes.ts';

/** The routes that the document shows: all but those of files. */
export const documentedRoutes = routes.filter(
  (route): route is DocumentedRoute => route.name !== 'files',
);
type DocumentedRoute = Exclude<(typeof routes)[number], { readonly name: 'files' }>;
export type DocumentedName = DocumentedRoute['name'];

interface Operation {
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  /** What each answer of success means, by status. */
  readonly answers: Readonly<Record<number, string>>;
}

/** Groups of operations. */
export const tags = {
  Clicks: 'What a link answers to whoever follows it.',
  Links: 'Links of a user.',
  Responses: 'What visitors did, for the owner of the link.',
  Visitors: 'What an app does for its visitors, with or without an account.',
} as const;

/** The texts of each route. */
export const operations: Readonly<Record<DocumentedName, Operation>> = {
  hit: {
    tag: 'Clicks',
    summary: 'Follow a link',
    description:
      'Records the click, then redirects. All other parameters go on to the destination. If the app does not receive the cookie, the destination gets `referral_handoff`.',
    answers: {
      302: 'To the destination, or to the default one if the link has expired or is stopped.',
    },
  },
  'create-referral': {
    tag: 'Links',
    summary: 'Make a link',
    answers: {
      200: 'You already have a live link with the same destination, label and target: it is this one, unchanged.',
      201: 'The new link.',
    },
  },
  'list-referrals': {
    tag: 'Links',
    summary: 'List your links',
    answers: { 200: 'A page of your links, newest first.' },
  },
  'get-referral': { tag: 'Links', summary: 'Read a link', answers: { 200: 'The link.' } },
  'edit-referral': {
    tag: 'Links',
    summary: 'Change a link',
    description:
      'Clicks follow within a minute, because function instances remember a link for that long.',
    answers: { 200: 'The changed link.' },
  },
  'list-referral-responses': {
    tag: 'Responses',
    summary: 'List the responses to a link',
    answers: { 200: 'A page of its responses, newest first.' },
  },
  'get-stats': {
    tag: 'Responses',
    summary: 'Count the responses to a link by hour, day or month',
    answers: { 200: 'The counts, up to now.' },
  },
  'list-responses': {
    tag: 'Responses',
    summary: 'List the responses to all your links',
    answers: { 200: 'A page of them, newest first.' },
  },
  'record-action': {
    tag: 'Visitors',
    summary: 'Record an action of the visitor',
    description:
      'It is credited to the link that brought the visitor. What pages record is not trusted.',
    answers: {
      200: 'There is no link to credit, and nothing is recorded.',
      201: 'The action is recorded.',
    },
  },
  'get-attribution': {
    tag: 'Visitors',
    summary: 'Ask which link brought the visitor',
    answers: { 200: 'The link that an action of this visitor would credit.' },
  },
  'enter-code': {
    tag: 'Visitors',
    summary: 'Record that the visitor typed a code',
    description: 'It is recorded and counted like a click.',
    answers: { 200: 'The code counts.' },
  },
  'record-click': {
    tag: 'Visitors',
    summary: 'Record that the visitor opened a page with a code in its address',
    description:
      'It is recorded and counted like a click, with `via` `page`. A repeated call counts again.',
    answers: { 200: 'The click is recorded.' },
  },
  'create-session': {
    tag: 'Visitors',
    summary: 'Exchange a handoff for a session, or ask for the session in the cookie',
    description:
      "The first page that asks within 30 minutes gets the visitor's session. Whoever comes later is another visitor, with a session of their own.",
    answers: { 200: "The visitor's session." },
  },
  'link-session': {
    tag: 'Visitors',
    summary: 'Link the session to the user',
    answers: { 200: 'The session is linked.' },
  },
  'get-my-referral': {
    tag: 'Links',
    summary: 'Read your own link',
    description: 'Sign-up creates it; for users created by an administrator, this route does.',
    answers: { 200: 'Your own link.' },
  },
};
