#!/usr/bin/env node
/** The command `sverka` as it is delivered. */
import { compileProgram, runProgram } from './program.ts';

runProgram(compileProgram());
