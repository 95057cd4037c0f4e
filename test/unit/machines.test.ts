import { expect, test } from 'vitest';
import { isMachine } from '../../functions/core/machines.ts';

test.each([
  [undefined],
  [''],
  ['curl/8.5.0'],
  ['Googlebot/2.1 (+http://www.google.com/bot.html)'],
  ['Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
  ['WhatsApp/2.23.20.0 A'],
  ['Mozilla/4.0 (compatible; ms-office; MSOffice 16)'],
  ['Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17029; Pro)'],
  ['MacOutlook/16.78 (Intelx64 Mac OS X Version 13.6)'],
  ['MyApp/1 CFNetwork/1490.0.4 Darwin/23.2.0'],
  ['Dalvik/2.1.0 (Linux; U; Android 13; SM-S901B Build/TP1A.220624.014)'],
  ['okhttp/4.11.0'],
  ['Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.3803'],
  ['Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.0'],
  ['Dart/3.2 (dart:io)'],
  ['MyApp/1.0 (com.example.app; build:1; iOS 17.0.0) Alamofire/5.8.0'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Barracuda Sentinel (EE)'],
  ['Mozilla/5.0 (compatible; VirusTotal)'],
])('%j is a program', (userAgent) => {
  expect(isMachine(userAgent)).toBe(true);
});

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1',
  ],
  [
    'Mozilla/5.0 (Linux; Android 13; SM-S901B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/443.0.0.23.229;]',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0',
  ],
  // A CDN replaces the user agent with this, so it tells nothing.
  ['Amazon CloudFront'],
])('%j may be a person', (userAgent) => {
  expect(isMachine(userAgent)).toBe(false);
});
