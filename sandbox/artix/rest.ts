import { emptyAnswer, jsonAnswer, pageWindow, type SandboxAnswer } from '../shared/answers.ts';
import type { Fault } from '../shared/faults.ts';
import type { SandboxRequest } from '../shared/server.ts';
import { RequestRefused } from './accounts.ts';
import type { ArtixOptions } from './options.ts';
import { isObject, type JsonObject } from './values.ts';

/** A request within one of the REST services; `path` has lost the service's prefix. */
export interface RestCall {
  method: string;
  path: string;
  request: SandboxRequest;
  faults: readonly Fault[];
}

/** An error of the vendor's form. */
export function errorAnswer(status: number, errorCode: number, message: string): SandboxAnswer {
  return jsonAnswer(status, { errorCode, message });
}

/** The JSON object in the body; anything else is refused with 400. */
export function bodyObject(request: SandboxRequest): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new RequestRefused(400, 1, 'the body is not JSON');
  }
  if (!isObject(value)) throw new RequestRefused(400, 2, 'the body is not an object');
  return value;
}

/** One object, or the empty body of a missing one. */
export function oneOrMissing(value: object | undefined, options: ArtixOptions): SandboxAnswer {
  return value === undefined ? emptyAnswer(options.missingStatus) : jsonAnswer(200, value);
}

/** The page asked for: `start` and `size` of rows, page faults included. */
export function askedPage(call: RestCall, options: ArtixOptions, cap: number) {
  const [numberName, sizeName] = options.pageParameters;
  const { query } = call.request;
  const asked = Number(query.get(sizeName) ?? cap);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, cap) : cap;
  const number = Number(query.get(numberName) ?? options.firstPage);
  const page = Number.isInteger(number) ? Math.max(0, number - options.firstPage) : 0;
  return { ...pageWindow(call.faults, page * size, size), size };
}

/** The answer of a `bypage` call. */
export function pageAnswer(content: object[], total: number, options: ArtixOptions): SandboxAnswer {
  return jsonAnswer(200, options.totalElements ? { content, totalElements: total } : { content });
}

/** The last part of a path, decoded: the key in `…/id/{id}`. */
export function lastPart(path: string): string {
  const part = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestRefused(400, 3, 'the path is not valid');
  }
}
