import { expect, test } from 'vitest';
import * as z from 'zod';
import { expectation, type SchemaIssue } from '../../core/expectation.ts';

const said = (schema: z.ZodType, value: unknown): readonly string[] =>
  (schema.safeParse(value).error?.issues ?? []).map((issue) =>
    expectation(issue, issue.code === 'invalid_union' ? (issue.errors.flat() as SchemaIssue[]) : []),
  );

test('what several forms allow is one list, each value once', () => {
  expect(said(z.union([z.enum(['7', '8', 'e164']), z.literal(7), z.literal(8)]), 99)).toEqual(['expected one of 7, 8, e164']);
  expect(said(z.union([z.literal('a'), z.number()]), true)).toEqual(['expected a, or expected a number, found true or false']);
});
