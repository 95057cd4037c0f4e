import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ReferralsStack, type ReferralsStackProps } from '../../lib/index.ts';

export const appUrl = 'https://app.example.com';

/** The ready-made stack, in its own app. */
export function stackOf(
  props: Partial<ReferralsStackProps> = {},
  appProps: AppProps = {},
): { app: App; stack: ReferralsStack } {
  const app = new App(appProps);
  return { app, stack: new ReferralsStack(app, 'Referrals', { appUrl, ...props }) };
}

/** The template of the ready-made stack. */
export const templateOf = (props?: Partial<ReferralsStackProps>): Template =>
  Template.fromStack(stackOf(props).stack);

// biome-ignore lint/suspicious/noExplicitAny: templates are as loose as JSON
export type Resource = any;

/** The resources of a type, with their logical ids. */
export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.findResources(type));

/** The functions by their file. */
export const functionsOf = (
  template: Template,
): Map<string, { id: string; Properties: Resource }> =>
  new Map(
    resourcesOf(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => [
      `${Properties.Description}`.replace('cdk-referrals: ', ''),
      { id, Properties },
    ]),
  );
