/** `sverka mapping test`: the cases beside the mappings, and a new case out of a stored record. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Db } from '../../canonical/db.ts';
import { systemIds } from '../../canonical/stores/names.ts';
import { loadByKeys } from '../../canonical/stores/records.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { WireBody } from '../../core/contract.ts';
import { ConfigError } from '../../core/errors.ts';
import { type CaseResult, runCases } from '../../mappings/engine/cases.ts';
import { type MadeCase, caseOfRecord } from '../../mappings/engine/lookalike/case.ts';
import { caseNames, caseText, withCase } from '../../mappings/engine/lookalike/case-file.ts';
import { shippedMappings } from '../project.ts';
import { casesOfSubject, type MappingScope, type MappingSubject, subjectsOf } from './mapping-subjects.ts';
