import * as z from 'zod';
import { atMost, fitting } from './at-most.ts';
import { adviceOn, EC2_ERRORS_URL } from './error-advice.ts';
import { NO_ANSWER } from '../work/failure-note.ts';
import { plainWords } from './foreign-text.ts';
import type { LetterCause } from '../work/letter.ts';
import { EVENT_SOURCE } from './notice.ts';

/** What people are told of dead letters: one notice a cause. */
export const WORK_FAILED = 'Work Failed';

const detailSchema = z.strictObject({
  version: z.literal(1),
  /** As `autopeer dead-letters` takes it. */
  cause: z.string(),
  reason: z.strictObject({ code: z.string(), text: z.string() }),
  /** How many peerings, places or events. */
  count: z.int(),
  /** Which, a few words each. */
  about: z.array(z.string()),
  /** What to do, a sentence each. */
  problems: z.array(z.string()),
  /** Where AWS explains the code, which autopeer does not know. */
  link: z.literal(EC2_ERRORS_URL).optional(),
});

/** Its form is a contract as that of the others: see notice.ts. */
export interface WorkFailed {
  readonly detailType: typeof WORK_FAILED;
  readonly detail: Readonly<z.infer<typeof detailSchema>>;
}

/** As it stands on the bus. */
export const eventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.literal(WORK_FAILED),
  detail: detailSchema,
});
/** @throws ZodError that names every field that is missing or wrong */
export const parseWorkFailed = (envelope: unknown): WorkFailed => ({
  detailType: WORK_FAILED,
  detail: eventSchema.parse(envelope).detail,
});

/** People read some; `autopeer dead-letters show` has them all. */
const MAX_ABOUT = 20;

/** As failure-note.ts writes what a call of AWS failed with: `DescribeVpcs InternalError`. */
const AWS_CODE = /^(?:[A-Z]\w+ |.* failed: )([A-Z][\w.]+)$/;

/** @param hubName what the hub is called, which its functions' names start with */
export function workFailed(cause: LetterCause, about: readonly string[], hubName: string): WorkFailed {
  const { id, code, text, functionName } = cause;
  const awsCode = AWS_CODE.exec(code)?.[1];
  const advice = awsCode === undefined ? undefined : adviceOn(awsCode);
  return {
    detailType: WORK_FAILED,
    detail: {
      version: 1,
      cause: id,
      reason: { code, text },
      count: about.length,
      about: [...atMost(about, MAX_ABOUT)],
      // Only what a call of AWS failed with is a code of AWS.
      ...(awsCode !== undefined && advice === undefined ? { link: EC2_ERRORS_URL } : {}),
      problems: [
        ...(advice !== undefined ? [`${awsCode}: ${advice}`] : []),
        ...(code === NO_ANSWER.code && functionName !== undefined
          ? [logQuery(`${hubName}-${functionName}`)]
          : []),
        `Mend the cause, then run: autopeer dead-letters retry ${id}. Or forget them: autopeer dead-letters drop ${id}`,
      ],
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html: what Lambda writes for each way to end. */
const logQuery = (functionName: string): string =>
  `In CloudWatch Logs Insights, choose the log group /aws/lambda/${functionName} and run: ` +
  'fields @timestamp, @message | filter @message like /Task timed out|Runtime exited|Runtime\\.|OutOfMemory|INIT_REPORT.*error/ ' +
  '| sort @timestamp desc | limit 20';

const NAME_CHARACTERS = 120;
const TEXT_CHARACTERS = 500;
/** With what else an event and an SNS message hold, far below their 256 KB. */
const ABOUT_BYTES = 40_000;

/** The same event in plain words, and of a size that every channel takes: see plainNotice. */
export function plainFailed({ detailType, detail }: WorkFailed): WorkFailed {
  const { version, cause, reason, count, about, problems, link } = detail;
  return {
    detailType,
    detail: {
      version,
      cause: plainWords(cause, NAME_CHARACTERS),
      reason: {
        code: plainWords(reason.code, NAME_CHARACTERS),
        text: plainWords(reason.text, TEXT_CHARACTERS),
      },
      count,
      about: plainList(about),
      problems: plainList(problems),
      ...(link === undefined ? {} : { link }),
    },
  };
}

const plainList = (list: readonly string[]): string[] => [
  ...fitting(
    list.map((sentence) => plainWords(sentence, TEXT_CHARACTERS)),
    ABOUT_BYTES,
    (sentence) => 4 * sentence.length,
  ),
];
