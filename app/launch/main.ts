#!/usr/bin/env node
/** The command `sverka` as it is delivered. */
import { compileProgram, runMapped, runProgram } from './program.ts';

if (process.sourceMapsEnabled === true) runMapped();
else runProgram(compileProgram());
