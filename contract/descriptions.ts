import type { ComponentName } from './components.ts';

interface Description {
  /** The object itself. */
  readonly object: string;
  /** Each of its fields, except those whose component says it all. */
  readonly fields?: Readonly<Record<string, string>>;
}

const response = {
  id: 'ULID; it never changes.',
  code: 'The `firstCode` of the link.',
  action:
    '`RESPONDED` for a click or a typed code, `SIGNED_UP` for a sign-up, and your own name for everything else.',
  kind: '`human`; a click can also be `bot`, `prefetch` (the browser loaded the page ahead, or sent HEAD) or `own` (by the owner).',
  trusted:
    'True if the service itself or your backend recorded it. Anybody with a session can send `POST /actions`, so never pay for what is not trusted.',
  first: "True for a visitor's first click on this link.",
  via: "How the visitor arrived: `link` by the redirect, `page` by `?ref=` on a page of the app, `typed` by a code that they typed, `forwarded` by a landing page's address that another visitor passed on. For an action, it is about the arrival that gets the credit.",
  createdAt: 'ISO 8601 in UTC.',
} as const;

const visitorsResponse = {
  id: response.id,
  code: response.code,
  action: response.action,
  actionDisplay: 'The name of the action for people.',
  kind: response.kind,
  first: response.first,
  userId: "The visitor's user; null for a session.",
  target: 'One of your own objects.',
  httpReferer:
    'The page before, without query and fragment; the setting `referer` can reduce it to its origin.',
  createdAt: response.createdAt,
};

const counts = {
  clicks: 'Clicks by humans.',
  uniqueVisitors:
    'First clicks among them. Those with the same IP and user agent count once an hour.',
  suspicious: 'Further visitors from an IP that had more than 20 of a link within an hour.',
  bots: 'Clicks by programs.',
  prefetches: 'Clicks that a browser made ahead.',
  ownClicks: 'Clicks by the owner.',
  actions: 'Number of each action.',
  trustedActions: 'Number of each action that the service itself or your backend recorded.',
};

const changeable = {
  redirectTo: 'A path of the app, or a URL on an allowed host.',
  label:
    'A name for the owner. It is stored in the normal form NFKC without spaces around it, and has no control or invisible characters.',
  target: 'One of your own objects. Null means none.',
  expiresAt: 'A time in the future, with its offset. Null means never.',
  code: 'A code that the owner chooses, where the deployment allows it (`code.custom`). Reserved names are refused.',
};

const event = {
  id: 'ULID. It identifies the event together with its type.',
  code: 'The `firstCode` of the link.',
  action: response.action,
  kind: response.kind,
  trusted: response.trusted,
  referrer: "The link's owner; null for a link without one.",
  createdAt: response.createdAt,
};

const keptInCookie =
  'True if the browser keeps the session in the cookie that your pages share with the API. If false, keep it yourself, and send it.';

const onBus = (what: string): Description => ({
  object: what,
  fields: {
    source: 'Always `cdk-referrals`.',
    'detail-type': 'The type of the event.',
    detail: 'What happened.',
  },
});

