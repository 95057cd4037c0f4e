import { describe, expect, test } from 'vitest';
import { readSettings } from '../../functions/setup/settings.ts';

const required = {
  TABLE_NAME: 'referrals',
  API_URL: 'https://api.example.com',
  APP_URL: 'https://app.example.com',
};

describe('readSettings', () => {
  test('has a default for everything except table, API and app', () => {
    expect(readSettings(required)).toEqual({
      tableName: 'referrals',
      apiUrl: 'https://api.example.com',
      appUrl: 'https://app.example.com',
      defaultRedirectTo: 'https://app.example.com/',
      redirectOrigins: ['https://app.example.com'],
      redirectParameter: 'redirect_to',
      session: {
        cookieName: 'referral_session',
        cookieDomain: undefined,
        maxAge: 31_536_000,
        handOff: true,
      },
      attribution: { model: 'last', window: undefined, newUsersOnly: false },
      pageActions: undefined,
      actionDisplay: new Map([
        ['RESPONDED', 'Clicked on referral link'],
        ['SIGNED_UP', 'Signed up'],
      ]),
      globalPrivacyControl: false,
      maxReferralsPerUser: 1000,
      code: {
        length: 10,
        alphabet: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
        custom: false,
        ignoreCase: false,
      },
      events: { clicks: 'none' },
      clientIpHeader: undefined,
      ip: 'truncated',
      referer: 'path',
      originSecret: undefined,
      strictTransport: undefined,
      retention: 34_560_000,
      signUpWindow: 604_800,
    });
  });

  test.each([
    [{ APP_URL: 'https://api.example.com' }, false],
    [{ SESSION_COOKIE_DOMAIN: 'example.com' }, false],
    [{ SESSION_COOKIE_DOMAIN: '.example.com' }, false],
    [{ SESSION_COOKIE_DOMAIN: 'other.example' }, true],
    [{ SESSION_COOKIE_DOMAIN: 'example.com', SESSION_HANDOFF: 'true' }, true],
    [{ SESSION_HANDOFF: 'false' }, false],
  ])('with %j, handing over the session is %j', (variables, handOff) => {
    expect(readSettings({ ...required, ...variables }).session.handOff).toBe(handOff);
  });

  test.each([
    [{ APP_URL: 'https://app.example.com/' }, 'APP_URL'],
    [{ API_URL: '' }, 'API_URL'],
    [{ TABLE_NAME: undefined }, 'TABLE_NAME'],
    [{ DEFAULT_REDIRECT_TO: '/start' }, 'DEFAULT_REDIRECT_TO'],
    [{ SESSION_MAX_AGE_SECONDS: 'long' }, 'SESSION_MAX_AGE_SECONDS'],
    [{ ATTRIBUTION_MODEL: 'middle' }, 'ATTRIBUTION_MODEL'],
    [{ ATTRIBUTION_WINDOW_SECONDS: '-1' }, 'ATTRIBUTION_WINDOW_SECONDS'],
    [{ MAX_REFERRALS_PER_USER: '0' }, 'MAX_REFERRALS_PER_USER'],
    [{ MAX_REFERRALS_PER_USER: '1.5' }, 'MAX_REFERRALS_PER_USER'],
    [{ IP: 'half' }, 'IP'],
    [{ REFERER: 'query' }, 'REFERER'],
    [{ EVENTS_CLICKS: 'bots' }, 'EVENTS_CLICKS must be one of all, human, none'],
    [{ CODE_CUSTOM: 'maybe' }, 'CODE_CUSTOM'],
    [{ CODE_IGNORE_CASE: 'maybe' }, 'CODE_IGNORE_CASE'],
    [{ ATTRIBUTION_NEW_USERS_ONLY: 'maybe' }, 'ATTRIBUTION_NEW_USERS_ONLY'],
    [{ PAGE_ACTIONS: 'A,B' }, 'PAGE_ACTIONS'],
    [{ PAGE_ACTIONS: '{}' }, 'PAGE_ACTIONS'],
    [{ ACTION_DISPLAY: 'x' }, 'ACTION_DISPLAY'],
    [{ ACTION_DISPLAY: '{"A":1}' }, 'ACTION_DISPLAY'],
  ])('refuses %j and names %s', (variables, name) => {
    expect(() => readSettings({ ...required, ...variables })).toThrow(name);
  });
});
