import { isbot } from 'isbot';

/**
 * Programs that follow links and that `isbot` takes for people: it lists programs that call themselves
 * automated, and these are the HTTP libraries and offices below them.
 */
const PROGRAMS = [
  // Word, Excel and Outlook open a link themselves, before they hand it to the browser, see
  // https://learn.microsoft.com/en-us/office/troubleshoot/office-suite-issues/click-hyperlink-to-sso-website
  // and https://github.com/JayBizzle/Crawler-Detect/issues/430
  /\bms-?office\b|\bMicrosoft (Office|Outlook|Word|Excel|PowerPoint|Exchange)\b|^MacOutlook\b/i,
  // Apple's HTTP library, in apps other than browsers, see https://github.com/omrilotan/isbot/issues/238
  /\bCFNetwork\/(?!.*\bSafari\/)/,
  // Android's, see https://developer.android.com/reference/java/net/HttpURLConnection
  /^Dalvik\//,
  // https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.utility/invoke-webrequest
  /PowerShell\//,
  // Of apps in Dart, https://api.dart.dev/dart-io/HttpClient/userAgent.html, and in Swift,
  // https://github.com/Alamofire/Alamofire/blob/master/Source/Core/HTTPHeaders.swift
  /\bDart\/|\bAlamofire\//,
  // Scanners of links in mails, https://suped.com/learn/email-deliverability/how-can-i-identify-bot-user-agents-in-my-email-click-data
  /barracuda|mimecast|proofpoint|ironport|CiscoSecureEmail|\bTMES\b|fortimail|sophos|virustotal/i,
];

/**
 * What CloudFront sends for every viewer, unless it is told to forward the header, see
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-user-agent-header
 */
const UNKNOWN = 'Amazon CloudFront';

/** Whether a program clicks, and not a person's browser. A user agent that a CDN has replaced tells nothing. */
export function isMachine(userAgent: string | undefined): boolean {
  if (userAgent === UNKNOWN) return false;
  return !userAgent || isbot(userAgent) || PROGRAMS.some((program) => program.test(userAgent));
}