/** The descriptions of the document's schemas. */
export const descriptions: Readonly<Record<ComponentName, Description>> = {
  Referral: {
    object: 'A link, as its owner sees it.',
    fields: {
      code: 'The code that the owner chose last, or else the first one.',
      url: 'The link to share.',
      firstCode: 'The code of its responses and events. It never changes.',
      userId: 'The owner.',
      label: 'A name that only the owner sees.',
      redirectTo: 'The destination.',
      target: 'One of your own objects.',
      createdAt: 'ISO 8601 in UTC.',
      expiresAt: 'From then on clicks lead to the default destination and are not recorded.',
      disabledAt: 'The time when the owner stopped the link. It behaves like an expired one.',
      clicks: 'Clicks by humans since the link was created.',
      uniqueVisitors: counts.uniqueVisitors,
      suspicious: counts.suspicious,
      countedUntil:
        'The counts have all responses before this time. That is now, unless a link gets thousands of clicks in minutes; then it is up to a quarter of an hour ago.',
    },
  },
  ReferralList: {
    object: 'A page of links, newest first.',
    fields: {
      items: 'At most `limit` links.',
      nextCursor: 'The `cursor` of the next page; null on the last one.',
    },
  },
  NewReferral: { object: 'A link to make.', fields: changeable },
  ReferralChanges: {
    object: 'Changes of a link. Fields that are not given stay as they are.',
    fields: {
      ...changeable,
      label: `${changeable.label} Null takes it away.`,
      target: 'One of your own objects. Null takes it away.',
      expiresAt: 'A time in the future, with its offset. Null takes it away.',
      code: 'A further code. The old ones go on working. Reserved names are refused.',
      disabled: 'True stops the link, false starts it again.',
    },
  },
  Target: {
    object: 'Any object of the app. A request with other fields is refused.',
    fields: { type: 'The kind of object.', id: "The object's own identifier." },
  },
  Response: {
    object: 'One click or action of a visitor, as the owner of the link sees it.',
    fields: {
      ...visitorsResponse,
      trusted: response.trusted,
      via: `${response.via} Null if it is not known.`,
      campaign: "The `utm_` parameters of a click's link; null without them.",
    },
  },
  ResponseList: {
    object: 'A page of responses, newest first.',
    fields: {
      items: 'At most `limit` responses. The hook `includeResponse` can leave some out.',
      nextCursor: 'The `cursor` of the next page; null on the last one.',
    },
  },
  Campaign: {
    object: 'The campaign of a click, each value cut at 100 characters.',
    fields: {
      source: '`utm_source`',
      medium: '`utm_medium`',
      campaign: '`utm_campaign`',
      term: '`utm_term`',
      content: '`utm_content`',
    },
  },
  Stats: {
    object: 'Counts of a link by hour, day or month.',
    fields: {
      from: 'The start, widened to a whole quarter of an hour.',
      to: 'The end, which is not included; widened too.',
      interval: 'The length of each part of the series.',
      timeZone: 'The time zone of days and months.',
      totals: 'The sum of the series.',
      series:
        'All parts in order, also empty ones. The first may start before `from`, but counts only from then on.',
      countedUntil: 'The counts have all responses before this time.',
    },
  },
  Counts: { object: 'Counts of a range of time.', fields: counts },
  IntervalCounts: {
    object: 'Counts of one hour, day or month.',
    fields: { start: 'Its start.', ...counts },
  },
  NewAction: {
    object: 'An action of the visitor.',
    fields: {
      action:
        'Any name with a visible character, except those that the service records itself. If `pageActions` is set: one of those.',
      target: 'One of your own objects.',
    },
  },
  VisitorResponse: {
    object: 'A response, as the visitor sees it who has just caused it.',
    fields: visitorsResponse,
  },
  RecordedAction: { object: 'A recorded action.', fields: { response: 'What was recorded.' } },
  UnrecordedAction: {
    object: 'There was no referral to credit.',
    fields: { response: 'Nothing was recorded.' },
  },
  Attribution: {
    object:
      'The link that an action of this visitor would credit. The hook `publicReferral` adds fields of your own.',
    fields: {
      code: 'The code of the link.',
      target: 'One of your own objects.',
      redirectTo: 'The destination of the link.',
      respondedAt: 'The time of the click.',
      via: `${response.via} Null if it is not known.`,
    },
  },
  VisitorAttribution: {
    object: 'The referral that gets credit for this visitor.',
    fields: { referral: 'Null if no referral gets credit.' },
  },
  TypedCode: {
    object: 'A code that somebody typed.',
    fields: {
      code: 'The code. It may have spaces around it, or be the whole link, on any host.',
    },
  },
  PageClick: {
    object: 'A page of the app that somebody opened with `?ref=` and a code in its address.',
    fields: {
      code: 'The code of a link.',
      page: 'The address of the page. Only its `utm_` parameters are kept, as the campaign.',
      referrer: 'The page before, as in `document.referrer`. It is kept like a `Referer`.',
    },
  },
  Arrival: {
    object: 'How the visitor stands after they arrived.',
    fields: {
      referral: 'What `GET /attribution` answers from now on; null if no referral gets credit.',
      session:
        "The visitor's; null for a user without one, for a machine, and for a visitor who asks for privacy where `globalPrivacyControl` is set.",
      cookie: keptInCookie,
    },
  },
  Handoff: {
    object: 'A handoff of the redirect.',
    fields: {
      handoff:
        "The parameter `referral_handoff` of the page's address. Without it, the answer is the session that the browser has already.",
    },
  },
  Session: {
    object: "The visitor's session.",
    fields: {
      session:
        'Null if there is none, and for a visitor who asks for privacy where `globalPrivacyControl` is set.',
      cookie: keptInCookie,
    },
  },
  LinkedSession: {
    object: 'What a call linked.',
    fields: { linked: "Number of the session's responses that this call linked to the user." },
  },
  Problem: {
    object: 'An error (RFC 9457). Branch on `code`; codes never change.',
    fields: {
      type: 'Always `about:blank`.',
      title: 'The name of the status.',
      status: 'The status of the answer.',
      code: 'What is wrong, for programs.',
      detail: 'What is wrong, for people.',
      field: 'The wrong field, parameter or header, in your spelling.',
      suggestion: 'A value for the field that was free a moment ago.',
    },
  },
  GatewayProblem: {
    object: "The gateway's own error, before or in place of the service.",
    fields: { message: 'Such as `Unauthorized`.' },
  },
  ReferralCreated: {
    object: 'A link was made.',
    fields: {
      id: event.id,
      code: event.code,
      referrer: event.referrer,
      label: "The owner's name for it.",
      redirectTo: 'The destination.',
      target: 'One of your own objects.',
      createdAt: event.createdAt,
    },
  },
  ResponseRecorded: {
    object: 'An action was recorded, or a click that `events.clicks` asks for.',
    fields: {
      ...event,
      first: response.first,
      visitor: 'Who acted.',
      via: `${response.via} Null if it is not known.`,
      existingUser:
        'Whether the visitor of an action was a user before the click; null if they are not known as a user, and for clicks.',
      target: 'One of your own objects.',
    },
  },
  UserLinkedToResponse: {
    object: "A session's response became a user's.",
    fields: {
      ...event,
      visitor: 'The user.',
      session: "The SHA-256 of the session in hex. The session itself is the visitor's secret.",
    },
  },
  UserVisitor: { object: 'A user.', fields: { type: 'Always `user`.', id: 'Their `sub`.' } },
  SessionVisitor: {
    object: 'A visitor who is not known as a user.',
    fields: { type: 'Always `session`.', id: 'The SHA-256 of their session in hex.' },
  },
  ReferralCreatedEvent: onBus('`ReferralCreated` on the bus.'),
  ResponseRecordedEvent: onBus('`ResponseRecorded` on the bus.'),
  UserLinkedToResponseEvent: onBus('`UserLinkedToResponse` on the bus.'),
};

/** The descriptions of parameters and headers, by name. */
export const parameters: Readonly<Record<string, string>> = {
  code: 'A code of the link, the first or a later one.',
  redirect_to:
    'Another destination, for this click: a path, or a URL on an allowed host. The setting `redirectParameter` can change the name.',
  limit: 'Number of items on the page.',
  cursor: 'The `nextCursor` of the page before.',
  from: 'A time with its offset, or a date, which begins at its start in `tz`. The creation of the link by default.',
  to: 'The same; `to` itself is not included. Now by default.',
  interval: 'At most 400 days by the hour, or 9,600 by the day.',
  tz: 'The time zone of days and months: an IANA name such as `Asia/Kolkata`.',
  'Idempotency-Key':
    'Makes the call safe to repeat for 24 hours: the same key with the same body gets the first answer again.',
};
