// Made by npm run contract.
export interface paths {
    "/r/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a link
         * @description Records the click, then redirects. All other parameters go on to the destination. If the app does not receive the cookie, the destination gets `referral_handoff`.
         */
        get: operations["hit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Follow a link, without a body
         * @description Records the click, then redirects. All other parameters go on to the destination. If the app does not receive the cookie, the destination gets `referral_handoff`.
         */
        head: operations["hitHead"];
        patch?: never;
        trace?: never;
    };
    "/referrals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your links */
        get: operations["listReferrals"];
        put?: never;
        /** Make a link */
        post: operations["createReferral"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/referrals/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a link */
        get: operations["getReferral"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a link
         * @description Clicks follow within a minute, because function instances remember a link for that long.
         */
        patch: operations["editReferral"];
        trace?: never;
    };
    "/referrals/{code}/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the responses to a link */
        get: operations["listReferralResponses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/referrals/{code}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count the responses to a link by hour, day or month */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the responses to all your links */
        get: operations["listResponses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record an action of the visitor
         * @description It is credited to the link that brought the visitor. What pages record is not trusted.
         */
        post: operations["recordAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/attribution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask which link brought the visitor */
        get: operations["getAttribution"];
        put?: never;
        /**
         * Record that the visitor typed a code
         * @description It is recorded and counted like a click.
         */
        post: operations["enterCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/clicks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that the visitor opened a page with a code in its address
         * @description It is recorded and counted like a click, with `via` `page`. A repeated call counts again.
         */
        post: operations["recordClick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a handoff for a session, or ask for the session in the cookie
         * @description The first page that asks within 30 minutes gets the visitor's session. Whoever comes later is another visitor, with a session of their own.
         */
        post: operations["createSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Link the session to the user */
        post: operations["linkSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/referral": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read your own link
         * @description Sign-up creates it; for users created by an administrator, this route does.
         */
        get: operations["getMyReferral"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    ReferralCreated: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A link was made.
         * @description An event on the bus `EventBusName`. It arrives at least once; its type and `detail.id` identify it. EventBridge adds further fields.
         */
        post: operations["onReferralCreated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    ResponseRecorded: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An action was recorded, or a click that `events.clicks` asks for.
         * @description An event on the bus `EventBusName`. It arrives at least once; its type and `detail.id` identify it. EventBridge adds further fields.
         */
        post: operations["onResponseRecorded"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    UserLinkedToResponse: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A session's response became a user's.
         * @description An event on the bus `EventBusName`. It arrives at least once; its type and `detail.id` identify it. EventBridge adds further fields.
         */
        post: operations["onUserLinkedToResponse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @description A link, as its owner sees it.
         * @example {
         *       "code": "H7lMCTKv9X",
         *       "url": "https://api.example.com/r/H7lMCTKv9X",
         *       "firstCode": "H7lMCTKv9X",
         *       "userId": "14cfbb09-a582-4c71-a7b5-c0ba53ef27bd",
         *       "label": "newsletter",
         *       "redirectTo": "https://app.example.com/welcome",
         *       "target": {
         *         "type": "article",
         *         "id": "42"
         *       },
         *       "createdAt": "2026-11-24T06:43:58.413Z",
         *       "expiresAt": null,
         *       "disabledAt": null,
         *       "clicks": 7,
         *       "uniqueVisitors": 5,
         *       "suspicious": 0,
         *       "countedUntil": "2026-11-24T12:00:00.000Z"
         *     }
         */
        Referral: {
            /** @description The code that the owner chose last, or else the first one. */
            code: string;
            /**
             * Format: uri
             * @description The link to share.
             */
            url: string;
            /** @description The code of its responses and events. It never changes. */
            firstCode: string;
            /** @description The owner. */
            userId: string | null;
            /** @description A name that only the owner sees. */
            label: string | null;
            /**
             * Format: uri
             * @description The destination.
             */
            redirectTo: string;
            /** @description One of your own objects. */
            target: components["schemas"]["Target"] | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description From then on clicks lead to the default destination and are not recorded.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description The time when the owner stopped the link. It behaves like an expired one.
             */
            disabledAt: string | null;
            /** @description Clicks by humans since the link was created. */
            clicks: number;
            /** @description First clicks among them. Those with the same IP and user agent count once an hour. */
            uniqueVisitors: number;
            /** @description Further visitors from an IP that had more than 20 of a link within an hour. */
            suspicious: number;
            /**
             * Format: date-time
             * @description The counts have all responses before this time. That is now, unless a link gets thousands of clicks in minutes; then it is up to a quarter of an hour ago.
             */
            countedUntil: string;
        };
        /**
         * @description A page of links, newest first.
         * @example {
         *       "items": [
         *         {
         *           "code": "H7lMCTKv9X",
         *           "url": "https://api.example.com/r/H7lMCTKv9X",
         *           "firstCode": "H7lMCTKv9X",
         *           "userId": "14cfbb09-a582-4c71-a7b5-c0ba53ef27bd",
         *           "label": "newsletter",
         *           "redirectTo": "https://app.example.com/welcome",
         *           "target": {
         *             "type": "article",
         *             "id": "42"
         *           },
         *           "createdAt": "2026-11-24T06:43:58.413Z",
         *           "expiresAt": null,
         *           "disabledAt": null,
         *           "clicks": 7,
         *           "uniqueVisitors": 5,
         *           "suspicious": 0,
         *           "countedUntil": "2026-11-24T12:00:00.000Z"
         *         }
         *       ],
         *       "nextCursor": null
         *     }
         */
        ReferralList: {
            /** @description At most `limit` links. */
            items: components["schemas"]["Referral"][];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        /** @description A link to make. */
        NewReferral: {
            /** @description A path of the app, or a URL on an allowed host. */
            redirectTo: string;
            /** @description A name for the owner. It is stored in the normal form NFKC without spaces around it, and has no control or invisible characters. */
            label?: string | null;
            /** @description One of your own objects. Null means none. */
            target?: components["schemas"]["Target"] | null;
            /**
             * Format: date-time
             * @description A time in the future, with its offset. Null means never.
             */
            expiresAt?: string | null;
            /** @description A code that the owner chooses, where the deployment allows it (`code.custom`). Reserved names are refused. */
            code?: string;
        };
        /** @description Changes of a link. Fields that are not given stay as they are. */
        ReferralChanges: {
            /** @description A path of the app, or a URL on an allowed host. */
            redirectTo?: string;
            /** @description A name for the owner. It is stored in the normal form NFKC without spaces around it, and has no control or invisible characters. Null takes it away. */
            label?: string | null;
            /** @description One of your own objects. Null takes it away. */
            target?: components["schemas"]["Target"] | null;
            /**
             * Format: date-time
             * @description A time in the future, with its offset. Null takes it away.
             */
            expiresAt?: string | null;
            /** @description A further code. The old ones go on working. Reserved names are refused. */
            code?: string;
            /** @description True stops the link, false starts it again. */
            disabled?: boolean;
        };
        /** @description Any object of the app. A request with other fields is refused. */
        Target: {
            /** @description The kind of object. */
            type: string;
            /** @description The object's own identifier. */
            id: string;
        };
        /**
         * @description One click or action of a visitor, as the owner of the link sees it.
         * @example {
         *       "id": "01KATW3ZVD4M0YV0Q7Y6ZK2B6C",
         *       "code": "H7lMCTKv9X",
         *       "action": "RESPONDED",
         *       "actionDisplay": "Clicked on referral link",
         *       "kind": "human",
         *       "first": true,
         *       "trusted": true,
         *       "via": "link",
         *       "userId": null,
         *       "target": null,
         *       "httpReferer": "https://blog.example.com/",
         *       "campaign": {
         *         "source": "newsletter",
         *         "medium": "email"
         *       },
         *       "createdAt": "2026-11-24T06:43:58.413Z"
         *     }
         */
        Response: {
            /** @description ULID; it never changes. */
            id: string;
            /** @description The `firstCode` of the link. */
            code: string;
            /** @description `RESPONDED` for a click or a typed code, `SIGNED_UP` for a sign-up, and your own name for everything else. */
            action: string;
            /** @description The name of the action for people. */
            actionDisplay: string;
            /**
             * @description `human`; a click can also be `bot`, `prefetch` (the browser loaded the page ahead, or sent HEAD) or `own` (by the owner).
             * @enum {string}
             */
            kind: "human" | "bot" | "prefetch" | "own";
            /** @description True for a visitor's first click on this link. */
            first: boolean;
            /** @description True if the service itself or your backend recorded it. Anybody with a session can send `POST /actions`, so never pay for what is not trusted. */
            trusted: boolean;
            /**
             * @description How the visitor arrived: `link` by the redirect, `page` by `?ref=` on a page of the app, `typed` by a code that they typed, `forwarded` by a landing page's address that another visitor passed on. For an action, it is about the arrival that gets the credit. Null if it is not known.
             * @enum {string|null}
             */
            via: "link" | "page" | "typed" | "forwarded" | null;
            /** @description The visitor's user; null for a session. */
            userId: string | null;
            /** @description One of your own objects. */
            target: components["schemas"]["Target"] | null;
            /** @description The page before, without query and fragment; the setting `referer` can reduce it to its origin. */
            httpReferer: string | null;
            /** @description The `utm_` parameters of a click's link; null without them. */
            campaign: components["schemas"]["Campaign"] | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
        };
        /**
         * @description A page of responses, newest first.
         * @example {
         *       "items": [
         *         {
         *           "id": "01KATW3ZVD4M0YV0Q7Y6ZK2B6C",
         *           "code": "H7lMCTKv9X",
         *           "action": "RESPONDED",
         *           "actionDisplay": "Clicked on referral link",
         *           "kind": "human",
         *           "first": true,
         *           "trusted": true,
         *           "via": "link",
         *           "userId": null,
         *           "target": null,
         *           "httpReferer": "https://blog.example.com/",
         *           "campaign": {
         *             "source": "newsletter",
         *             "medium": "email"
         *           },
         *           "createdAt": "2026-11-24T06:43:58.413Z"
         *         }
         *       ],
         *       "nextCursor": "01KATW3ZVD4M0YV0Q7Y6ZK2B6C"
         *     }
         */
        ResponseList: {
            /** @description At most `limit` responses. The hook `includeResponse` can leave some out. */
            items: components["schemas"]["Response"][];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        /** @description The campaign of a click, each value cut at 100 characters. */
        Campaign: {
            /** @description `utm_source` */
            source?: string;
            /** @description `utm_medium` */
            medium?: string;
            /** @description `utm_campaign` */
            campaign?: string;
            /** @description `utm_term` */
            term?: string;
            /** @description `utm_content` */
            content?: string;
        };
        /**
         * @description Counts of a link by hour, day or month.
         * @example {
         *       "from": "2026-11-22T23:00:00.000Z",
         *       "to": "2026-11-24T23:00:00.000Z",
         *       "interval": "day",
         *       "timeZone": "Europe/Berlin",
         *       "totals": {
         *         "clicks": 7,
         *         "uniqueVisitors": 5,
         *         "suspicious": 0,
         *         "bots": 1,
         *         "prefetches": 0,
         *         "ownClicks": 0,
         *         "actions": {
         *           "SIGNED_UP": 2
         *         },
         *         "trustedActions": {
         *           "SIGNED_UP": 2
         *         }
         *       },
         *       "series": [
         *         {
         *           "start": "2026-11-22T23:00:00.000Z",
         *           "clicks": 3,
         *           "uniqueVisitors": 2,
         *           "suspicious": 0,
         *           "bots": 0,
         *           "prefetches": 0,
         *           "ownClicks": 0,
         *           "actions": {},
         *           "trustedActions": {}
         *         },
         *         {
         *           "start": "2026-11-23T23:00:00.000Z",
         *           "clicks": 4,
         *           "uniqueVisitors": 3,
         *           "suspicious": 0,
         *           "bots": 1,
         *           "prefetches": 0,
         *           "ownClicks": 0,
         *           "actions": {
         *             "SIGNED_UP": 2
         *           },
         *           "trustedActions": {
         *             "SIGNED_UP": 2
         *           }
         *         }
         *       ],
         *       "countedUntil": "2026-11-24T12:00:00.000Z"
         *     }
         */
        Stats: {
            /**
             * Format: date-time
             * @description The start, widened to a whole quarter of an hour.
             */
            from: string;
            /**
             * Format: date-time
             * @description The end, which is not included; widened too.
             */
            to: string;
            /**
             * @description The length of each part of the series.
             * @enum {string}
             */
            interval: "hour" | "day" | "month";
            /** @description The time zone of days and months. */
            timeZone: string;
            /** @description The sum of the series. */
            totals: components["schemas"]["Counts"];
            /** @description All parts in order, also empty ones. The first may start before `from`, but counts only from then on. */
            series: components["schemas"]["IntervalCounts"][];
            /**
             * Format: date-time
             * @description The counts have all responses before this time.
             */
            countedUntil: string;
        };
        /** @description Counts of a range of time. */
        Counts: {
            /** @description Clicks by humans. */
            clicks: number;
            /** @description First clicks among them. Those with the same IP and user agent count once an hour. */
            uniqueVisitors: number;
            /** @description Further visitors from an IP that had more than 20 of a link within an hour. */
            suspicious: number;
            /** @description Clicks by programs. */
            bots: number;
            /** @description Clicks that a browser made ahead. */
            prefetches: number;
            /** @description Clicks by the owner. */
            ownClicks: number;
            /** @description Number of each action. */
            actions: {
                [key: string]: number;
            };
            /** @description Number of each action that the service itself or your backend recorded. */
            trustedActions: {
                [key: string]: number;
            };
        };
        /** @description Counts of one hour, day or month. */
        IntervalCounts: {
            /**
             * Format: date-time
             * @description Its start.
             */
            start: string;
            /** @description Clicks by humans. */
            clicks: number;
            /** @description First clicks among them. Those with the same IP and user agent count once an hour. */
            uniqueVisitors: number;
            /** @description Further visitors from an IP that had more than 20 of a link within an hour. */
            suspicious: number;
            /** @description Clicks by programs. */
            bots: number;
            /** @description Clicks that a browser made ahead. */
            prefetches: number;
            /** @description Clicks by the owner. */
            ownClicks: number;
            /** @description Number of each action. */
            actions: {
                [key: string]: number;
            };
            /** @description Number of each action that the service itself or your backend recorded. */
            trustedActions: {
                [key: string]: number;
            };
        };
        /** @description An action of the visitor. */
        NewAction: {
            /** @description Any name with a visible character, except those that the service records itself. If `pageActions` is set: one of those. */
            action: string;
            /** @description One of your own objects. */
            target?: components["schemas"]["Target"];
        };
        /** @description A response, as the visitor sees it who has just caused it. */
        VisitorResponse: {
            /** @description ULID; it never changes. */
            id: string;
            /** @description The `firstCode` of the link. */
            code: string;
            /** @description `RESPONDED` for a click or a typed code, `SIGNED_UP` for a sign-up, and your own name for everything else. */
            action: string;
            /** @description The name of the action for people. */
            actionDisplay: string;
            /**
             * @description `human`; a click can also be `bot`, `prefetch` (the browser loaded the page ahead, or sent HEAD) or `own` (by the owner).
             * @enum {string}
             */
            kind: "human" | "bot" | "prefetch" | "own";
            /** @description True for a visitor's first click on this link. */
            first: boolean;
            /** @description The visitor's user; null for a session. */
            userId: string | null;
            /** @description One of your own objects. */
            target: components["schemas"]["Target"] | null;
            /** @description The page before, without query and fragment; the setting `referer` can reduce it to its origin. */
            httpReferer: string | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
        };
        /**
         * @description A recorded action.
         * @example {
         *       "response": {
         *         "id": "01KASVDPM2T7Q9Y3W5B8C4XEFG",
         *         "code": "H7lMCTKv9X",
         *         "action": "PURCHASED",
         *         "kind": "human",
         *         "first": false,
         *         "target": {
         *           "type": "order",
         *           "id": "1234"
         *         },
         *         "createdAt": "2026-11-24T06:43:58.428Z",
         *         "actionDisplay": "PURCHASED",
         *         "userId": null,
         *         "httpReferer": "https://app.example.com/checkout"
         *       }
         *     }
         */
        RecordedAction: {
            /** @description What was recorded. */
            response: components["schemas"]["VisitorResponse"];
        };
        /**
         * @description There was no referral to credit.
         * @example {
         *       "response": null
         *     }
         */
        UnrecordedAction: {
            /** @description Nothing was recorded. */
            response: null;
        };
        /** @description The link that an action of this visitor would credit. The hook `publicReferral` adds fields of your own. */
        Attribution: {
            /** @description The code of the link. */
            code: string;
            /** @description One of your own objects. */
            target: components["schemas"]["Target"] | null;
            /**
             * Format: uri
             * @description The destination of the link.
             */
            redirectTo: string;
            /**
             * Format: date-time
             * @description The time of the click.
             */
            respondedAt: string;
            /**
             * @description How the visitor arrived: `link` by the redirect, `page` by `?ref=` on a page of the app, `typed` by a code that they typed, `forwarded` by a landing page's address that another visitor passed on. For an action, it is about the arrival that gets the credit. Null if it is not known.
             * @enum {string|null}
             */
            via: "link" | "page" | "typed" | "forwarded" | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The referral that gets credit for this visitor.
         * @example {
         *       "referral": {
         *         "code": "H7lMCTKv9X",
         *         "target": {
         *           "type": "article",
         *           "id": "42"
         *         },
         *         "redirectTo": "https://app.example.com/welcome",
         *         "respondedAt": "2026-11-24T06:43:58.413Z",
         *         "via": "link"
         *       }
         *     }
         */
        VisitorAttribution: {
            /** @description Null if no referral gets credit. */
            referral: components["schemas"]["Attribution"] | null;
        };
        /** @description A code that somebody typed. */
        TypedCode: {
            /** @description The code. It may have spaces around it, or be the whole link, on any host. */
            code: string;
        };
        /** @description A page of the app that somebody opened with `?ref=` and a code in its address. */
        PageClick: {
            /** @description The code of a link. */
            code: string;
            /** @description The address of the page. Only its `utm_` parameters are kept, as the campaign. */
            page?: string;
            /** @description The page before, as in `document.referrer`. It is kept like a `Referer`. */
            referrer?: string;
        };
        /**
         * @description How the visitor stands after they arrived.
         * @example {
         *       "referral": {
         *         "code": "H7lMCTKv9X",
         *         "target": {
         *           "type": "article",
         *           "id": "42"
         *         },
         *         "redirectTo": "https://app.example.com/welcome",
         *         "respondedAt": "2026-11-24T06:43:58.413Z",
         *         "via": "page"
         *       },
         *       "session": "iw9UQwmmN1Da8LbkmZ0vOd1hy4U0q3Xz",
         *       "cookie": false
         *     }
         */
        Arrival: {
            /** @description What `GET /attribution` answers from now on; null if no referral gets credit. */
            referral: components["schemas"]["Attribution"] | null;
            /** @description The visitor's; null for a user without one, for a machine, and for a visitor who asks for privacy where `globalPrivacyControl` is set. */
            session: string | null;
            /** @description True if the browser keeps the session in the cookie that your pages share with the API. If false, keep it yourself, and send it. */
            cookie: boolean;
        };
        /** @description A handoff of the redirect. */
        Handoff: {
            /** @description The parameter `referral_handoff` of the page's address. Without it, the answer is the session that the browser has already. */
            handoff?: string;
        };
        /**
         * @description The visitor's session.
         * @example {
         *       "session": "iw9UQwmmN1Da8LbkmZ0vOd1hy4U0q3Xz",
         *       "cookie": false
         *     }
         */
        Session: {
            /** @description Null if there is none, and for a visitor who asks for privacy where `globalPrivacyControl` is set. */
            session: string | null;
            /** @description True if the browser keeps the session in the cookie that your pages share with the API. If false, keep it yourself, and send it. */
            cookie: boolean;
        };
        /**
         * @description What a call linked.
         * @example {
         *       "linked": 3
         *     }
         */
        LinkedSession: {
            /** @description Number of the session's responses that this call linked to the user. */
            linked: number;
        };
        /**
         * @description An error (RFC 9457). Branch on `code`; codes never change.
         * @example {
         *       "type": "about:blank",
         *       "title": "Unprocessable Entity",
         *       "status": 422,
         *       "code": "invalid_redirect",
         *       "detail": "redirectTo must be a path such as /welcome, or a URL on one of: https://app.example.com.",
         *       "field": "redirectTo"
         *     }
         */
        Problem: {
            /**
             * @description Always `about:blank`.
             * @constant
             */
            type: "about:blank";
            /** @description The name of the status. */
            title: string;
            /** @description The status of the answer. */
            status: number;
            /**
             * @description What is wrong, for programs.
             * @enum {string}
             */
            code: "body_too_large" | "code_taken" | "forbidden" | "hook_failed" | "idempotency_mismatch" | "internal" | "invalid_cursor" | "invalid_field" | "invalid_handoff" | "invalid_header" | "invalid_limit" | "invalid_query" | "invalid_redirect" | "invalid_session" | "malformed_json" | "referral_exists" | "too_many_changes" | "too_many_referrals" | "unauthorized" | "unavailable" | "unknown_code";
            /** @description What is wrong, for people. */
            detail?: string;
            /** @description The wrong field, parameter or header, in your spelling. */
            field?: string;
            /** @description A value for the field that was free a moment ago. */
            suggestion?: string;
        };
        /**
         * @description The gateway's own error, before or in place of the service.
         * @example {
         *       "message": "Unauthorized"
         *     }
         */
        GatewayProblem: {
            /** @description Such as `Unauthorized`. */
            message: string;
        };
        /** @description A link was made. */
        ReferralCreated: {
            /** @description ULID. It identifies the event together with its type. */
            id: string;
            /** @description The `firstCode` of the link. */
            code: string;
            /** @description The link's owner; null for a link without one. */
            referrer: string | null;
            /** @description The owner's name for it. */
            label: string | null;
            /**
             * Format: uri
             * @description The destination.
             */
            redirectTo: string;
            /** @description One of your own objects. */
            target: components["schemas"]["Target"] | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
        };
        /** @description An action was recorded, or a click that `events.clicks` asks for. */
        ResponseRecorded: {
            /** @description ULID. It identifies the event together with its type. */
            id: string;
            /** @description The `firstCode` of the link. */
            code: string;
            /** @description `RESPONDED` for a click or a typed code, `SIGNED_UP` for a sign-up, and your own name for everything else. */
            action: string;
            /**
             * @description `human`; a click can also be `bot`, `prefetch` (the browser loaded the page ahead, or sent HEAD) or `own` (by the owner).
             * @enum {string}
             */
            kind: "human" | "bot" | "prefetch" | "own";
            /** @description True if the service itself or your backend recorded it. Anybody with a session can send `POST /actions`, so never pay for what is not trusted. */
            trusted: boolean;
            /** @description The link's owner; null for a link without one. */
            referrer: string | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
            /** @description True for a visitor's first click on this link. */
            first: boolean;
            /** @description Who acted. */
            visitor: components["schemas"]["UserVisitor"] | components["schemas"]["SessionVisitor"];
            /**
             * @description How the visitor arrived: `link` by the redirect, `page` by `?ref=` on a page of the app, `typed` by a code that they typed, `forwarded` by a landing page's address that another visitor passed on. For an action, it is about the arrival that gets the credit. Null if it is not known.
             * @enum {string|null}
             */
            via: "link" | "page" | "typed" | "forwarded" | null;
            /** @description Whether the visitor of an action was a user before the click; null if they are not known as a user, and for clicks. */
            existingUser: boolean | null;
            /** @description One of your own objects. */
            target: components["schemas"]["Target"] | null;
        };
        /** @description A session's response became a user's. */
        UserLinkedToResponse: {
            /** @description ULID. It identifies the event together with its type. */
            id: string;
            /** @description The `firstCode` of the link. */
            code: string;
            /** @description `RESPONDED` for a click or a typed code, `SIGNED_UP` for a sign-up, and your own name for everything else. */
            action: string;
            /**
             * @description `human`; a click can also be `bot`, `prefetch` (the browser loaded the page ahead, or sent HEAD) or `own` (by the owner).
             * @enum {string}
             */
            kind: "human" | "bot" | "prefetch" | "own";
            /** @description True if the service itself or your backend recorded it. Anybody with a session can send `POST /actions`, so never pay for what is not trusted. */
            trusted: boolean;
            /** @description The link's owner; null for a link without one. */
            referrer: string | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
            /** @description The user. */
            visitor: components["schemas"]["UserVisitor"];
            /** @description The SHA-256 of the session in hex. The session itself is the visitor's secret. */
            session: string;
        };
        /** @description A user. */
        UserVisitor: {
            /**
             * @description Always `user`.
             * @constant
             */
            type: "user";
            /** @description Their `sub`. */
            id: string;
        };
        /** @description A visitor who is not known as a user. */
        SessionVisitor: {
            /**
             * @description Always `session`.
             * @constant
             */
            type: "session";
            /** @description The SHA-256 of their session in hex. */
            id: string;
        };
        /**
         * @description `ReferralCreated` on the bus.
         * @example {
         *       "source": "cdk-referrals",
         *       "detail-type": "ReferralCreated",
         *       "detail": {
         *         "id": "01KATW3ZVD4M0YV0Q7Y6ZK2B6C",
         *         "code": "H7lMCTKv9X",
         *         "referrer": "14cfbb09-a582-4c71-a7b5-c0ba53ef27bd",
         *         "label": "newsletter",
         *         "redirectTo": "https://app.example.com/welcome",
         *         "target": {
         *           "type": "article",
         *           "id": "42"
         *         },
         *         "createdAt": "2026-11-24T06:43:58.413Z"
         *       }
         *     }
         */
        ReferralCreatedEvent: {
            /**
             * @description Always `cdk-referrals`.
             * @constant
             */
            source: "cdk-referrals";
            /**
             * @description The type of the event.
             * @constant
             */
            "detail-type": "ReferralCreated";
            /** @description What happened. */
            detail: components["schemas"]["ReferralCreated"];
        };
        /**
         * @description `ResponseRecorded` on the bus.
         * @example {
         *       "source": "cdk-referrals",
         *       "detail-type": "ResponseRecorded",
         *       "detail": {
         *         "id": "01KASVDPM2T7Q9Y3W5B8C4XEFG",
         *         "code": "H7lMCTKv9X",
         *         "action": "PURCHASED",
         *         "kind": "human",
         *         "first": false,
         *         "target": {
         *           "type": "order",
         *           "id": "1234"
         *         },
         *         "createdAt": "2026-11-24T06:43:58.428Z",
         *         "trusted": true,
         *         "via": "link",
         *         "existingUser": false,
         *         "referrer": "14cfbb09-a582-4c71-a7b5-c0ba53ef27bd",
         *         "visitor": {
         *           "type": "user",
         *           "id": "9b2e6a4c-0d1f-4f0e-8a55-3d7c6f21b9ae"
         *         }
         *       }
         *     }
         */
        ResponseRecordedEvent: {
            /**
             * @description Always `cdk-referrals`.
             * @constant
             */
            source: "cdk-referrals";
            /**
             * @description The type of the event.
             * @constant
             */
            "detail-type": "ResponseRecorded";
            /** @description What happened. */
            detail: components["schemas"]["ResponseRecorded"];
        };
        /**
         * @description `UserLinkedToResponse` on the bus.
         * @example {
         *       "source": "cdk-referrals",
         *       "detail-type": "UserLinkedToResponse",
         *       "detail": {
         *         "id": "01KATW3ZVD4M0YV0Q7Y6ZK2B6C",
         *         "code": "H7lMCTKv9X",
         *         "action": "RESPONDED",
         *         "kind": "human",
         *         "trusted": true,
         *         "referrer": "14cfbb09-a582-4c71-a7b5-c0ba53ef27bd",
         *         "visitor": {
         *           "type": "user",
         *           "id": "9b2e6a4c-0d1f-4f0e-8a55-3d7c6f21b9ae"
         *         },
         *         "session": "d1f4bbd3f4a2e6a5d0d8f2d0c9b5b4a3e2f1c0d9b8a7f6e5d4c3b2a190817263",
         *         "createdAt": "2026-11-24T06:43:58.413Z"
         *       }
         *     }
         */
        UserLinkedToResponseEvent: {
            /**
             * @description Always `cdk-referrals`.
             * @constant
             */
            source: "cdk-referrals";
            /**
             * @description The type of the event.
             * @constant
             */
            "detail-type": "UserLinkedToResponse";
            /** @description What happened. */
            detail: components["schemas"]["UserLinkedToResponse"];
        };
    };
    responses: {
        /** @description To the destination, or to the default one if the link has expired or is stopped. */
        Found: {
            headers: {
                Location: components["headers"]["Location"];
                "Set-Cookie": components["headers"]["Set-Cookie"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description `forbidden`: The request came past the CDN in front. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "forbidden";
                };
            };
        };
        /** @description `unknown_code`: The link does not exist, or belongs to somebody else. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "unknown_code";
                };
            };
        };
        /** @description The gateway got too many requests. */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayProblem"];
            };
        };
        /**
         * @description - `internal`: A bug in the service.
         *     - The function failed.
         */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "internal";
                };
                "application/json": components["schemas"]["GatewayProblem"];
            };
        };
        /**
         * @description - `unavailable`: The database can't be reached; try again after the seconds in `Retry-After`.
         *     - The function did not answer in time, or too many run.
         */
        ServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "unavailable";
                };
                "application/json": components["schemas"]["GatewayProblem"];
            };
        };
        /**
         * @description - `invalid_session`: The header `X-Referral-Session` is not a session of this service.
         *     - `malformed_json`: The body is not JSON.
         */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_session" | "malformed_json";
                };
            };
        };
        /** @description The gateway found no valid token. */
        Unauthorized: {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayProblem"];
            };
        };
        /** @description `body_too_large`: The body has over 8 KB. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "body_too_large";
                };
            };
        };
        /** @description `invalid_field`: A field has a wrong type, is too long, missing or unknown, has control or invisible characters, or has a value that is not allowed. */
        UnprocessableEntity: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_field";
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The destination. */
        Location: string;
        /** @description The visitor's session, unless a machine asks, or the page keeps it itself. */
        "Set-Cookie": string;
        /** @description Seconds after which the same request may succeed. */
        "Retry-After": number;
        /** @description How to authenticate. */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    hit: {
        parameters: {
            query?: {
                /** @description Another destination, for this click: a path, or a URL on an allowed host. The setting `redirectParameter` can change the name. */
                redirect_to?: string;
            };
            header?: never;
            path: {
                /** @description A code of the link, the first or a later one. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: components["responses"]["Found"];
            403: components["responses"]["Forbidden"];
            /** @description `unknown_code`: The link does not exist, or belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unknown_code";
                    };
                    "text/html": string;
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    hitHead: {
        parameters: {
            query?: {
                /** @description Another destination, for this click: a path, or a URL on an allowed host. The setting `redirectParameter` can change the name. */
                redirect_to?: string;
            };
            header?: never;
            path: {
                /** @description A code of the link, the first or a later one. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: components["responses"]["Found"];
            403: components["responses"]["Forbidden"];
            /** @description `unknown_code`: The link does not exist, or belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unknown_code";
                    };
                    "text/html": string;
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listReferrals: {
        parameters: {
            query?: {
                /** @description Number of items on the page. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of your links, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferralList"];
                };
            };
            /**
             * @description - `invalid_cursor`: `cursor` is not the `nextCursor` of a page.
             *     - `invalid_limit`: `limit` is not from 1 to 100.
             *     - `invalid_session`: The header `X-Referral-Session` is not a session of this service.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_cursor" | "invalid_limit" | "invalid_session";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createReferral: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "redirectTo": "/welcome",
                 *       "label": "newsletter"
                 *     }
                 */
                "application/json": components["schemas"]["NewReferral"];
            };
        };
        responses: {
            /** @description You already have a live link with the same destination, label and target: it is this one, unchanged. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Referral"];
                };
            };
            /** @description The new link. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Referral"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /**
             * @description - `code_taken`: Another link has the code; `suggestion` has a similar one that is free. Or the service found no free code.
             *     - `referral_exists`: You have another live link with the same destination, label and target.
             *     - `too_many_referrals`: You have made as many links as a user may; `detail` says how many. Or your links are too many, or too busy, to list the responses of all of them.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "code_taken" | "referral_exists" | "too_many_referrals";
                    };
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            /**
             * @description - `invalid_field`: A field has a wrong type, is too long, missing or unknown, has control or invisible characters, or has a value that is not allowed.
             *     - `invalid_redirect`: The destination leaves the allowed hosts.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_field" | "invalid_redirect";
                    };
                };
            };
            /**
             * @description - `too_many_changes`: You have chosen five codes today (UTC); try again after the seconds in `Retry-After`.
             *     - The gateway got too many requests.
             */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_changes";
                    };
                    "application/json": components["schemas"]["GatewayProblem"];
                };
            };
            /**
             * @description - `hook_failed`: One of the app's hooks threw, or returned a wrong value.
             *     - `internal`: A bug in the service.
             *     - The function failed.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "hook_failed" | "internal";
                    };
                    "application/json": components["schemas"]["GatewayProblem"];
                };
            };
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getReferral: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A code of the link, the first or a later one. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Referral"];
                };
            };
            /** @description `invalid_session`: The header `X-Referral-Session` is not a session of this service. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_session";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    editReferral: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A code of the link, the first or a later one. */
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "label": "spring",
                 *       "expiresAt": null,
                 *       "disabled": true
                 *     }
                 */
                "application/json": components["schemas"]["ReferralChanges"];
            };
        };
        responses: {
            /** @description The changed link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Referral"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description - `code_taken`: Another link has the code; `suggestion` has a similar one that is free. Or the service found no free code.
             *     - `referral_exists`: You have another live link with the same destination, label and target.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "code_taken" | "referral_exists";
                    };
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            /**
             * @description - `invalid_field`: A field has a wrong type, is too long, missing or unknown, has control or invisible characters, or has a value that is not allowed.
             *     - `invalid_redirect`: The destination leaves the allowed hosts.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_field" | "invalid_redirect";
                    };
                };
            };
            /**
             * @description - `too_many_changes`: You have chosen five codes today (UTC); try again after the seconds in `Retry-After`.
             *     - The gateway got too many requests.
             */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_changes";
                    };
                    "application/json": components["schemas"]["GatewayProblem"];
                };
            };
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listReferralResponses: {
        parameters: {
            query?: {
                /** @description Number of items on the page. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description A code of the link, the first or a later one. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of its responses, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResponseList"];
                };
            };
            /**
             * @description - `invalid_cursor`: `cursor` is not the `nextCursor` of a page.
             *     - `invalid_limit`: `limit` is not from 1 to 100.
             *     - `invalid_session`: The header `X-Referral-Session` is not a session of this service.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_cursor" | "invalid_limit" | "invalid_session";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            /**
             * @description - `hook_failed`: One of the app's hooks threw, or returned a wrong value.
             *     - `internal`: A bug in the service.
             *     - The function failed.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "hook_failed" | "internal";
                    };
                    "application/json": components["schemas"]["GatewayProblem"];
                };
            };
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getStats: {
        parameters: {
            query?: {
                /** @description At most 400 days by the hour, or 9,600 by the day. */
                interval?: "hour" | "day" | "month";
                /** @description The time zone of days and months: an IANA name such as `Asia/Kolkata`. */
                tz?: string;
                /** @description A time with its offset, or a date, which begins at its start in `tz`. The creation of the link by default. */
                from?: string | unknown | unknown;
                /** @description The same; `to` itself is not included. Now by default. */
                to?: string | unknown | unknown;
            };
            header?: never;
            path: {
                /** @description A code of the link, the first or a later one. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts, up to now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /**
             * @description - `invalid_query`: A parameter is malformed.
             *     - `invalid_session`: The header `X-Referral-Session` is not a session of this service.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_query" | "invalid_session";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listResponses: {
        parameters: {
            query?: {
                /** @description Number of items on the page. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResponseList"];
                };
            };
            /**
             * @description - `invalid_cursor`: `cursor` is not the `nextCursor` of a page.
             *     - `invalid_limit`: `limit` is not from 1 to 100.
             *     - `invalid_session`: The header `X-Referral-Session` is not a session of this service.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_cursor" | "invalid_limit" | "invalid_session";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description `too_many_referrals`: You have made as many links as a user may; `detail` says how many. Or your links are too many, or too busy, to list the responses of all of them. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_referrals";
                    };
                };
            };
            429: components["responses"]["TooManyRequests"];
            /**
             * @description - `hook_failed`: One of the app's hooks threw, or returned a wrong value.
             *     - `internal`: A bug in the service.
             *     - The function failed.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "hook_failed" | "internal";
                    };
                    "application/json": components["schemas"]["GatewayProblem"];
                };
            };
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    recordAction: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the call safe to repeat for 24 hours: the same key with the same body gets the first answer again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "action": "PURCHASED",
                 *       "target": {
                 *         "type": "order",
                 *         "id": "1234"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NewAction"];
            };
        };
        responses: {
            /** @description There is no link to credit, and nothing is recorded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnrecordedAction"];
                };
            };
            /** @description The action is recorded. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedAction"];
                };
            };
            /**
             * @description - `invalid_header`: A header is malformed.
             *     - `invalid_session`: The header `X-Referral-Session` is not a session of this service.
             *     - `malformed_json`: The body is not JSON.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_header" | "invalid_session" | "malformed_json";
                    };
                };
            };
            /** @description `unauthorized`: The token is not valid. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            /**
             * @description - `idempotency_mismatch`: The key was used with another body before.
             *     - `invalid_field`: A field has a wrong type, is too long, missing or unknown, has control or invisible characters, or has a value that is not allowed.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_mismatch" | "invalid_field";
                    };
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getAttribution: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link that an action of this visitor would credit. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitorAttribution"];
                };
            };
            /** @description `invalid_session`: The header `X-Referral-Session` is not a session of this service. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_session";
                    };
                };
            };
            /** @description `unauthorized`: The token is not valid. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    enterCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "H7lMCTKv9X"
                 *     }
                 */
                "application/json": components["schemas"]["TypedCode"];
            };
        };
        responses: {
            /** @description The code counts. */
            200: {
                headers: {
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Arrival"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description `unauthorized`: The token is not valid. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    recordClick: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "H7lMCTKv9X",
                 *       "page": "https://app.example.com/pricing?utm_source=newsletter",
                 *       "referrer": "https://blog.example.com/"
                 *     }
                 */
                "application/json": components["schemas"]["PageClick"];
            };
        };
        responses: {
            /** @description The click is recorded. */
            200: {
                headers: {
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Arrival"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description `unauthorized`: The token is not valid. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "handoff": "AABRMAy0vLz2m3pO"
                 *     }
                 */
                "application/json": components["schemas"]["Handoff"];
            };
        };
        responses: {
            /** @description The visitor's session. */
            200: {
                headers: {
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /**
             * @description - `invalid_handoff`: The handoff was altered, or is older than a day or two.
             *     - `invalid_session`: The header `X-Referral-Session` is not a session of this service.
             *     - `malformed_json`: The body is not JSON.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_handoff" | "invalid_session" | "malformed_json";
                    };
                };
            };
            /** @description `unauthorized`: The token is not valid. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    linkSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is linked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkedSession"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getMyReferral: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your own link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Referral"];
                };
            };
            /** @description `invalid_session`: The header `X-Referral-Session` is not a session of this service. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_session";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description `code_taken`: Another link has the code; `suggestion` has a similar one that is free. Or the service found no free code. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "code_taken";
                    };
                };
            };
            429: components["responses"]["TooManyRequests"];
            /**
             * @description - `hook_failed`: One of the app's hooks threw, or returned a wrong value.
             *     - `internal`: A bug in the service.
             *     - The function failed.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "hook_failed" | "internal";
                    };
                    "application/json": components["schemas"]["GatewayProblem"];
                };
            };
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onReferralCreated: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReferralCreatedEvent"];
            };
        };
        responses: {
            /** @description The target of a rule has taken it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onResponseRecorded: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResponseRecordedEvent"];
            };
        };
        responses: {
            /** @description The target of a rule has taken it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onUserLinkedToResponse: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserLinkedToResponseEvent"];
            };
        };
        responses: {
            /** @description The target of a rule has taken it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
